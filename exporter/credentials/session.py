"""A session of botocore whose clients give up in time, and go where they are told."""

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader, create_loader

from exporter.config.regions import environments
from exporter.credentials.intake import limit
from exporter.credentials.keys import Keys

# For the calls that botocore makes by itself to find credentials: to STS, SSO and the sign-in service.
_FINDING = Config(
    connect_timeout=3,
    read_timeout=8,
    retries={"mode": "standard", "total_max_attempts": 2},
)
_KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_WEB_IDENTITY = "provide-client-params.sts.AssumeRoleWithWebIdentity"


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
        """A client; see botocore."""
        if service_name == "sts" and settings.get("endpoint_url") is None:
            settings["endpoint_url"] = self._source.sts_endpoint
        if settings.get("aws_access_key_id"):
            settings |= zip(_KEYS, Keys.of(*map(settings.get, _KEYS)), strict=True)
        return super().create_client(service_name, *arguments, **settings)


def _trimmed(params: dict[str, Any], **_: Any) -> None:
    """A token's file may end in a line break; AWS takes none."""
    params["WebIdentityToken"] = str(params.get("WebIdentityToken") or "").strip()
