"""All checks of a configuration, by the organizations' names."""

import random
from collections.abc import Iterable
from typing import NamedTuple

from exporter.aws import AwsOrganization, AwsProber, configured
from exporter.collect import Single, ThreadPace
from exporter.config import OrganizationConfig
from exporter.credentials import attended
from exporter.job import Job
from exporter.model import Entity, Subject, Work
from exporter.order import FOREIGN
from exporter.preflight.check import Check, Findings
from exporter.preflight.organization import Preflight
from exporter.preflight.state import state_checks
from exporter.reporting import Waiting


@attended()
def run(
    organizations: Iterable[OrganizationConfig],
    state_url: str,
    timeout: float,
    job_timeout: float,
    *,
    quiet: bool,
) -> Findings:
    """Look at everything; ``timeout`` in seconds is how long to wait for a report.

    ``job_timeout`` is the configuration's: for so long the credentials of a job have to last.
    """
    checked = {
        config.name: _checked(config, Patience(timeout, job_timeout), quiet=quiet) for config in organizations
    }
    return Findings(checked, state_checks(state_url))


class Patience(NamedTuple):
    """Seconds to wait for a report, and that its credentials have to last in ``serve``."""

    wait: float
    lifetime: float


def _checked(config: OrganizationConfig, patience: Patience, *, quiet: bool) -> tuple[Check, ...]:
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
    ).run()


def _asked(aws: AwsOrganization, work: Work, patience: Patience, *, quiet: bool) -> Job:
    with Waiting(1, quiet=quiet) as waiting:
        waiting.begin(work.subject.entity_id, 0.0)
        single = Single(
            ThreadPace(), random.uniform, patience.wait, busy=waiting.busy, told=lambda _: waiting.running()
        )
        return single.ask(aws.open_session(patience.lifetime), work)
