"""What a metric is: its name, type, help and labels, and which of four things it reads."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from exporter.model import Entity, News, OrganizationView, ServiceAccess, Services, Standing, Subject

PREFIX = "aws_org_access_"
BACKGROUND = "Collected in the background, not at the scrape."


class Group(StrEnum):
    """What ``collect[]`` and ``exclude[]`` choose from."""

    REPORTS = "reports"
    SERVICES = "services"
    AGES = "ages"
    NEWS = "news"
    INFO = "info"
    COLLECTION = "collection"
    EXPORTER = "exporter"


class Type(StrEnum):
    """OpenMetrics' types, as far as they are used."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"
    UNKNOWN = "unknown"


Sample = tuple[tuple[str, ...], float]
"""Label values in the family's order, and the value."""


@dataclass(frozen=True, slots=True)
class Family:
    """What is common to all families. ``labels`` come behind those that the kind of family adds itself."""

    name: str
    type: Type
    group: Group
    labels: tuple[str, ...]
    help: str

    @property
    def unit(self) -> str:
        """OpenMetrics' unit: the ending of the name, or nothing."""
        return next((unit for unit in ("seconds", "bytes") if self.name.endswith(f"_{unit}")), "")


@dataclass(frozen=True, slots=True)
class SubjectView:
    """One subject as its families see it; ``entity`` is None for a report made elsewhere.

    ``shown`` are the report's rows that the configuration lets through, ``news`` what is still told, newest
    first.
    """

    organization: str
    subject: Subject
    entity: Entity | None
    standing: Standing
    shown: tuple[ServiceAccess, ...] = ()
    news: tuple[News, ...] = ()


def view_subject(
    organization: str,
    subject: Subject,
    entity: Entity | None,
    standing: Standing,
    services: Services,
    *,
    news: tuple[News, ...] = (),
) -> SubjectView:
    """The view of one subject under the ``services`` setting of its target."""
    rows = standing.report.services if standing.report else ()
    match services:
        case Services.ALL:
            shown = rows
        case Services.ACCESSED:
            shown = tuple(row for row in rows if row.used is not None)
        case Services.NONE:
            shown = ()
    return SubjectView(organization, subject, entity, standing, shown, news)


@dataclass(frozen=True, slots=True)
class SubjectFamily(Family):
    """Labels ``organization, entity_id[, policy_id]`` and its own.

    ``ticks``: the value that ``read`` gives is a time, and the sample is how long ago that was.
    """

    read: Callable[[SubjectView], Iterable[Sample]]
    ticks: bool = False


@dataclass(frozen=True, slots=True)
class OrganizationFamily(Family):
    """Label ``organization`` and its own."""

    read: Callable[[OrganizationView], Iterable[Sample]]


@dataclass(frozen=True, slots=True)
class ServiceNames(Family):
    """Only its own labels: one series per service namespace that any subject shows."""


@dataclass(frozen=True, slots=True)
class Instrument(Family):
    """A value of the daemon itself; ``buckets`` for a histogram, in seconds."""

    buckets: tuple[float, ...] = ()


def one(value: float | None) -> Iterable[Sample]:
    """The one sample of a family without labels of its own; none without a value."""
    return () if value is None else (((), value),)
