"""All checks of a configuration: of its organizations, by their names, and of the state."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from exporter.aws import AwsProber, Paging, configured
from exporter.config import CollectionConfig, OrganizationConfig
from exporter.credentials import attended
from exporter.errors import StateError
from exporter.job import Job
from exporter.model import Entity, Subject, Work
from exporter.order import FOREIGN
from exporter.preflight.check import Check, Findings, Result
from exporter.preflight.organization import Preflight
from exporter.reporting import Waiting
from exporter.reporting.asking import Asker
from exporter.store import reading
from exporter.store.address import DYNAMODB, MEMORY, SQLITE, TableAddress, sqlite_path
from exporter.store.dynamodb.probe import Refused, probe
from exporter.store.dynamodb.table import client_for
from exporter.store.inspection import exists

Tell = Callable[[str | Check], None]
_NO_TABLE = "ResourceNotFoundException"


@attended()
def run(
    organizations: Iterable[OrganizationConfig],
    state_url: str,
    timeout: float,
    collection: CollectionConfig,
    *,
    quiet: bool,
    tell: Tell = lambda _: None,
) -> Findings:
    """Look at everything; ``timeout`` in seconds is how long to wait for a report.

    ``collection`` tells for how long a job's credentials have to last, and how much of AWS's slot is used.
    ``tell`` hears what is about to be looked at, and each check as it is made.
    """
    checked = {}
    for config in organizations:
        tell(f"organization {config.name}")
        checked[config.name] = _told(_checked(config, timeout, collection, quiet=quiet), tell)
    tell("state")
    return Findings(checked, _told(state_checks(state_url), tell))


def _told(checks: Iterable[Check], tell: Tell) -> tuple[Check, ...]:
    made = []
    for check in checks:
        tell(check)
        made.append(check)
    return tuple(made)


def _checked(
    config: OrganizationConfig, timeout: float, collection: CollectionConfig, *, quiet: bool
) -> Iterator[Check]:
    aws = configured.organization(config, lambda _: None)

    def asked(subject_id: str, entity: Entity | None) -> Job:
        with Waiting(1, quiet=quiet) as waiting:
            asker = Asker(aws, Paging(), timeout, waiting, collection.job_timeout)
            return asker.ask(Work(Subject(subject_id), entity, FOREIGN)).job

    return Preflight(
        config,
        own=AwsProber.own(configured.access(config)),
        prober=aws.prober(),
        report=lambda entity: asked(entity.id, entity),
        read=lambda job_id: asked(job_id, None),
        discover=aws.discover,
        slot_share=collection.slot_share,
    ).run()


def state_checks(url: str) -> tuple[Check, ...]:
    """All checks of the state; nothing is made or changed."""
    if url == MEMORY:
        return (Check("state", Result.OK, "kept in memory: a restart begins with nothing"),)
    if not url.startswith(DYNAMODB):
        return (_file(url),)
    try:
        address = TableAddress.parsed(url)
        client = client_for(address)
    except StateError as error:
        return (Check("state", Result.FAILED, str(error)),)
    try:
        return table_checks(address.table, client)
    finally:
        client.close()


def _file(url: str) -> Check:
    try:
        if url.startswith(SQLITE) and not exists(sqlite_path(url)):
            return Check("state", Result.OK, f"{url} is not there yet; serve makes it")
        with reading(url):
            return Check("state", Result.OK, f"{url} can be read")
    except StateError as error:
        return Check("state", Result.FAILED, str(error))


def table_checks(name: str, client: Any) -> tuple[Check, ...]:
    """The checks of a table, by a client of DynamoDB."""
    return tuple(_table(name, probe(client, name)))


def _table(name: str, refusals: dict[str, Refused | None]) -> Iterator[Check]:
    if any(refused and refused.code == _NO_TABLE for refused in refusals.values()):
        remedy = "create it, or let serve do so by --state.create"
        yield Check("state", Result.FAILED, f"there is no table {name!r} here", remedy)
        return
    for action, refused in refusals.items():
        if refused is None:
            yield Check(action, Result.OK, "allowed", permission=action)
        elif refused.denied:
            remedy = f"allow {action} on the table; print-iam-policy with this --state.url prints all"
            yield Check(action, Result.FAILED, refused.message, remedy, action)
        else:
            told = f"{refused.code}: {refused.message}"
            yield Check(action, Result.UNKNOWN, told, refused.remedy or "try again")
