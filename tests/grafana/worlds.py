"""Organizations as dashboards may meet them, each with what exporters have served of it over some time.

What is allowed and used is the simulator's, and what is served the exporter's own: its reports, its news, its
lines. Only AWS and the time between are left out, so that a week takes seconds.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from exporter.exposition import Format
from exporter.families import Group
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    Policy,
    Report,
    Services,
    Standing,
    Subject,
    Target,
    Targets,
    tallied,
)
from exporter.news import compared
from exporter.publication import Publication
from exporter.services import service_names
from exporter.simulator.activity import Activity
from exporter.simulator.founding import found
from exporter.simulator.options import SimulationOptions
from exporter.simulator.organization import Organization
from exporter.simulator.reports import Reports
from exporter.telemetry.instruments import Instruments
from exporter.web.scrape import Wish, whole

NOW = 1_795_771_800.0  # 2026-11-27 09:30 UTC: every world ends here
NEVER = float("inf")
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
DORMANT = 90 * DAY
CODE = "ORGANIZATIONS_REPORT_ACCESS_DENIED"
# Ages change with every scrape, and no dashboard asks for them.
SHOWN = Wish(frozenset(Group) - {Group.AGES}, Format.TEXT)


def nobody(entity: Entity) -> bool:
    return False


def everybody(entity: Entity) -> bool:
    return True


@dataclass(frozen=True)
class Setup:
    """One organization, by its configured name, and how it is watched.

    ``lasts`` is for how long there has been an exporter, ``step`` how often it is looked at, both in seconds.
    ``replicas`` gives the labels of each exporter that is scraped, and how many steps it is behind.
    ``narrowed``: so long before the end, an SCP came that closes services. ``renamed``: so long before it,
    the first OU got another name. ``by_entity``: each entity is a target of its own (/sd). ``every``: one of
    so many services is there.
    """

    name: str
    accounts: int = 6
    ous: int = 4
    services: Services = Services.ACCESSED
    scp_reports: bool = False
    hostile: bool = False
    fails: Callable[[Entity], bool] = nobody
    lasts: float = DAY / 2
    step: float = HOUR
    replicas: tuple[tuple[Mapping[str, str], int], ...] = (({}, 0),)
    narrowed: float = NEVER
    renamed: float = NEVER
    by_entity: bool = False
    every: int = 3
    seed: int = 7


@dataclass
class World:
    """A setup while it is played: ``publication`` is how it stands. ``number`` tells worlds apart."""

    setup: Setup
    number: int = 0
    now: float = field(init=False)
    publication: Publication = field(init=False)
    instruments: Instruments = field(init=False)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.setup.seed)
        self.now = NOW - self.setup.lasts
        self.organization = self._founded()
        names = self._names = dict(list(service_names().items())[:: self.setup.every])
        self._activity = Activity(
            names,
            self.organization.joined,
            seed=self.setup.seed,
            began=self.now,
            speed=2 * DAY / self.setup.lasts,
            partition="aws",
        )
        self._reports = Reports(self.organization, names, self._activity)
        self.publication = Publication(lambda: self.now)
        self.publication.configure([(self.setup.name, self._targets(), ())])
        self.instruments = Instruments(with_process=False)
        self.instruments.reload_successful.set(1)
        self.instruments.prepare(self.setup.name)
        self._tally: Mapping = {}

    def _founded(self) -> Organization:
        options = SimulationOptions(
            accounts=self.setup.accounts,
            ous=self.setup.ous,
            seed=self.setup.seed,
            hostile_names=self.setup.hostile,
            clock=lambda: self.now,
        )
        return found(options)

    def _targets(self) -> Targets:
        hour, day = (Target(enabled=True, refresh=every, services=Services.ALL) for every in (HOUR, 6 * HOUR))
        account = Target(enabled=True, refresh=DAY, services=self.setup.services)
        if self.setup.services is Services.NONE:
            hour, day = (replace(target, services=Services.NONE) for target in (hour, day))
        return Targets(hour, day, account, account, replace(day, enabled=self.setup.scp_reports))

    @property
    def view(self):
        return self.publication.current.organization(self.setup.name)

    def played(self) -> Iterator[tuple[float, str]]:
        """(time, text) of every step, the last one at NOW."""
        steps = round(self.setup.lasts / self.setup.step)
        for number in range(steps + 1):
            self.now = NOW - (steps - number) * self.setup.step
            self._happen(number)
            yield (
                self.now,
                b"".join(
                    whole(_Shown(self.instruments), self.publication.current, SHOWN).inflated()
                ).decode(),
            )

    def _happen(self, number: int) -> None:
        self._count("ListAccounts", "organizations", 3)
        self._change(first=number == 0)
        due = self._due()
        # In the first minutes there is time for the root alone.
        for subject in due[:1] if number == 0 else due:
            self._ask(subject)
        self.instruments.series.set(self.publication.current.exposition.series)
        self.instruments.exposition_bytes.set(self.publication.current.exposition.length)
        self.publication.tick()

    def _change(self, *, first: bool) -> None:
        left = NOW - self.now
        if left == self.setup.narrowed:
            self.organization = narrowed(self.organization)
            self._reports = Reports(self.organization, self._names, self._activity)
        if left == self.setup.renamed:
            self.organization = renamed(self.organization)
        if first or left == self.setup.renamed:
            self.publication.discovered(self.setup.name, self._discovery())
            self.publication.changed(self.setup.name, up=True, job_seconds=9.0, lease_held=True)

    def _discovery(self) -> Discovery:
        org = self.organization
        policies = tuple(Policy(policy.id, policy.name) for policy in org.policies.values())
        return Discovery(
            org.id,
            org.management_account.id,
            org.partition,
            tuple(org.entities.values()),
            policies if self.setup.scp_reports else (),
            self.now,
            0.8,
        )

    def _due(self) -> list[Subject]:
        """What gets older than its refresh interval before somebody looks again; not all at once."""
        return [
            item.subject
            for item in self.view.work
            if self._made(item.subject) + item.target.refresh * self._chance.uniform(0.8, 1.0) <= self.now
        ]

    def _made(self, subject: Subject) -> float:
        standing = self.view.standings.get(subject)
        return standing.job.created if standing and standing.job else 0.0

    def _ask(self, subject: Subject) -> None:
        entity = self.organization.entities[subject.entity_id]
        seconds = self._chance.uniform(5.9, 11.7)
        created = self.now - self._chance.uniform(seconds, self.setup.step / 2 + seconds)
        self._counted(seconds)
        before = self.view.standings.get(subject) or Standing(subject)
        if self.setup.fails(entity):
            self._failed(before, created, seconds)
        else:
            self._completed(before, entity, created, seconds)

    def _failed(self, before: Standing, created: float, seconds: float) -> None:
        self.instruments.jobs_failed.labels(self.setup.name).inc()
        job = JobView(JobStatus.FAILED, created, created + seconds, CODE, "Requester is not authorized")
        self.publication.stood(self.setup.name, replace(before, job=job, failures=before.failures + 1))

    def _completed(self, before: Standing, entity: Entity, created: float, seconds: float) -> None:
        subject = before.subject
        report = self._report(entity, subject, created, seconds)
        news = (
            compared(before, report, dormant_after=DORMANT, moved=False, now=self.now)
            if before.report
            else ()
        )
        job = JobView(JobStatus.COMPLETED, created, created + seconds)
        known = before.known_beside(report)
        after = Standing(subject, report, job, last_known=known, path=entity.path)
        self._tally = tallied(self._tally, news)
        self.publication.stood(self.setup.name, after, news, tally=self._tally)

    def _report(self, entity: Entity, subject: Subject, created: float, seconds: float) -> Report:
        content = self._reports.content(entity.path, subject.policy_id, created)
        return Report(created, created + seconds, content.accessible, content.not_accessed, content.rows)

    def _counted(self, seconds: float) -> None:
        self.instruments.jobs_started.labels(self.setup.name).inc()
        self.instruments.job_duration.labels(self.setup.name).observe(seconds)
        self._count("GenerateOrganizationsAccessReport", "iam", 1)
        self._count("GetOrganizationsAccessReport", "iam", 2)
        if self._chance.random() < 0.02:
            self.instruments.slot_conflicts.labels(self.setup.name).inc()
            name = "GenerateOrganizationsAccessReport"
            self.instruments.api_failures.labels(
                self.setup.name, "iam", name, "ReportGenerationLimitExceeded"
            ).inc()

    def _count(self, operation: str, api: str, times: int) -> None:
        labels = (self.setup.name, api, operation)
        for _ in range(times):
            self.instruments.api_requests.labels(*labels).inc()
            self.instruments.api_duration.labels(*labels).observe(self._chance.uniform(0.05, 0.4))


def narrowed(organization: Organization) -> Organization:
    """After somebody let an OU have what is on an allow list, and no more."""
    names = {policy.name: id_ for id_, policy in organization.policies.items()}
    units = [
        entity.id
        for entity in organization.entities.values()
        if entity.type is EntityType.ORGANIZATIONAL_UNIT
    ]
    unit = units[len(units) // 2]
    kept = [id_ for id_ in organization.attachments[unit] if id_ != names["FullAWSAccess"]]
    attached = tuple(dict.fromkeys([*kept, names["SandboxAllowList"]]))
    return replace(organization, attachments={**organization.attachments, unit: attached})


def renamed(organization: Organization) -> Organization:
    """After the first OU got another name."""
    first = next(
        entity for entity in organization.entities.values() if entity.type is EntityType.ORGANIZATIONAL_UNIT
    )
    other = replace(first, name=f"{first.name} (new)")
    return replace(organization, entities={**organization.entities, other.id: other})


@dataclass(frozen=True)
class _Shown:
    """As much of a surface as a composition asks for."""

    instruments: Instruments

    def own(self, groups):
        return self.instruments.sections(groups)
