"""Every metric of the contract as one value: its name, type, help, labels, and how to read it.

It never formats, and never looks at a clock.

The renderer, the instruments, the generated table in the docs and the golden tests all follow from here.
A family reads one of four things: a subject (a report and its job), an organization, the services of the
whole snapshot, or the daemon itself (an instrument of prometheus-client, named here, counted elsewhere).

``report_job_status`` has the shape of a StateSet, but its label is ``status``, as the contract says;
OpenMetrics wants a StateSet's label named like the family, so it is declared a gauge in both formats.
So is every ``…_info``: OpenMetrics declares an Info without that ending, and readers that take the declared
name for the metric's (OpenTelemetry's receiver, Datadog) would lose the one that is documented.
"""

from exporter.families.instruments import (
    API_DURATION,
    API_FAILURES,
    API_REQUESTS,
    BUILD_INFO,
    EXPOSITION_BYTES,
    INSTRUMENTS,
    JOB_DURATION,
    JOBS_FAILED,
    JOBS_STARTED,
    RELOAD_SUCCESSFUL,
    RELOAD_TIMESTAMP,
    REPORTS_EXPIRED,
    SERIES,
    SLOT_CONFLICTS,
    STATE_AVAILABLE,
    STATE_FAILURES,
    WEB_CONFIG_FAILURES,
)
from exporter.families.kinds import (
    Family,
    Group,
    Instrument,
    OrganizationFamily,
    Sample,
    ServiceNames,
    SubjectFamily,
    SubjectView,
    Type,
    view_subject,
)
from exporter.families.organizations import ORGANIZATION_FAMILIES
from exporter.families.services import SERVICE_INFO
from exporter.families.subjects import SUBJECT_FAMILIES

FAMILIES: tuple[Family, ...] = (*SUBJECT_FAMILIES, SERVICE_INFO, *ORGANIZATION_FAMILIES, *INSTRUMENTS)

__all__ = [
    "API_DURATION",
    "API_FAILURES",
    "API_REQUESTS",
    "BUILD_INFO",
    "EXPOSITION_BYTES",
    "FAMILIES",
    "INSTRUMENTS",
    "JOBS_FAILED",
    "JOBS_STARTED",
    "JOB_DURATION",
    "ORGANIZATION_FAMILIES",
    "RELOAD_SUCCESSFUL",
    "RELOAD_TIMESTAMP",
    "REPORTS_EXPIRED",
    "SERIES",
    "SERVICE_INFO",
    "SLOT_CONFLICTS",
    "STATE_AVAILABLE",
    "STATE_FAILURES",
    "SUBJECT_FAMILIES",
    "WEB_CONFIG_FAILURES",
    "Family",
    "Group",
    "Instrument",
    "OrganizationFamily",
    "Sample",
    "ServiceNames",
    "SubjectFamily",
    "SubjectView",
    "Type",
    "view_subject",
]
