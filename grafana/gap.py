"""Where the gap is between what organizations allow and what they use."""

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Panel

from grafana import board
from grafana.groups import GROUPS, OTHERS
from grafana.levels import SHARE_UNUSED
from grafana.panels import BLUE, About, Query, bars, lines, numbers
from grafana.promql import (
    ACCOUNTS,
    ACCOUNTS_THAT_USED,
    ANY,
    OF_ACCOUNTS,
    OF_ROOTS,
    OF_UNITS,
    WATCHED,
    WHOLE_REPORT,
    among,
    metric,
    named,
    one_of,
    per_entity,
    per_policy,
    per_service,
    placed,
    placed_lines,
    record,
    with_policy_name,
)
from grafana.tables import Column, of_row, rows, to_dashboard, to_page

COUNTED = (
    "AWS counts every account below a root or an OU, at any depth, but the management account, which no SCP "
    "restricts."
)
_UNUSED = record("organization_entity:services_unused:ratio", OF_UNITS)
_LINES = 8
_ACCOUNTS = 50
_ELSEWHERE = 200
_TO_ENTITY = {"organization": "organization", "entity": "entity_id"}
_PAGE = f"/entities/{of_row('entity_id')}"


def _entities(title: str, description: str, kinds: str) -> Builder[Panel]:
    counts = metric("entities", one_of("entity_type", kinds))
    query = Query(f"sum(max by (organization, entity_type) ({counts}))", title)
    return numbers(About(title, description, "short"), query, 5)


def accounts() -> Builder[Panel]:
    """How many accounts."""
    return _entities("Accounts", "Accounts in scope, management accounts included.", ACCOUNTS)


def units() -> Builder[Panel]:
    """How many OUs."""
    return _entities("Organizational units", "Organizational units in scope.", "ORGANIZATIONAL_UNIT")


def share() -> Builder[Panel]:
    """The gap as one number for each organization."""
    about = About(
        "Allowed at the root, never used",
        "The share of the services allowed at the root that no account used in AWS's tracking period. "
        f"{COUNTED} Yellow from a half; red is where the alert begins.",
        "percentunit",
    )
    roots = record("organization_entity:services_unused:ratio", OF_ROOTS)
    return numbers(about, Query(f"max by (organization) ({roots})", "{{organization}}"), 7, SHARE_UNUSED)


def closable() -> Builder[Panel]:
    """The gap of the root in services."""
    about = About(
        "Could be closed at the root",
        "Services that the root's SCPs allow and nobody used in AWS's tracking period. `org-access-exporter "
        f"recommend` writes an SCP, and leaves out what is not safe to deny. {COUNTED}",
        "short",
    )
    return numbers(about, Query(per_entity("services_not_accessed", OF_ROOTS), "{{organization}}"), 7)


def by_unit() -> Builder[Panel]:
    """Roots and OUs, ranked."""
    about = About(
        "Roots and OUs, by what could be closed",
        "Services that the SCPs in force allow and nobody used, how many are allowed and used, and the share "
        f"never used; the widest gap first. {COUNTED}",
        "short",
    )
    gap = placed(per_entity("services_not_accessed", OF_UNITS))
    columns = (
        Column(Query(f"sort_desc({gap})", "Could be closed"), "short"),
        Column(Query(per_entity("services_accessible", OF_UNITS), "Allowed"), "short"),
        Column(
            Query(_nameless(record("organization_entity:services_used:count", OF_UNITS)), "Used"), "short"
        ),
        Column(Query(_nameless(_UNUSED), "Never used"), "percentunit", SHARE_UNUSED),
    )
    labels = {"organization": "Organization", "unit": "Root or OU", "entity_id": "Id"}
    links = [
        to_dashboard("Root or OU", "Each service of this one", board.ENTITY, _TO_ENTITY),
        to_page("Root or OU", "The exporter's page of this one", _PAGE),
    ]
    return rows(about, columns, labels, 14, hidden=["Id"], links=links).height(12)


def _nameless(recorded: str) -> str:
    """The name would be a label of the table, by which rows are told apart."""
    return f"max by (organization, entity_id) ({recorded})"


def accounts_widest() -> Builder[Panel]:
    """The accounts with the widest gaps."""
    about = About(
        "Accounts with the widest gaps",
        f"The {_ACCOUNTS} accounts with the most services that are allowed and that they never used.",
        "short",
    )
    widest = f"topk({_ACCOUNTS}, {per_entity('services_not_accessed', OF_ACCOUNTS)})"
    gaps = named(widest, ACCOUNTS)
    share = among(_nameless(record("organization_entity:services_unused:ratio", OF_ACCOUNTS)), widest)
    columns = (
        Column(Query(f"sort_desc({gaps})", "Could be closed"), "short"),
        Column(Query(share, "Share"), "percentunit", heat=True),
    )
    labels = {"organization": "Organization", "entity_name": "Account", "entity_id": "Id"}
    links = [
        to_dashboard("Account", "Each service of this account", board.ENTITY, _TO_ENTITY),
        to_page("Account", "The exporter's page of this account", _PAGE),
    ]
    return rows(about, columns, labels, 10, hidden=["Id"], links=links).height(12)


