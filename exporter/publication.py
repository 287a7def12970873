"""The one hand-over between the threads that talk to AWS and the event loop that serves bytes.

Writers call methods under a lock; readers take ``current``, one reference to an immutable value, and never
wait for anybody.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from types import MappingProxyType
from typing import Any

from exporter.exposition import Exposition, Unit, arrange, key_of, render_unit
from exporter.families import view_subject
from exporter.model import (
    Discovery,
    Entity,
    News,
    OrganizationView,
    ReportState,
    Services,
    Snapshot,
    Standing,
    Subject,
    Targets,
    Work,
)
from exporter.news import merged, since
from exporter.order import plan, state_of

_News = Mapping[Subject, tuple[News, ...]]
_NONE: _News = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Published:
    """What is known, what is served of it, and the service names in it, at one moment."""

    snapshot: Snapshot = field(default_factory=Snapshot)
    exposition: Exposition = field(default_factory=Exposition)
    names: Mapping[str, str] = field(default_factory=dict)

    def organization(self, name: str) -> OrganizationView:
        """The view of one organization; KeyError for an unknown one."""
        view = self.find(name)
        if view is None:
            raise KeyError(name)
        return view

    def find(self, name: str) -> OrganizationView | None:
        """The view of one organization; None for an unknown one."""
        return next((view for view in self.snapshot.organizations if view.name == name), None)


class _Names:
    """Counts who shows which service under which name, to have one name for each."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}

    def swap(self, old: Unit | None, new: Unit | None) -> bool:
        """Exchange what ``old`` shows for what ``new`` shows; True if a name came or went."""
        if old is new:
            return False
        before = set(old.services) if old else set()
        after = set(new.services) if new else set()
        came = [self._add(pair) for pair in after - before]
        went = [self._remove(pair) for pair in before - after]
        return any(came) or any(went)

    def _add(self, pair: tuple[str, str]) -> bool:
        counts = self._counts.get(pair[0])
        if counts is None:
            counts = self._counts[pair[0]] = Counter()
        counts[pair[1]] += 1
        return counts[pair[1]] == 1

    def _remove(self, pair: tuple[str, str]) -> bool:
        counts = self._counts[pair[0]]
        counts[pair[1]] -= 1
        if counts[pair[1]]:
            return False
        del counts[pair[1]]
        if not counts:
            del self._counts[pair[0]]
        return True

    def chosen(self) -> dict[str, str]:
        """One name per namespace: where AWS gave several, the first in alphabetical order."""
        return {namespace: min(counts) for namespace, counts in self._counts.items()}


@dataclass(slots=True)
class _Place:
    """A subject's work, and how it stood when the states were last counted."""

    work: Work
    state: ReportState

    def counted(
        self, states: Mapping[ReportState, int], standing: Standing, now: float
    ) -> Mapping[ReportState, int]:
        """The counts after this subject, and no other, has come to stand as ``standing``."""
        former, self.state = self.state, state_of(self.work, standing, now)
        counts = dict(states)
        counts[former] -= 1
        counts[self.state] += 1
        return MappingProxyType(counts)


