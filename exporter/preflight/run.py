"""All checks of a configuration, by the organizations' names."""

import random
from collections.abc import Iterable

from exporter.aws import AwsOrganization, AwsProber, configured
from exporter.collect import Single, ThreadPace
from exporter.config import OrganizationConfig
from exporter.job import Job
from exporter.model import Entity, Subject, Work
from exporter.order import FOREIGN
from exporter.preflight.check import Check, Findings
from exporter.preflight.organization import Preflight
from exporter.preflight.state import state_checks
from exporter.reporting import Waiting


def run(
    organizations: Iterable[OrganizationConfig], state_url: str, timeout: float, *, quiet: bool
) -> Findings:
    """Look at everything; ``timeout`` in seconds is how long a report may take."""
    checked = {config.name: _checked(config, timeout, quiet=quiet) for config in organizations}
    return Findings(checked, state_checks(state_url))


def _checked(config: OrganizationConfig, timeout: float, *, quiet: bool) -> tuple[Check, ...]:
    access = configured.access(config)
    aws = configured.organization(config, lambda _: None)

    def report(entity: Entity) -> Job:
        return _asked(aws, Work(Subject(entity.id), entity, FOREIGN), timeout, quiet=quiet)

    def read(job_id: str) -> Job:
        return _asked(aws, Work(Subject(job_id), None, FOREIGN), timeout, quiet=quiet)

    return Preflight(
        config,
        own=AwsProber.own(access),
        prober=AwsProber(access),
        report=report,
        read=read,
        discover=aws.discover,
    ).run()


def _asked(aws: AwsOrganization, work: Work, timeout: float, *, quiet: bool) -> Job:
    with Waiting(1, quiet=quiet) as waiting:
        waiting.begin(work.subject.entity_id, 0.0)
        single = Single(
            ThreadPace(), random.uniform, timeout, busy=waiting.busy, told=lambda _: waiting.running()
        )
        return single.ask(aws.open_session(timeout), work)
