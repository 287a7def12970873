"""An organization with all that a dashboard shows: a root, OUs, a management account, accounts in the OUs."""

from collections.abc import Iterator

from benchmarks.fixture import PER_ACCOUNT, ROWS, TARGETS, USED
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    Report,
    ServiceAccess,
    Standing,
    Subject,
)
from exporter.publication import Publication
from exporter.services import service_names

UNITS = 50
SERVICES = tuple(service_names().items())[:ROWS]
_ORG, _ROOT = "o-benchmarks0", "r-root"


def entities(count: int) -> Iterator[Entity]:
    """So many of them, parents first."""
    yield Entity(_ROOT, EntityType.ROOT, "Root", f"{_ORG}/{_ROOT}")
    yield _account("999999999999", EntityType.MANAGEMENT_ACCOUNT, "management", _ROOT)
    for number in range(UNITS):
        unit = f"ou-root-{number:08}"
        yield Entity(unit, EntityType.ORGANIZATIONAL_UNIT, f"Unit {number}", f"{_ORG}/{_ROOT}/{unit}", _ROOT)
    for number in range(count - UNITS - 2):
        unit = f"ou-root-{number % UNITS:08}"
        yield _account(f"{number:012}", EntityType.ACCOUNT, f"workload-{number}", unit)


def _account(account_id: str, kind: EntityType, name: str, parent: str) -> Entity:
    above = f"{_ORG}/{_ROOT}" if parent == _ROOT else f"{_ORG}/{_ROOT}/{parent}"
    return Entity(account_id, kind, name, f"{above}/{account_id}", parent, "ACTIVE")


def standing(entity: Entity, number: int, now: float) -> Standing:
    """A report of the last hours."""
    created = now - 600.0 * (number % 20)
    account = entity if entity.id.isdecimal() else _account(f"{number:012}", EntityType.ACCOUNT, "", _ROOT)
    rows = tuple(_row(account, number, i, created) for i in range(ROWS))
    job = JobView(JobStatus.COMPLETED, created, created + 9.0)
    return Standing(Subject(entity.id), Report(created, created + 9.0, ROWS, ROWS - USED, rows), job)


def _row(account: Entity, number: int, i: int, created: float) -> ServiceAccess:
    name, title = SERVICES[i]
    # Entities differ in what they use.
    if (i + number) % ROWS >= USED:
        return ServiceAccess(name, title, "", "", None, 0)
    region = "us-east-1" if (number * 31 + i * 17) % 20 == 0 else "eu-central-1"
    last = created - 60.0 * ((number * 7919 + i * 104_729) % 500_000)
    return ServiceAccess(name, title, region, account.path, last, 1)


def publication(series: int, now: float) -> Publication:
    """A publication that shows about so many series."""
    made = Publication(lambda: now)
    made.configure([("bench", TARGETS, ())])
    everybody = tuple(entities(max(UNITS + 3, series // PER_ACCOUNT)))
    standings = {Subject(item.id): standing(item, number, now) for number, item in enumerate(everybody)}
    made.restored("bench", Discovery(_ORG, "999999999999", "aws", everybody, at=now), standings)
    made.changed("bench", up=True, job_seconds=9.0, lease_held=True)
    return made
