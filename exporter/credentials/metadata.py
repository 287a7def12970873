"""Why the metadata service of an instance gave no credentials.

botocore asks it last of all, and keeps to itself what went wrong there: then it has found nothing. It is
asked once more here, in the same three steps, to tell a service that refuses, or an instance without a role,
from a machine that has no such service.
"""

import json
import os
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import CredentialRetrievalError
from botocore.utils import IMDSFetcher, resolve_imds_endpoint_mode

_SECONDS = 1.0  # for each step, as botocore has it
_MOST = 65536  # bytes of an answer
_TOKEN = "latest/api/token"  # noqa: S105 - a path
_ROLES = "latest/meta-data/iam/security-credentials/"
_SETTING = "ec2_metadata_service_endpoint"
_LIFETIME = {"x-aws-ec2-metadata-token-ttl-seconds": "60"}
_OK, _NOT_FOUND = 200, 404
_REFUSED = (401, 403)
_TOLD = 300  # characters of what the service says


class MetadataError(CredentialRetrievalError):  # type: ignore[misc]  # botocore has no types
    """There is such a service, and it gives nothing."""

    fmt = "no AWS credentials were found: the instance metadata service {error_msg}"


class _Complaint(Exception):  # noqa: N818 - what the service has against it
    pass


def objection(session: Any) -> MetadataError | None:
    """What the service says that ``session`` would ask; None where there is none, or it is not to be asked.

    With a profile it is the profile that has nothing.
    """
    if _switched_off() or session.get_config_variable("profile"):
        return None
    try:
        _ask(_Service(_address(session)))
    except _Complaint as complaint:
        return MetadataError(provider="iam-role", error_msg=str(complaint))
    except (OSError, HTTPException, ValueError):
        return None
    return None


def _switched_off() -> bool:
    return os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true"


def _address(session: Any) -> str:
    settings = {
        _SETTING: session.get_config_variable(_SETTING),
        f"{_SETTING}_mode": resolve_imds_endpoint_mode(session),
    }
    return str(IMDSFetcher(config=settings).get_base_url())


class _Service:
    """Asked without a proxy: what it answers is about this instance."""

    def __init__(self, base: str) -> None:
        address = urlsplit(base)
        self._place = (address.hostname or "", address.port or 80)
        self._prefix = address.path.rstrip("/") + "/"

    def ask(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
        """Status and text of an answer; raises _Complaint if none comes, OSError if there is nobody."""
        connection = HTTPConnection(*self._place, timeout=_SECONDS)
        try:
            connection.connect()
            try:
                connection.request(method, self._prefix + path, headers=headers)
                response = connection.getresponse()
                return response.status, response.read(_MOST).decode(errors="replace").strip()
            except TimeoutError as error:
                raise _Complaint("takes connections and does not answer") from error
        finally:
            connection.close()


def _ask(service: _Service) -> None:
    """Raises _Complaint unless the service gives credentials."""
    status, token = service.ask("PUT", _TOKEN, _LIFETIME)
    if status in _REFUSED:
        raise _Complaint(f"refuses us a token ({status})")
    headers = {"x-aws-ec2-metadata-token": token} if status == _OK else {}
    role = _given(*service.ask("GET", _ROLES, headers))
    _look_at(_given(*service.ask("GET", _ROLES + role, headers)))


def _given(status: int, text: str) -> str:
    if status in _REFUSED:
        raise _Complaint(f"refuses us ({status})")
    if status == _NOT_FOUND or not text:
        raise _Complaint("knows of no role")
    if status != _OK:
        raise _Complaint(f"fails ({status})")
    return text


def _look_at(text: str) -> None:
    """The service tells also in an answer of 200 why it gives no keys."""
    given = json.loads(text)
    if isinstance(given, dict) and given.get("Code") != "Success":
        told = f"{given.get('Code')}: {given.get('Message', '')}"
        raise _Complaint(f"has no keys for the role: {told[:_TOLD]}")
