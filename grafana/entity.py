"""One root, OU or account: what it may use, what it uses, and how far an SCP could be narrowed."""

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Dashboard, Panel

from grafana import board, changed, gap, marks, variables
from grafana.levels import INTERVALS, SHARE_UNUSED
from grafana.panels import BLUE, About, Query, bars, lines, numbers
from grafana.promql import (
    ACCOUNTS_THAT_USED,
    ANY,
    LAST_USED,
    OF_ENTITY,
    OF_ROOTS,
    WHOLE_REPORT,
    metric,
    named,
    per_entity,
    per_service,
    record,
    with_place,
    with_service_name,
)
from grafana.tables import Column, of_row, rows, to_dashboard, to_page

_SERVICE = {"service_name": "Service", "service_namespace": "Namespace"}
_TO_SERVICE = to_dashboard(
    "Service",
    "Who uses this service",
    board.SERVICE,
    {"service": "service_namespace"},
)
_ALLOWED = per_entity("services_accessible", OF_ENTITY)
_USED = record("organization_entity:services_used:count", OF_ENTITY)
_IN_USE = (
    f"(count by (organization, entity_id) ({per_service(LAST_USED, OF_ENTITY)} > time() - $unused_for) "
    f"or 0 * {_ALLOWED})"
)

_OF_PARENT = 'entity_id="$parent"'
_IS_MEMBER = 'entity_type="ACCOUNT"'
_OF = "organization, service_namespace"
_ROWS_OF_NO_USE = f"group by ({_OF}) ({metric(ACCOUNTS_THAT_USED, WHOLE_REPORT, OF_ENTITY)} == 0)"
_ALLOWED_AROUND_AN_ACCOUNT = (
    f"group by ({_OF}) ({metric(ACCOUNTS_THAT_USED, WHOLE_REPORT, _OF_PARENT)}) "
    f"and on (organization) {metric('entity_info', OF_ENTITY, _IS_MEMBER)}"
)
_NEVER = (
    f"({_ROWS_OF_NO_USE} or (({_ALLOWED_AROUND_AN_ACCOUNT}) "
    f"unless on ({_OF}) {metric(LAST_USED, WHOLE_REPORT, OF_ENTITY)} "
    f"unless on (organization) {_ROWS_OF_NO_USE}))"
)


def dashboard() -> Dashboard:
    """The dashboard."""
    who = board.Identity(
        board.ENTITY,
        "entity",
        "Each service that one root, OU or account may use: when it was last used, where, and by whom.",
    )
    chosen = [
        variables.datasource(),
        variables.organization(),
        variables.entity(),
        variables.parent(),
        variables.unused_for(),
        variables.landing(),
    ]
    numbers_of_it = [_allowed(), _in_use(), _closable(), _share(), _age()]
    return board.board(
        who,
        chosen,
        (
            ("Who this is", [_itself()]),
            ("How far an SCP could be narrowed", [*numbers_of_it, _narrowing(), _counts_over_time()]),
            ("What changed?", [changed.news("What is new here", OF_ENTITY)]),
            ("Its services", [_used_services(), _never_used()]),
            ("Its SCPs", [gap.by_policy("What single SCPs allow here", 24, OF_ENTITY)]),
        ),
        [marks.of_one(OF_ENTITY)],
    )


def _itself() -> Builder[Panel]:
    about = About(
        "In the organization",
        f"Where it stands in the tree, the state of an account, and how many services it uses. {gap.COUNTED}",
        "string",
    )
    labels = {
        "organization": "Organization",
        "entity_name": "Name",
        "entity_id": "Id",
        "entity_type": "Kind",
        "account_state": "State",
        "entity_path": "Path",
    }
    whole = named(_USED, ANY, "entity_type", "account_state", "entity_path")
    links = [to_page("Id", "The exporter's page of this one", f"/entities/{of_row('entity_id')}")]
    return rows(about, [Column(Query(whole, "Services used"), "short")], labels, 24, links=links).height(4)


def _allowed() -> Builder[Panel]:
    about = About(
        "Allowed", "Services that the SCPs in force allow (all, for a management account).", "short"
    )
    return numbers(about, Query(_ALLOWED, "allowed"), 5)


