"""One service: who uses it, since when and where, and who could and does not."""

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Dashboard, Panel

from grafana import board, variables
from grafana.gap import COUNTED
from grafana.panels import About, Query, lines, numbers
from grafana.promql import (
    ACCOUNTS,
    ACCOUNTS_THAT_USED,
    LAST_USED,
    OF_ACCOUNTS,
    OF_SERVICE,
    OF_UNITS,
    WHOLE_REPORT,
    among,
    metric,
    named,
    one_of_each,
    per_service,
    placed,
    placed_lines,
    with_place,
)
from grafana.tables import Column, of_row, rows, to_dashboard, to_page

_LABELS = {"organization": "Organization", "entity_name": "Name", "entity_id": "Id"}
_UNITS = {"organization": "Organization", "unit": "Root or OU", "entity_id": "Id"}
_CHOSEN = {"organization": "organization", "entity": "entity_id"}
_PAGE = to_page("Id", "The exporter's page of this one", f"/entities/{of_row('entity_id')}")
_TO_ACCOUNT = (to_dashboard("Name", "Each service of this account", board.ENTITY, _CHOSEN), _PAGE)
_TO_UNIT = (
    to_dashboard("Root or OU", "Each service of this one", board.ENTITY, _CHOSEN),
    _PAGE._replace(heading="Root or OU"),
)
_SHOWN = 500
_LINES = 8
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
    about = About("Last used", "By anybody. AWS's data is up to four hours late.", "dateTimeFromNow")
    return numbers(about, Query(f"1000 * max({per_service(LAST_USED, OF_SERVICE)})", "last used"), 6)


def _units_with() -> Builder[Panel]:
    about = About(
        "Roots and OUs that use it",
        f"Where the service is allowed, and an account used it. {COUNTED}",
        "short",
    )
    return numbers(about, Query(f"count({_IN_UNITS} > 0) or vector(0)", "use it"), 6)


def _units_without() -> Builder[Panel]:
    about = About(
        "Roots and OUs that could and do not",
        f"Where the SCPs allow the service, and no account used it in AWS's tracking period. {COUNTED}",
        "short",
    )
    return numbers(about, Query(f"count({_IN_UNITS} == 0) or vector(0)", "do not"), 6)


def _by_accounts() -> Builder[Panel]:
    about = About(
        "Accounts that use it",
        f"The {_SHOWN} that used it last: when, in which Region, and since when (at the latest): the oldest "
        "use that a report within the time range of the dashboard told of.",
        "string",
    )
    times = metric(LAST_USED, WHOLE_REPORT, OF_ACCOUNTS, OF_SERVICE)
    oldest = f"1000 * min by (organization, entity_id) (min_over_time({times}[$__range]))"
    newest = f"topk({_SHOWN}, 1000 * {_LAST_USED_BY_ACCOUNTS})"
    since = named(with_place(newest, OF_ACCOUNTS, OF_SERVICE), ACCOUNTS)
    columns = (
        Column(Query(f"sort_desc({since})", "Last used"), "dateTimeFromNow"),
        Column(Query(f"{oldest} and on (organization, entity_id) {newest}", "In use since"), "dateTimeAsIso"),
    )
    labels = {**_LABELS, "access_region": "Region"}
    return rows(about, columns, labels, 24, links=_TO_ACCOUNT)


def _by_units() -> Builder[Panel]:
    about = About(
        "Roots and OUs that allow it",
        f"How many accounts used it, and when it was last used. {COUNTED}",
        "string",
    )
    most = f"topk({_SHOWN}, {_IN_UNITS})"
    last = among(f"1000 * {per_service(LAST_USED, OF_UNITS, OF_SERVICE)}", most)
    columns = (
        Column(Query(f"sort_desc({placed(most)})", "Accounts"), "short"),
        Column(Query(last, "Last used"), "dateTimeFromNow"),
    )
    return rows(about, columns, _UNITS, 12, hidden=["Id"], links=_TO_UNIT)


def _over_time() -> Builder[Panel]:
    about = About(
        "Accounts that used it, over time",
        f"For the {_LINES} roots and OUs that have the most of them at the end of the time range. {COUNTED}",
        "short",
    )
    return lines(about, [Query(placed_lines(_LINES, _IN_UNITS), "{{organization}} / {{unit}}")], 12).height(
        11
    )


def _idle_accounts() -> Builder[Panel]:
    about = About(
        "Accounts that could and do not",
        f"Accounts ({_SHOWN} at most) that did not use it in AWS's tracking period, below a root or OU in "
        "which it is allowed. An SCP attached to the account itself may deny it all the same. The value "
        "counts the accounts in the same root or OU that did use it.",
        "string",
    )
    account = 'entity_type="ACCOUNT"'
    members = one_of_each(
        "organization, entity_id",
        f"group by (organization, entity_id, entity_name, parent_id) ({metric('entity_info', account)})",
    )
    units = f'label_replace({_IN_UNITS}, "parent_id", "$1", "entity_id", "(.+)")'
    parents = f"max by (organization, parent_id) ({units})"
    # Multiplied rather than filtered, so that the value is the parents' count.
    could = f"{members} * on (organization, parent_id) group_left () {parents}"
    query = f"{could} unless on (organization, entity_id) {_LAST_USED_BY_ACCOUNTS}"
    column = Column(Query(f"topk({_SHOWN}, {query})", "Accounts beside it that did"), "short")
    return rows(about, [column], _LABELS, 14, links=_TO_ACCOUNT)


def _idle_units() -> Builder[Panel]:
    about = About(
        "Roots and OUs that allow it in vain",
        f"The SCPs allow it, and no account used it in AWS's tracking period. {COUNTED}",
        "string",
    )
    column = Column(Query(f"topk({_SHOWN}, {placed(f'{_IN_UNITS} == 0')})", "Accounts that used it"), "short")
    return rows(about, [column], _UNITS, 10, hidden=["Id"], links=_TO_UNIT)
