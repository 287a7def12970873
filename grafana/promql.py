"""The pieces that queries are made of.

Replicas and restarts show the same fact under several ``instance`` and ``pod`` labels, so every query
aggregates those away before it joins or adds up.
"""

ORGANIZATIONAL = "ROOT|ORGANIZATIONAL_UNIT"
ACCOUNTS = "ACCOUNT|MANAGEMENT_ACCOUNT"
ANY = ".+"

WHOLE_REPORT = 'policy_id=""'
OF_ROOTS = 'entity_id=~"r-.+"'
OF_UNITS = 'entity_id=~"(r|ou)-.+"'
OF_ACCOUNTS = 'entity_id=~"[0-9]{12}"'
OF_ENTITY = 'entity_id="$entity"'
OF_SERVICE = 'service_namespace="$service"'

LAST_USED = "service_last_authenticated_timestamp_seconds"
ACCOUNTS_THAT_USED = "service_authenticated_entities"

_ROW = "organization, entity_id, service_namespace"


def metric(name: str, *matchers: str) -> str:
    """A selector for ``aws_org_access_<name>`` in the organizations that the viewer chose."""
    chosen = ", ".join(('organization=~"$organization"', *matchers))
    return f"aws_org_access_{name}{{{chosen}}}"


def record(name: str, *matchers: str) -> str:
    """A selector for what a rule recorded: ``level:metric:operation``, the metric's prefix left out."""
    level, what, operation = name.split(":")
    return f"{level}:{metric(f'{what}:{operation}', *matchers)}"


def per_entity(name: str, *matchers: str) -> str:
    """A report's own value for each entity; reports on single SCPs are left out."""
    return f"max by (organization, entity_id) ({metric(name, WHOLE_REPORT, *matchers)})"


def per_service(name: str, *matchers: str) -> str:
    """The same for each service of a report."""
    return f"max by ({_ROW}) ({metric(name, WHOLE_REPORT, *matchers)})"


def entities(kinds: str, *labels: str) -> str:
    """1 for each entity of these kinds, with its name and further ``labels`` of the info metric."""
    info = metric("entity_info", f'entity_type=~"{kinds}"')
    return f"group by ({', '.join(('organization', 'entity_id', 'entity_name', *labels))}) ({info})"


def named(expr: str, kinds: str, *labels: str) -> str:
    """``expr`` per (organization, entity_id), for entities of these kinds, with names and ``labels``."""
    taken = ", ".join(("entity_name", *labels))
    return f"({expr}) * on (organization, entity_id) group_left ({taken}) {entities(kinds, *labels)}"


def used_in_units() -> str:
    """How many of the allowed services were used in each root and OU.

    Chosen by id, too: a graph would read every account's series otherwise, to leave it out.
    """
    counts = record("organization_entity:services_used:count", OF_UNITS)
    return named(counts, ORGANIZATIONAL, "entity_type")


def with_service_name(expr: str) -> str:
    """``expr`` per service_namespace, with the service's name."""
    names = "group by (service_namespace, service_name) (aws_org_access_service_info)"
    return f"({expr}) * on (service_namespace) group_left (service_name) {names}"


def with_place(expr: str, *matchers: str) -> str:
    """``expr`` per row of a report, with the Region of the last use and the name of the account it came from.

    A row of which AWS tells neither stays without.
    """
    places = (
        f"group by ({_ROW}, access_region, accessed_from) ({metric('service_last_access_info', *matchers)})"
    )
    placed = f"({expr}) * on ({_ROW}) group_left (access_region, accessed_from) {places}"
    info = metric("entity_info", f'entity_type=~"{ACCOUNTS}"')
    accounts = (
        "group by (organization, accessed_from, account_name) (label_replace(label_replace("
        f'{info}, "accessed_from", "$1", "entity_id", "(.+)"), "account_name", "$1", "entity_name", "(.+)"))'
    )
    with_names = f"({placed}) * on (organization, accessed_from) group_left (account_name) {accounts}"
    return f"({with_names}) or on ({_ROW}) ({placed}) or on ({_ROW}) ({expr})"


def days_since(expr: str) -> str:
    """Days since a moment."""
    return f"(time() - {expr}) / 86400"


def newly_used(*matchers: str) -> str:
    """When each service was last used that came into use within the dashboard's time range.

    It was on fewer scrapes than the other services of its report: what was not scraped at all, or is the
    first report, is no news. Reading a range of every row is costly: for few entities only.
    """
    times = metric(LAST_USED, WHOLE_REPORT, *matchers)
    seen = f"sum by ({_ROW}) (count_over_time({times}[$__range]))"
    most = f"max by (organization, entity_id) ({seen})"
    within = f"(max by ({_ROW}) ({times}) > time() - $__range_s)"
    return f"{within} and ({seen} < on (organization, entity_id) group_left () {most})"


def rate(name: str, *by: str) -> str:
    """Per second, over the interval that Grafana finds right for the scrape interval."""
    return f"sum by ({', '.join(by)}) (rate({metric(name)}[$__rate_interval]))"
