"""An organization of a wanted number of series, a fifth of them ages."""

from collections.abc import Callable

from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    Report,
    ServiceAccess,
    Services,
    Standing,
    Subject,
    Target,
    Targets,
)
from exporter.publication import Publication

ROWS = 200  # services of an account's report
USED = 100  # of these, which have a time, an age and a place of last use as well
PER_ACCOUNT = 511  # series: the rows, three for each used one, and eleven of the report and the account
NOW = 1_780_000_000.0

_TARGET = Target(enabled=True, refresh=86_400.0, services=Services.ALL)
TARGETS = Targets(_TARGET, _TARGET, _TARGET, _TARGET, _TARGET)


def entity(number: int) -> Entity:
    """An account."""
    account_id = f"{number:012}"
    return Entity(
        account_id,
        EntityType.ACCOUNT,
        f"workload-{number}",
        f"o-benchmarks0/r-root/ou-root-benchmark/{account_id}",
        "ou-root-benchmark",
        "ACTIVE",
    )


def standing(number: int, generation: int = 0) -> Standing:
    """A report on that account; another ``generation`` is a later one."""
    account = entity(number)
    rows = tuple(_row(account, number, i, generation) for i in range(ROWS))
    created = NOW - 3600.0 * (number % 20) + generation
    report = Report(created, created + 9.0, ROWS, ROWS - USED, rows)
    return Standing(Subject(account.id), report, JobView(JobStatus.COMPLETED, created, created + 9.0))


def _row(account: Entity, number: int, i: int, generation: int) -> ServiceAccess:
    name, title = f"service{i}", f"Amazon Service Number {i}"
    if i >= USED:
        return ServiceAccess(name, title, "", "", None, 0)
    last = NOW - 60.0 * ((number * 7919 + i * 104_729) % 500_000) + generation
    return ServiceAccess(name, title, "eu-central-1", account.path, last, 1)


def publication(series: int, clock: Callable[[], float]) -> Publication:
    """A publication that shows about so many series."""
    made = Publication(clock)
    made.configure([("bench", TARGETS, ())])
    count = max(1, series // PER_ACCOUNT)
    entities = tuple(entity(number) for number in range(1, count + 1))
    standings = {Subject(item.id): standing(number) for number, item in enumerate(entities, 1)}
    made.restored("bench", Discovery("o-benchmarks0", "", "aws", entities, at=NOW), standings)
    return made
