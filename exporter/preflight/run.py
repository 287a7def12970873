"""All checks of a configuration, by the organizations' names."""

import random
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from exporter.aws import AwsOrganization, AwsProber, configured
from exporter.collect import Single, ThreadPace
from exporter.config import CollectionConfig, OrganizationConfig
from exporter.credentials import attended
from exporter.job import Job
from exporter.model import Entity, Subject, Work
from exporter.order import FOREIGN
from exporter.output.reading import title
from exporter.preflight.check import Check, Findings
from exporter.preflight.organization import Preflight
from exporter.preflight.state import state_checks
from exporter.reporting import Waiting

Tell = Callable[[str | Check], None]


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


class Patience(NamedTuple):
    """Seconds to wait for a report, and that its credentials have to last in ``serve``."""

    wait: float
    lifetime: float


def _told(checks: Iterable[Check], tell: Tell) -> tuple[Check, ...]:
    made = []
    for check in checks:
        tell(check)
        made.append(check)
    return tuple(made)


def _checked(
    config: OrganizationConfig, timeout: float, collection: CollectionConfig, *, quiet: bool
) -> Iterator[Check]:
    patience = Patience(timeout, collection.job_timeout)
    access = configured.access(config)
    aws = configured.organization(config, lambda _: None)

    def report(entity: Entity) -> Job:
        return _asked(aws, Work(Subject(entity.id), entity, FOREIGN), patience, quiet=quiet)

    def read(job_id: str) -> Job:
        return _asked(aws, Work(Subject(job_id), None, FOREIGN), patience, quiet=quiet)

    return Preflight(
        config,
        own=AwsProber.own(access),
        prober=aws.prober(),
        report=report,
        read=read,
        discover=aws.discover,
        slot_share=collection.slot_share,
    ).run()


def _asked(aws: AwsOrganization, work: Work, patience: Patience, *, quiet: bool) -> Job:
    with Waiting(1, quiet=quiet) as waiting:
        waiting.begin(title(work.subject, work.entity), 0.0)
        single = Single(
            ThreadPace(), random.uniform, patience.wait, busy=waiting.busy, told=lambda _: waiting.running()
        )
        return single.ask(aws.open_session(patience.lifetime), work)
