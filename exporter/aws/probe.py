"""Single calls by the name of their permission, to see whether they are allowed."""

from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from botocore import xform_name

from exporter.aws.access import Access, Door


class Identity(NamedTuple):
    """Who AWS says we are."""

    account_id: str
    arn: str


class Prober(Protocol):
    """What is needed to find out what is allowed."""

    def identity(self) -> Identity:
        """GetCallerIdentity, which nobody can be forbidden; raises AwsError."""

    def call(self, action: str, **parameters: Any) -> dict[str, Any]:
        """The answer to the operation behind a permission such as ``iam:ListUsers``; raises AwsError."""


class AwsProber:
    """Asks AWS with the credentials of an :class:`Access`."""

    def __init__(self, access: Access) -> None:
        self._door = Door(access, lambda _: None)

    @classmethod
    def own(cls, access: Access) -> "AwsProber":
        """With our own credentials, before any role is assumed."""
        return cls(replace(access, role_arn=None))

    def identity(self) -> Identity:
        """See :class:`Prober`."""
        answer = self.call("sts:GetCallerIdentity")
        return Identity(answer.get("Account") or "", answer.get("Arn") or "")

    def call(self, action: str, **parameters: Any) -> dict[str, Any]:
        """See :class:`Prober`."""
        api, operation = action.split(":")
        return self._door.service(api).call(xform_name(operation), **parameters)
