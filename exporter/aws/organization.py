"""One organization as the collector sees it."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from exporter.aws.access import Door
from exporter.aws.calls import Service
from exporter.aws.directory import read_directory, read_policies, read_targets
from exporter.aws.lookup import find_entity
from exporter.aws.members import Population, read_attached, read_delegated, read_names, read_population
from exporter.aws.probe import AwsProber
from exporter.aws.report import ReportSession
from exporter.aws.scope import Scope
from exporter.causes import Cause
from exporter.errors import AwsError, CredentialsError, DeniedError, RefusedError
from exporter.model import Discovery, Entity, Policy
from exporter.recommend import Attached, Member
from exporter.reference import Reference

_Found = TypeVar("_Found")
_GONE = "PolicyNotFoundException"


class AwsOrganization:
    """Discovers an organization and opens sessions for its reports.

    ``clock`` gives Unix seconds. With ``attachments``, a discovery tells what the SCPs in scope are attached
    to.
    """

    def __init__(
        self, door: Door, scope: Scope, clock: Callable[[], float] = time.time, *, attachments: bool = False
    ) -> None:
        self._door = door
        self._scope = scope
        self._attachments = attachments
        self._clock = clock
        self._hint = ""

    def discover(self) -> Discovery:
        """Everything in scope, but for SCPs where only they cannot be listed; raises AwsError."""
        began, start = self._clock(), time.monotonic()
        organizations = self._door.service("organizations")
        try:
            found = read_directory(organizations)
            policies, lacking = self._policies(organizations)
            policies, unattached = attached(organizations, policies) if self._attachments else (policies, "")
        except CredentialsError:
            self._door.forget()
            raise
        except DeniedError as error:
            raise _explained(error) from error
        self._hint = found.hint
        return Discovery(
            org_id=found.org_id,
            management_account_id=found.management_account_id,
            partition=found.partition,
            entities=self._scope.entities(found.entities),
            policies=policies,
            at=began,
            duration=time.monotonic() - start,
            lacking=lacking,
            unattached=unattached,
            unmatched=self._scope.unmatched(found.entities),
        )

    def _policies(self, organizations: Service) -> tuple[tuple[Policy, ...], str]:
        """The SCPs in scope, and why they could not be listed; they are no reason to do without the tree."""
        if not self._scope.policies_enabled:
            return (), ""
        try:
            return self._scope.policies(read_policies(organizations)), ""
        except CredentialsError:
            raise
        except AwsError as error:
            return self._scope.policies(()), str(error)

    def prober(self) -> AwsProber:
        """Single calls with the same credentials, sessions and endpoints."""
        return AwsProber(self._door)

    def find(self, reference: Reference) -> Entity:
        """One entity, in scope or not; see ``exporter.aws.lookup``. Raises UserError, AwsError."""
        return self._asked(lambda organizations: find_entity(organizations, reference))

    def population(self, entity: Entity) -> Population:
        """The accounts that it is or has below, whatever the scope; raises AwsError."""
        return self._asked(lambda organizations: read_population(organizations, entity))

    def names(self, entity: Entity) -> Mapping[str, str]:
        """Names, by id, of it and of what stands above it; raises AwsError."""
        return self._asked(lambda organizations: read_names(organizations, entity))

    def delegated(self, members: Iterable[Member]) -> Mapping[str, tuple[str, ...]] | None:
        """Delegated administrators among the members; None where AWS does not say. Raises AwsError."""
        return self._asked(lambda organizations: read_delegated(organizations, members))

    def attached(self, targets: Iterable[str]) -> tuple[Attached, ...]:
        """The SCPs on entities, by their ids, in that order; raises AwsError."""
        return self._asked(lambda organizations: read_attached(organizations, targets))

    def _asked(self, read: Callable[[Service], _Found]) -> _Found:
        try:
            return read(self._door.service("organizations"))
        except DeniedError as error:
            raise _explained(error) from error

    def open_session(self, lifetime: float) -> ReportSession:
        """Credentials that stay the same and live ``lifetime`` seconds; raises AwsError."""
        return ReportSession(self._door.service("iam", lifetime), self._door.forget, self._hint)


def _explained(error: DeniedError) -> DeniedError:
    if error.cause is not Cause.DENIED:
        return error
    told = "is the permission given, and is this the organization's management account?"
    return DeniedError(error.operation, error.code, f"{error.message} ({told})", error.evidence)


def attached(organizations: Service, policies: Sequence[Policy]) -> tuple[tuple[Policy, ...], str]:
    """The policies with their targets, a listing for each, as far as AWS tells, and why it does not tell all.

    Raises CredentialsError alone. Whatever else is wrong with one listing is wrong with the next: nothing
    more is asked then.
    """
    told: list[Policy] = []
    for place, policy in enumerate(policies):
        try:
            told.append(replace(policy, targets=_targets(organizations, policy)))
        except CredentialsError:
            raise
        except AwsError as error:
            return (*told, *policies[place:]), error.advised
    return tuple(told), ""


def _targets(organizations: Service, policy: Policy) -> tuple[str, ...]:
    """One that was deleted meanwhile, or that the configuration alone knows, is attached to nothing."""
    try:
        return read_targets(organizations, policy.id)
    except RefusedError as error:
        if error.code != _GONE:
            raise
        return ()
