"""What service control policies are attached to: a listing of its own for each of them."""

from collections.abc import Sequence
from dataclasses import replace

from exporter.aws.calls import Service
from exporter.aws.directory import read_targets
from exporter.errors import AwsError, CredentialsError, RefusedError
from exporter.model import Policy

_GONE = "PolicyNotFoundException"


def attached(organizations: Service, policies: Sequence[Policy]) -> tuple[tuple[Policy, ...], str]:
    """The policies with their targets, as far as AWS tells them, and why it does not tell all.

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