def by_group() -> Builder[Panel]:
    """Roots and OUs against groups of services."""
    about = About(
        "Never used, by groups of services",
        "Of the services of each group that the SCPs in force allow, the share that nobody used in AWS's "
        f"tracking period; the widest gap first. {COUNTED}",
        "percentunit",
    )
    groups = {**GROUPS, OTHERS: ""}
    whole = f'label_join({placed(_never_used())}, "place", " / ", "organization", "unit")'
    columns = [Column(Query(f"sort_desc({whole})", "All"), "percentunit", heat=True)]
    columns += [
        Column(Query(_never_used(_of_group(name)), name), "percentunit", heat=True) for name in groups
    ]
    labels = {"place": "Root or OU", "organization": "Organization", "entity_id": "Id"}
    links = [to_dashboard("Root or OU", "Each service of this one", board.ENTITY, _TO_ENTITY)]
    table = rows(about, columns, labels, 24, hidden=["Organization", "Id"], links=links).height(12)
    return table.no_value("The configuration has no rows of roots and OUs that nobody used: `services`")


def _never_used(*matchers: str) -> str:
    rows_of_units = per_service(ACCOUNTS_THAT_USED, OF_UNITS, *matchers)
    return f"avg by (organization, entity_id) ({rows_of_units} == bool 0)"


def _of_group(name: str) -> str:
    if name == OTHERS:
        return f'service_namespace!~"{"|".join(GROUPS.values())}"'
    return f'service_namespace=~"{GROUPS[name]}"'


def over_time() -> Builder[Panel]:
    """Used against allowed."""
    about = About(
        "Allowed and used at the root, over time",
        f"A new SCP lowers the upper line; a service that comes into use raises the lower one. {COUNTED}",
        "short",
    )
    allowed = per_entity("services_accessible", OF_ROOTS)
    used = f"max by (organization) ({record('organization_entity:services_used:count', OF_ROOTS)})"
    queries = [Query(allowed, "{{organization}} allowed"), Query(used, "{{organization}} used")]
    return lines(about, queries, 12)


def share_over_time() -> Builder[Panel]:
    """Which OUs narrow their gaps."""
    about = About(
        "Share never used, over time",
        f"Of the {_LINES} roots and OUs that have the highest at the end of the time range. What an SCP "
        f"closes leaves this share, and so does what comes into use. {COUNTED}",
        "percentunit",
    )
    query = placed_lines(_LINES, _UNUSED)
    return lines(about, [Query(query, "{{organization}} / {{unit}}")], 12)


def regions() -> Builder[Panel]:
    """Where services are used."""
    about = About(
        "Regions of the last uses",
        "Of the services used below each root, how many were used last in which Region: one that nobody "
        f"works in is worth a look. {COUNTED}",
        "short",
    )
    info = metric("service_last_access_info", WHOLE_REPORT, OF_ROOTS, 'access_region!=""')
    uses = f"group by (organization, service_namespace, access_region) ({info})"
    regions = f"topk(30, count by (access_region) ({uses}))"
    return bars(about, [Query(f"sort_desc({regions})", "{{access_region}}")], 8, BLUE)


def elsewhere() -> Builder[Panel]:
    """Uses in Regions in which nobody works."""
    about = About(
        "Used where we are not",
        "Accounts whose last use of services was in a Region that is not among those chosen above (Regions "
        f"we are in), and of how many services: the {_ELSEWHERE} with the most. Global services are used in "
        "the partition's central Region.",
        "short",
    )
    outside = metric(
        "service_last_access_info",
        WHOLE_REPORT,
        OF_ACCOUNTS,
        'access_region!=""',
        'access_region!~"$regions"',
        WATCHED,
    )
    each = f"group by (organization, entity_id, service_namespace, access_region) ({outside})"
    counted = f"topk({_ELSEWHERE}, count by (organization, entity_id, access_region) ({each}))"
    labels = {
        "organization": "Organization",
        "access_region": "Region",
        "entity_name": "Account",
        "entity_id": "Id",
    }
    links = [
        to_dashboard("Account", "Each service of this account", board.ENTITY, _TO_ENTITY),
        to_page("Account", "The exporter's page of this account", _PAGE),
    ]
    column = Column(Query(f"sort_desc({named(counted, ACCOUNTS)})", "Services"), "short")
    table = rows(about, [column], labels, 16, links=links).height(9)
    return table.no_value("Nothing, or the Regions that you are in are not chosen above")


def by_policy(title: str, width: int, *matchers: str) -> Builder[Panel]:
    """What single SCPs allow."""
    about = About(
        title,
        "Reports on one SCP each, for entities and policies that the configuration names (`policies`): what "
        f"this SCP allows them, and how much of it nobody used. {COUNTED}",
        "short",
    )
    unused = f"topk(200, {per_policy('services_not_accessed', *matchers)})"
    allowed = among(
        per_policy("services_accessible", *matchers), unused, "organization, entity_id, policy_id"
    )
    columns = (
        Column(Query(f"sort_desc({with_policy_name(named(unused, ANY))})", "Never used"), "short"),
        Column(Query(allowed, "Allowed"), "short"),
    )
    labels = {
        "organization": "Organization",
        "policy_name": "SCP",
        "policy_id": "SCP id",
        "entity_name": "Name",
        "entity_id": "Id",
    }
    links = [to_dashboard("Name", "Each service of this one", board.ENTITY, _TO_ENTITY)]
    none = "The configuration asks for no reports on single SCPs"
    return rows(about, columns, labels, width, links=links).height(6).no_value(none)
