"""Evidence about one entity that speaks about others, too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from exporter.model import Entity, Report
from exporter.recommend.case import Case


def shared(cases: Sequence[Case]) -> tuple[Case, ...]:
    """The cases of a tree, each with what the reports on the others say of it or of what lies below it.

    Reports are made one after the other: a service that came into use meanwhile is only in the later ones.
    A service has to be unused for as long as is asked for before the earliest of them, on every entity.
    """
    reports = {case.entity.id: case.report for case in cases}
    lower = _below(cases)
    until = min((case.report.created for case in cases), default=None)
    return tuple(
        replace(
            case,
            below=(*case.below, *lower.get(case.entity.id, ()), *_from_above(case, reports)),
            until=until,
        )
        for case in cases
    )


def _below(cases: Iterable[Case]) -> Mapping[str, Sequence[Report]]:
    """Entity → the reports on those below it that it does not have already."""
    found: dict[str, list[Report]] = {}
    known = {case.entity.id: {id(report) for report in case.below} for case in cases}
    for case in cases:
        for place in case.entity.path.split("/")[1:-1]:
            if place in known and id(case.report) not in known[place]:
                found.setdefault(place, []).append(case.report)
    return found


def _from_above(case: Case, reports: Mapping[str, Report]) -> Iterator[Report]:
    """What the reports on those above say of accounts below it, without how many those are elsewhere."""
    for place in case.entity.path.split("/")[1:-1]:
        if report := reports.get(place):
            rows = (row for row in report.services if _within(row.entity_path, case.entity))
            yield replace(report, services=tuple(row._replace(authenticated_entities=None) for row in rows))


def _within(path: str, entity: Entity) -> bool:
    return f"{path}/".startswith(f"{entity.path}/")
