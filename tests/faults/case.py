"""What a case of the matrix is, and the outcomes that many of them share."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from exporter.simulator.messages import Answer
from tests.faults.replies import Fault

DISCOVERY = ("DescribeOrganization", "ListRoots", "ListOrganizationalUnitsForParent", "ListAccounts")
GENERATE, GET, ASSUME = "GenerateOrganizationsAccessReport", "GetOrganizationsAccessReport", "AssumeRole"
OPERATIONS = (*DISCOVERY, GENERATE, GET, ASSUME)


class Moment(StrEnum):
    """When the fault begins."""

    START = "before anything is known"
    LATER = "after good reports"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be seen while the fault lasts; that all is well again afterwards is expected of each.

    ``code``: what is counted in ``aws_org_access_api_request_failures_total`` for the operation, ``logged``
    and ``lines``: what stands in the log and on ``/metrics``, ``lacks``: what does not (all regular
    expressions). ``down`` is how often the log says that the organization went down. ``loses``: series of
    reports may go.
    """

    says: str
    up: bool = True
    code: str = ""
    failed: int = 0
    logged: str = ""
    lines: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    down: int = 0
    loses: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One organization of the run. ``times`` is how many calls meet the fault; 0: all until it is healed."""

    name: str
    fault: Fault
    operation: str
    moment: Moment
    times: int
    outcome: Outcome
    when: Callable[[Answer], bool] = lambda _: True

    @property
    def id(self) -> str:
        return f"{self.name} · {self.operation} · {self.moment.name.lower()} · {self.times or 'lasting'}"


def finished(answer: Answer) -> bool:
    """The job is done: this answer is its report."""
    return b"<JobStatus>COMPLETED" in answer.body


QUIET = Outcome("counted and repeated at once; nothing else shows")
SECONDS = Outcome("counted; `up` is 0 for the seconds until the next try; what was shown stays", down=1)
SAME = Outcome("as always")
AWAY = Outcome("counted; `up` is 0 with one log line and the reason; what was shown stays", up=False, down=1)
FAILED_AWAY = Outcome(
    "counted and repeated until the deadline; the subject fails and keeps its last report; `up` is 0",
    up=False,
    failed=1,
    down=1,
    logged="event=report.failed",
)
FAILED = Outcome("the subject fails with a code in the log and keeps its last report; `up` stays 1", failed=1)
