"""Single calls by the name of their permission, to see whether they are allowed."""

from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple, Protocol

from botocore import xform_name

from exporter.aws.access import Access, Door
from exporter.aws.calls import pages

# Where each listing has its items.
_ITEMS = {
    "list_accounts": "Accounts",
    "list_accounts_for_parent": "Accounts",
    "list_children": "Children",
    "list_organizational_units_for_parent": "OrganizationalUnits",
    "list_parents": "Parents",
    "list_policies": "Policies",
    "list_policies_for_target": "Policies",
    "list_roots": "Roots",
    "list_targets_for_policy": "Targets",
}


class Identity(NamedTuple):
    """Who AWS says we are."""

    account_id: str
    arn: str


class Prober(Protocol):
    """What is needed to find out what is allowed."""

    def identity(self) -> Identity:
        """GetCallerIdentity, which nobody can be forbidden; raises AwsError."""

    def call(self, action: str, **parameters: Any) -> dict[str, Any]:
        """The answer to the operation behind a permission such as ``iam:ListUsers``; raises AwsError.

        Of a listing the first item alone, on whichever page it is.
        """


class AwsProber:
    """See :class:`Prober`: asks AWS through the door that an organization's collector has too."""

    def __init__(self, door: Door) -> None:
        self._door = door

    @classmethod
    def own(cls, access: Access) -> "AwsProber":
        """With our own credentials, before any role is assumed."""
        return cls(Door(replace(access, role_arn=None), lambda _: None))

    def identity(self) -> Identity:
        answer = self.call("sts:GetCallerIdentity")
        return Identity(answer.get("Account") or "", answer.get("Arn") or "")

    def call(self, action: str, **parameters: Any) -> dict[str, Any]:
        api, operation = action.split(":")
        service, method = self._door.service(api), xform_name(operation)
        if key := _ITEMS.get(method):
            return {key: list(islice(pages(service, method, key, **parameters), 1))}
        return service.call(method, **parameters)