def _in_use() -> Builder[Panel]:
    about = About(
        "In use",
        "Services used within the period chosen above (Unused for). SCPs have to leave these.",
        "short",
    )
    return numbers(about, Query(_IN_USE, "in use"), 5)


def _closable() -> Builder[Panel]:
    about = About(
        "Not in use",
        "Services allowed that nobody used within the period chosen above: what an SCP could close. "
        "`org-access-exporter recommend` writes one, and leaves out what is not safe to deny.",
        "short",
    )
    return numbers(about, Query(f"{_ALLOWED} - {_IN_USE}", "not in use"), 5)


def _share() -> Builder[Panel]:
    about = About(
        "Share not in use",
        "Of the services allowed, those that nobody used within the period chosen above. "
        "Yellow from a half, red from four fifths.",
        "percentunit",
    )
    return numbers(about, Query(f"1 - {_IN_USE} / ({_ALLOWED} > 0)", "not in use"), 5, SHARE_UNUSED)


def _age() -> Builder[Panel]:
    about = About(
        "Age of the report",
        "Since AWS made it, as a share of its refresh interval: up to 100 % is as configured; red is where "
        "the alert begins.",
        "percentunit",
    )
    age = f"time() - {per_entity('report_generated_timestamp_seconds', OF_ENTITY)}"
    target = record("organization_entity_target:entity_info:group", OF_ENTITY)
    interval = f"max by (organization, target) ({metric('refresh_interval_seconds')})"
    with_target = f"({age}) * on (organization, entity_id) group_left (target) {target}"
    query = f"{with_target} / on (organization, target) group_left () {interval}"
    return numbers(about, Query(query, "of its interval"), 4, INTERVALS).decimals(0)


def _narrowing() -> Builder[Panel]:
    about = About(
        "By their last use",
        "In use: within the period chosen above. Resting: before it. Never: not within AWS's tracking "
        "period, which is at least 400 days.",
        "short",
    )
    never = per_entity("services_not_accessed", OF_ENTITY)
    return bars(
        about,
        [
            Query(_IN_USE, "In use"),
            Query(f"{_ALLOWED} - {never} - {_IN_USE}", "Resting"),
            Query(never, "Never"),
        ],
        10,
        BLUE,
    )


def _counts_over_time() -> Builder[Panel]:
    about = About(
        "Allowed and used, over time",
        "A new SCP lowers the upper line; a service that comes into use raises the lower one.",
        "short",
    )
    return lines(about, [Query(_ALLOWED, "allowed"), Query(_USED, "used")], 14)


def _used_services() -> Builder[Panel]:
    about = About(
        "Services used",
        "Each service that was used in AWS's tracking period: when last, from which account and Region, and "
        f"how many accounts used it. {gap.COUNTED}",
        "string",
    )
    since = f"1000 * {per_service(LAST_USED, OF_ENTITY)}"
    columns = (
        Column(
            Query(f"sort_desc({with_service_name(with_place(since, OF_ENTITY))})", "Last used"),
            "dateTimeFromNow",
        ),
        Column(Query(f"{per_service(ACCOUNTS_THAT_USED, OF_ENTITY)} > 0", "Accounts"), "short"),
    )
    labels = {**_SERVICE, "account_name": "By", "access_region": "Region"}
    return rows(about, columns, labels, 14, hidden=["Namespace"], links=[_TO_SERVICE]).height(16)


def _never_used() -> Builder[Panel]:
    about = About(
        "Never used",
        "Services allowed that nobody used in AWS's tracking period, and how many accounts of the "
        "organization use them. Accounts have no rows for them unless the configuration says `services: all` "
        "for their target: then these are what the OU or root around the account is allowed, and an SCP that "
        f"is attached to the account itself may deny some. {gap.COUNTED}",
        "string",
    )
    used_elsewhere = f"max by ({_OF}) ({metric(ACCOUNTS_THAT_USED, WHOLE_REPORT, OF_ROOTS)})"
    counted = f"{_NEVER} * on ({_OF}) {used_elsewhere} or 0 * {_NEVER}"
    column = Column(Query(f"sort_desc({with_service_name(counted)})", "Accounts"), "short")
    none = "Nothing, or the configuration has no rows of it: `services: accessed`"
    return rows(about, [column], _SERVICE, 10, links=[_TO_SERVICE]).height(16).no_value(none)