class Publication:
    """Takes what becomes known, and publishes it at once.

    ``clock`` gives Unix seconds: ages and states are as of its time.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._names = _Names()
        self._job_ids: dict[str, tuple[str, ...]] = {}
        self._places: dict[str, dict[Subject, _Place]] = {}
        self._keep = float("inf")
        self.current = Published()

    def configure(
        self, organizations: Iterable[tuple[str, Targets, tuple[str, ...]]], keep: float = float("inf")
    ) -> None:
        """Serve these organizations (name, targets, job ids), keeping what is known of those that stay.

        What was told to be new is served for ``keep`` seconds.
        """
        with self._lock:
            self._keep = keep
            known = {view.name: view for view in self.current.snapshot.organizations}
            views = []
            for name, targets, job_ids in organizations:
                self._job_ids[name] = job_ids
                view = known.get(name) or OrganizationView(name, targets)
                view = replace(view, targets=targets)
                views.append(self._planned(view, view.discovery, view.standings, view.news))
            self._rebuild(Snapshot(tuple(views)))

    def discovered(self, name: str, discovery: Discovery) -> OrganizationView:
        """A discovery succeeded: what it no longer has, disappears."""
        with self._lock:
            view = self.current.organization(name)
            return self._known(self._planned(view, discovery, view.standings, view.news))

    def restored(
        self,
        name: str,
        discovery: Discovery | None,
        standings: Mapping[Subject, Standing],
        news: _News = _NONE,
    ) -> OrganizationView:
        """What an earlier run left is known."""
        with self._lock:
            ordered = {subject: merged(pieces) for subject, pieces in news.items() if pieces}
            return self._known(self._planned(self.current.organization(name), discovery, standings, ordered))

    def stood(self, name: str, standing: Standing, news: Iterable[News] = (), **changes: Any) -> bool:
        """One subject stands differently now, and with it fields of its organization's view.

        ``news`` is what its report told. A subject that is no longer in scope is left out (False), and so is
        one of an organization that a reload took away: its job was running when it vanished.
        """
        with self._lock:
            view, place = self.current.find(name), self._places[name].get(standing.subject)
            if view is None or place is None:
                return False
            standings = MappingProxyType({**view.standings, standing.subject: standing})
            states = place.counted(view.states, standing, self._clock())
            told = _with_news(view.news, standing.subject, news)
            view = replace(view, standings=standings, states=states, news=told, **changes)
            self._exchange(view, _render(view, place.work))
            return True

    def changed(self, name: str, **changes: Any) -> None:
        """Fields of an organization's view changed, and no report did. One that went is left out."""
        with self._lock:
            view = self.current.find(name)
            if view:
                self.current = replace(self.current, snapshot=self._with(replace(view, **changes)))

    def tick(self) -> None:
        """Time has passed: renew every age and recount the states."""
        with self._lock:
            for view in self.current.snapshot.organizations:
                self._forget_news(view)
            views = tuple(map(self._counted, self.current.snapshot.organizations))
            exposition = self.current.exposition.ticked(self._clock())
            self.current = replace(self.current, snapshot=Snapshot(views), exposition=exposition)

    def _forget_news(self, view: OrganizationView) -> None:
        """What is no longer news goes from the lines of its subjects."""
        news = since(view.news, self._clock() - self._keep)
        changed = [subject for subject, pieces in view.news.items() if news.get(subject) != pieces]
        view = replace(view, news=news)
        for place in filter(None, map(self._places[view.name].get, changed)):
            self._exchange(view, _render(view, place.work))

    def _known(self, planned: OrganizationView) -> OrganizationView:
        self._rebuild(self._with(planned))
        return planned

    def _planned(
        self,
        view: OrganizationView,
        discovery: Discovery | None,
        standings: Mapping[Subject, Standing],
        news: _News,
    ) -> OrganizationView:
        work = plan(discovery, view.targets, self._job_ids.get(view.name, ()))
        kept = {item.subject: standings[item.subject] for item in work if item.subject in standings}
        told = since(
            {subject: news[subject] for subject in kept if subject in news}, self._clock() - self._keep
        )
        planned = replace(
            view,
            discovery=discovery,
            work=work,
            standings=MappingProxyType(kept),
            news=MappingProxyType(dict(told)),
        )
        return self._counted(planned)

    def _counted(self, view: OrganizationView) -> OrganizationView:
        now = self._clock()
        places = self._places[view.name] = {
            item.subject: _Place(item, state_of(item, view.standings.get(item.subject), now))
            for item in view.work
        }
        counts = dict.fromkeys(ReportState, 0)
        for place in places.values():
            counts[place.state] += 1
        return replace(view, states=MappingProxyType(counts))

    def _with(self, view: OrganizationView) -> Snapshot:
        views = self.current.snapshot.organizations
        return Snapshot(tuple(view if view.name == old.name else old for old in views))

    def _exchange(self, view: OrganizationView, unit: Unit) -> None:
        exposition = self.current.exposition
        moved = self._names.swap(exposition.unit((view.name, unit.subject)), unit)
        exposition = exposition.replaced(unit, self._clock())
        names = self.current.names
        if moved:
            names = self._names.chosen()
            exposition = exposition.renamed(names)
        self.current = Published(self._with(view), exposition, names)

    def _rebuild(self, snapshot: Snapshot) -> None:
        old = self.current
        units = list(_all_units(snapshot, old))
        self._rename(old.exposition, units)
        names = self._names.chosen()
        exposition = arrange(units, names, self._clock(), old.exposition)
        self.current = Published(snapshot, exposition, names)

    def _rename(self, old: Exposition, units: Iterable[Unit]) -> None:
        """Count the names of what came or went: between two discoveries most stays as it was."""
        gone = {key_of(unit): unit for block in old.blocks for unit in block.units}
        for unit in units:
            self._names.swap(gone.pop(key_of(unit), None), unit)
        for unit in gone.values():
            self._names.swap(unit, None)


def _all_units(snapshot: Snapshot, old: Published) -> Iterator[Unit]:
    """The units of all organizations; those of one that is as it was are taken over without another look."""
    former = {view.name: view for view in old.snapshot.organizations}
    known: dict[str, list[Unit]] = {}
    for block in old.exposition.blocks:
        for unit in block.units:
            known.setdefault(unit.organization, []).append(unit)
    for view in snapshot.organizations:
        same = former.get(view.name) is view
        yield from known.get(view.name, ()) if same else _units(view, old)


def _units(view: OrganizationView, old: Published) -> Iterator[Unit]:
    """The units of an organization, those taken over that would come out the same."""
    former = old.find(view.name) or OrganizationView(view.name, view.targets)
    before = {item.subject: item for item in _lines_of(former)}
    for item in _lines_of(view):
        subject = item.subject
        same = (
            before.get(subject) == item
            and former.standings.get(subject) is view.standings.get(subject)
            and former.news.get(subject) == view.news.get(subject)
        )
        unit = old.exposition.unit((view.name, subject)) if same else None
        yield unit or _render(view, item)


def _lines_of(view: OrganizationView) -> list[Work]:
    """Work, and behind it nothing to ask: entities of a kind that is not collected still have their info."""
    planned = {item.subject for item in view.work}
    entities: Iterable[Entity] = view.discovery.entities if view.discovery else ()
    idle = (
        Work(Subject(entity.id), entity, view.targets.of(entity))
        for entity in entities
        if Subject(entity.id) not in planned
    )
    return [*view.work, *idle]


def _with_news(known: _News, subject: Subject, news: Iterable[News]) -> _News:
    pieces = tuple(news)
    if not pieces:
        return known
    return MappingProxyType({**known, subject: merged(pieces, known.get(subject, ()))})


def _render(view: OrganizationView, item: Work) -> Unit:
    standing = view.standings.get(item.subject) or Standing(item.subject)
    services = item.target.services if item.target.enabled else Services.NONE
    news = view.news.get(item.subject, ())
    return render_unit(view_subject(view.name, item.subject, item.entity, standing, services, news=news))
