"""A session of botocore whose clients give up in time, and go where they are told.

botocore waits for every single byte as long as for the first, and reads whatever comes: an answer that never
ends would take the memory, or the thread.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from typing import Any

import botocore.session
from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)
from botocore.config import Config
from botocore.loaders import Loader, create_loader

from exporter.config.regions import environments
from exporter.credentials.keys import Keys

# For the calls that botocore makes by itself to find credentials: to STS, SSO and the sign-in service.
_FINDING = Config(
    connect_timeout=3,
    read_timeout=8,
    retries={"mode": "standard", "total_max_attempts": 2},
)
_KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_WEB_IDENTITY = "provide-client-params.sts.AssumeRoleWithWebIdentity"
MOST_BYTES = 32 * 1024 * 1024  # thirty times the largest page that AWS sends
LONGEST = 30.0  # s from the request to the end of the body; the first byte may take 15


def limit() -> None:
    """Let botocore, wherever this process has it, give up an answer that is too long or takes too long.

    It is then repeated. Also one that was cut off is: botocore would take it for a whole one.
    """
    AWSHTTPConnectionPool.ConnectionCls = _Plain
    AWSHTTPSConnectionPool.ConnectionCls = _Encrypted


class _Measured(RawIOBase):
    """The bytes of one answer; raises TimeoutError or ValueError where they go on beyond all measure."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._until = time.monotonic() + LONGEST
        self._left = MOST_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if time.monotonic() > self._until:
            raise TimeoutError(f"the answer did not end within {LONGEST:.0f} s")
        size = int(self._raw.readinto(buffer))
        self._left -= size
        if self._left < 0:
            raise ValueError(f"the answer did not end within {MOST_BYTES} bytes")
        return size

    def close(self) -> None:
        super().close()
        self._raw.close()


class _Answer(HTTPResponse):
    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.fp = BufferedReader(_Measured(self.fp.detach()))


class _Limited:
    response_class = _Answer

    def getresponse(self) -> Any:
        response = super().getresponse()  # type: ignore[misc]  # a class behind this one has it
        response.enforce_content_length = True
        return response


class _Plain(_Limited, AWSHTTPConnection):  # type: ignore[misc]  # botocore has no types
    pass


class _Encrypted(_Limited, AWSHTTPSConnection):  # type: ignore[misc]  # botocore has no types
    pass


class _Models(Loader):  # type: ignore[misc]  # botocore has no types
    """The descriptions of AWS's services, read once for all sessions: for each they would be 12 MB."""

    @property
    def search_paths(self) -> list[str]:
        """A copy: each session of boto3 adds a folder of its own, which would be searched again and again."""
        return list(super().search_paths)


@cache
def _models(data_path: str | None) -> _Models:
    return _Models(create_loader(data_path).search_paths, include_default_search_paths=False)


@dataclass(frozen=True, slots=True)
class Source:
    """Where credentials come from; None leaves it to botocore."""

    profile: str | None = None
    region: str | None = None
    sts_endpoint: str | None = None


class Session(botocore.session.Session):  # type: ignore[misc]  # botocore has no types
    """One session.

    Also those clients pass here that botocore makes to find credentials, for a web identity, for the role of
    a profile, for SSO: they get the Region and the endpoint of STS that the organization has, and keys and
    tokens without the white space around them.
    """

    def __init__(self, source: Source) -> None:
        limit()
        super().__init__(profile=source.profile)
        self._source = source
        self.register_component("data_loader", _models(self.get_config_variable("data_path")))
        self.set_default_client_config(_FINDING)
        region = source.region or environments(os.environ)
        if region is not None:
            self.set_config_variable("region", region)
        self.get_component("event_emitter").register(_WEB_IDENTITY, _trimmed)

    def wished(self, name: str) -> str:
        """What the environment or the profile says of a setting of botocore's; empty: nothing."""
        return str(os.environ.get(f"AWS_{name.upper()}") or self.get_scoped_config().get(name) or "").strip()

    def create_client(self, service_name: str, *arguments: Any, **settings: Any) -> Any:
        if service_name == "sts" and settings.get("endpoint_url") is None:
            settings["endpoint_url"] = self._source.sts_endpoint
        if settings.get("aws_access_key_id"):
            settings |= zip(_KEYS, Keys.of(*map(settings.get, _KEYS)), strict=True)
        return super().create_client(service_name, *arguments, **settings)


def _trimmed(params: dict[str, Any], **_: Any) -> None:
    """A token's file may end in a line break; AWS takes none."""
    params["WebIdentityToken"] = str(params.get("WebIdentityToken") or "").strip()
