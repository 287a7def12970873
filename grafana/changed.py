"""What changed: the news that the exporter tells, by service, account and Region."""

from collections.abc import Callable, Sequence

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.common import GraphDrawStyle
from grafana_foundation_sdk.models.dashboard import Panel

from grafana import board
from grafana.panels import About, Query, counts, lines
from grafana.promql import (
    OF_ACCOUNTS,
    OF_OUS,
    OF_ROOTS,
    USE,
    among,
    earlier,
    metric,
    per_entity,
    uses,
    with_account_name,
    with_service_name,
)
from grafana.tables import Column, Link, of_row, rows, to_dashboard, to_page

NOTHING = "Nothing in this time range"
_FIRST = "service_first_used_timestamp_seconds"
_RETURNED = "service_returned_timestamp_seconds"
_KINDS = {_FIRST: "first use", _RETURNED: "back after a rest"}
_TOLD = {"first_used": "first use", "returned": "back after a rest"}
_SHOWN = 200
_WIDEST = {"1": "the account", "2": "an OU", "3": "the organization"}
_LABELS = {
    "organization": "Organization",
    "kind": "What",
    "service_name": "Service",
    "service_namespace": "Namespace",
    "account_name": "Account",
    "account_id": "Account id",
    "access_region": "Region",
}
_LINKS: Sequence[Link] = (
    to_dashboard(
        "Service",
        "Who uses this service",
        board.SERVICE,
        {"organization": "organization", "service": "service_namespace"},
    ),
    to_page("Service", "News of this service", f"/news?service={of_row('service_namespace')}"),
    to_dashboard(
        "Account",
        "Each service of this account",
        board.ENTITY,
        {"organization": "organization", "entity": "account_id"},
    ),
    to_page("Account", "News of this account", f"/news?entity={of_row('account_id')}"),
    to_page("Account id", "The exporter's page of this account", f"/entities/{of_row('account_id')}"),
)


def told(*matchers: str) -> Builder[Panel]:
    """How many uses were news."""
    about = About(
        "Uses that are news",
        "Uses that within the time range of the dashboard were the first of a service, or the first after a "
        "long rest (`news.dormant_after`), for an account, an OU or the organization. Each counts once.",
        "short",
    )
    queries = [Query(f"count({uses(name, *matchers)}) or vector(0)", kind) for name, kind in _KINDS.items()]
    return counts(about, queries, 6)


def scps() -> Builder[Panel]:
    """How many entities are allowed more services than before, or fewer."""
    about = About(
        "What SCPs opened and closed",
        "Roots, OUs and accounts that may use more services, or fewer, than at the beginning of the time "
        "range: SCPs changed, or AWS has a new service. An SCP of the root shows in every report below it. "
        "`org-access-exporter check-scp` says of a draft what it would deny that was used.",
        "short",
    )
    now = per_entity("services_accessible")
    before = earlier(now, "$__range")
    queries = [
        Query(f"count({now} {sign} {before}) or vector(0)", words)
        for sign, words in ((">", "allowed more"), ("<", "allowed fewer"))
    ]
    return counts(about, queries, 6)


def over_time() -> Builder[Panel]:
    """When it was told."""
    about = About(
        "News over time",
        "Uses that were told to be news, by their kind. Each report tells its own: a use that is new to an "
        "account may be new to its OU and to the root, too.",
        "short",
    )
    queries = [Query(_told("$__rate_interval", kind), words) for kind, words in _TOLD.items()]
    bars = lines(about, queries, 12, stacked=True).height(4)
    return bars.draw_style(GraphDrawStyle.BARS).fill_opacity(80).axis_soft_max(1)


def _told(span: str, kind: str) -> str:
    counter = metric("news_total", f'kind="{kind}"')
    return f"sum(max by (organization) (increase({counter}[{span}])))"


def news(title: str, *matchers: str) -> Builder[Panel]:
    """Each use that is news, the newest first."""
    about = About(
        title,
        f"The newest {_SHOWN} uses that were the first of a service, or the first after a long rest: when, "
        "by which account, in which Region, and how far it was new. AWS tells of a use up to four hours "
        "late. Links lead to the service, to the account, and to the exporter's own pages.",
        "string",
    )
    newest = f"topk({_SHOWN}, {_of_kinds(lambda name: f'1000 * {uses(name, *matchers)}')})"
    named = with_service_name(with_account_name(newest, "account_id"))
    row = f"kind, {USE}"
    widest = among(_of_kinds(lambda name: _widest(name, *matchers)), newest, row)
    rested = _of_kind(uses("service_returned_after_seconds", *matchers), _KINDS[_RETURNED])
    columns = (
        Column(Query(f"sort_desc({named})", "Used"), "dateTimeFromNow"),
        Column(Query(widest, "New to"), "none", words=_WIDEST),
        Column(Query(among(rested, newest, row), "Had rested"), "dtdurations"),
    )
    return rows(about, columns, _LABELS, 24, hidden=["Namespace"], links=_LINKS).height(10).no_value(NOTHING)


def _of_kinds(asked: Callable[[str], str]) -> str:
    return " or ".join(_of_kind(asked(name), kind) for name, kind in _KINDS.items())


def _of_kind(expr: str, kind: str) -> str:
    return f'label_replace({expr}, "kind", "{kind}", "", "")'


def _widest(name: str, *matchers: str) -> str:
    """1 for each use that was new to its account alone, 2 to an OU, 3 to the whole organization."""
    levels = ((3, OF_ROOTS), (2, OF_OUS), (1, OF_ACCOUNTS))
    news = " or ".join(f"{level} * group by ({USE}) ({uses(name, of, *matchers)})" for level, of in levels)
    return f"({news})"
