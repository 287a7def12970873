"""One service: who uses it, since when and where, and who could and does not."""

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Dashboard, Panel

from grafana import board, variables
from grafana.panels import About, Column, Link, Query, lines, numbers, rows
from grafana.promql import (
    ACCOUNTS,
    ACCOUNTS_THAT_USED,
    LAST_USED,
    OF_ACCOUNTS,
    OF_SERVICE,
    OF_UNITS,
    ORGANIZATIONAL,
    WHOLE_REPORT,
    days_since,
    entities,
    metric,
    named,
    per_service,
    with_place,
)

_LABELS = {"organization": "Organization", "entity_name": "Name", "entity_id": "Id"}
_TO_ENTITY = Link(
    "Name", "Each service of this one", board.ENTITY, {"organization": "Organization", "entity": "Id"}
)
_LAST_USED_BY_ACCOUNTS = per_service(LAST_USED, OF_ACCOUNTS, OF_SERVICE)
_IN_UNITS = per_service(ACCOUNTS_THAT_USED, OF_UNITS, OF_SERVICE)


def dashboard() -> Dashboard:
    """The dashboard."""
    who = board.Identity(
        board.SERVICE, "service", "Who uses one service, since when and where; who could use it and does not."
    )
    chosen = [variables.datasource(), variables.organization(), variables.service(), variables.landing()]
    return board.board(
        who,
        chosen,
        (
            ("At a glance", [_accounts(), _last(), _units_with(), _units_without()]),
            ("Who uses it", [_by_accounts(), _by_units(), _over_time()]),
            ("Who could and does not", [_idle_accounts(), _idle_units()]),
        ),
    )


def _accounts() -> Builder[Panel]:
    about = About("Accounts that used it", "In AWS's tracking period, management accounts included.", "short")
    return numbers(about, Query(f"count({_LAST_USED_BY_ACCOUNTS}) or vector(0)", "accounts"), 6)


def _last() -> Builder[Panel]:
    about = About("Last used, ago", "By anybody. AWS's data is up to four hours late.", "s")
    return numbers(about, Query(f"time() - max({per_service(LAST_USED, OF_SERVICE)})", "ago"), 6)


def _units_with() -> Builder[Panel]:
    about = About(
        "Roots and OUs that use it", "Where the service is allowed, and an account used it.", "short"
    )
    return numbers(about, Query(f"count({_IN_UNITS} > 0) or vector(0)", "use it"), 6)


def _units_without() -> Builder[Panel]:
    about = About(
        "Roots and OUs that could and do not",
        "Where the SCPs allow the service, and no account used it in AWS's tracking period.",
        "short",
    )
    return numbers(about, Query(f"count({_IN_UNITS} == 0) or vector(0)", "do not"), 6)


def _by_accounts() -> Builder[Panel]:
    about = About(
        "Accounts",
        "Who used it: days since the last use, its Region, and since when (at the latest): the oldest use "
        "that a report within the time range of the dashboard told of.",
        "d",
    )
    times = metric(LAST_USED, WHOLE_REPORT, OF_ACCOUNTS, OF_SERVICE)
    oldest = f"min by (organization, entity_id) (min_over_time({times}[$__range])) * 1000"
    since = with_place(days_since(_LAST_USED_BY_ACCOUNTS), OF_ACCOUNTS, OF_SERVICE)
    columns = (
        Column(Query(f"sort({named(since, ACCOUNTS)})", "Last used, days ago"), "d"),
        Column(Query(oldest, "In use since, at the latest"), "dateTimeAsIso"),
    )
    labels = {**_LABELS, "access_region": "Region"}
    return rows(about, columns, labels, 14, links=[_TO_ENTITY]).height(12)


def _by_units() -> Builder[Panel]:
    about = About(
        "Roots and organizational units",
        "Where the SCPs allow it: how many accounts below used it, and days since the last use.",
        "short",
    )
    last = days_since(per_service(LAST_USED, OF_UNITS, OF_SERVICE))
    columns = (
        Column(Query(f"sort_desc({named(_IN_UNITS, ORGANIZATIONAL, 'entity_type')})", "Accounts"), "short"),
        Column(Query(last, "Last used, days ago"), "d"),
    )
    labels = {**_LABELS, "entity_type": "Kind"}
    return rows(about, columns, labels, 10, hidden=["Id"], links=[_TO_ENTITY]).height(12)


def _over_time() -> Builder[Panel]:
    about = About("Accounts that used it, over time", "For each root and OU in which it is allowed.", "short")
    return lines(about, [Query(named(_IN_UNITS, ORGANIZATIONAL), "{{organization}} {{entity_name}}")], 24)


def _idle_accounts() -> Builder[Panel]:
    about = About(
        "Accounts",
        "Accounts that did not use it in AWS's tracking period, below a root or OU in which it is allowed. "
        "An SCP attached to the account itself may deny it all the same. The value counts the accounts in "
        "the same root or OU that did use it.",
        "short",
    )
    account = 'entity_type="ACCOUNT"'
    members = f"group by (organization, entity_id, entity_name, parent_id) ({metric('entity_info', account)})"
    units = f'label_replace({_IN_UNITS}, "parent_id", "$1", "entity_id", "(.+)")'
    parents = f"max by (organization, parent_id) ({units})"
    # Multiplied rather than filtered, so that the value is the parents' count.
    could = f"{members} * on (organization, parent_id) group_left () {parents}"
    query = f"{could} unless on (organization, entity_id) {_LAST_USED_BY_ACCOUNTS}"
    column = Column(Query(f"sort_desc({query})", "Accounts beside it that did"), "short")
    return rows(about, [column], _LABELS, 14, links=[_TO_ENTITY])


def _idle_units() -> Builder[Panel]:
    about = About(
        "Roots and organizational units",
        "The SCPs allow it, and no account below used it in AWS's tracking period.",
        "short",
    )
    units = entities(ORGANIZATIONAL, "entity_type")
    idle = f"{units} * on (organization, entity_id) group_left () ({_IN_UNITS} == 0)"
    labels = {**_LABELS, "entity_type": "Kind"}
    column = Column(Query(idle, "Accounts that used it"), "short")
    return rows(about, [column], labels, 10, hidden=["Id"], links=[_TO_ENTITY])
