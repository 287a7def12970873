"""The pieces that queries are made of.

Replicas and restarts show the same fact under several ``instance`` and ``pod`` labels, so every query
aggregates those away before it joins or adds up.
"""

import re

ORGANIZATIONAL = "ROOT|ORGANIZATIONAL_UNIT"
ACCOUNTS = "ACCOUNT|MANAGEMENT_ACCOUNT"
ANY = ".+"

WHOLE_REPORT = 'policy_id=""'
OF_ROOTS = 'entity_id=~"r-.+"'
OF_OUS = 'entity_id=~"ou-.+"'
OF_UNITS = 'entity_id=~"(r|ou)-.+"'
OF_ACCOUNTS = 'entity_id=~"[0-9]{12}"'
OF_ENTITY = 'entity_id="$entity"'
OF_SERVICE = 'service_namespace="$service"'
WATCHED = 'service_namespace=~"$watched"'
ONE_SCP = 'policy_id!=""'

LAST_USED = "service_last_authenticated_timestamp_seconds"
ACCOUNTS_THAT_USED = "service_authenticated_entities"

USE = "organization, service_namespace, account_id, access_region"
_SELECTOR = r'(aws_org_access_[\w:]+\{(?:[^"}]|"[^"]*")*\})'
_ROW = "organization, entity_id, service_namespace"


def metric(name: str, *matchers: str) -> str:
    """A selector for ``aws_org_access_<name>`` in the organizations that the viewer chose."""
    chosen = ", ".join(('organization=~"$organization"', *matchers))
    return f"aws_org_access_{name}{{{chosen}}}"


def one_of(label: str, values: str) -> str:
    """A matcher for one of these values, ``|`` between them, or for a pattern: a word is compared."""
    operator = "=" if re.fullmatch(r"\w+", values) else "=~"
    return f'{label}{operator}"{values}"'


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


def one_of_each(labels: str, expr: str) -> str:
    """One series for each value of ``labels``: for minutes two exporters may know a thing by two names."""
    return f"topk by ({labels}) (1, {expr})"


def entities(kinds: str, *labels: str) -> str:
    """1 for each entity of these kinds, with its name and further ``labels`` of the info metric."""
    info = metric("entity_info", one_of("entity_type", kinds))
    shown = ", ".join(("organization", "entity_id", "entity_name", *labels))
    return one_of_each("organization, entity_id", f"group by ({shown}) ({info})")


def named(expr: str, kinds: str, *labels: str) -> str:
    """``expr`` per (organization, entity_id), for entities of these kinds, with names and ``labels``."""
    taken = ", ".join(("entity_name", *labels))
    return f"({expr}) * on (organization, entity_id) group_left ({taken}) {entities(kinds, *labels)}"


def placed(expr: str) -> str:
    """``expr`` per root or OU, with ``unit``: its name behind that of where it is; two have the same name."""
    return _with_unit(expr, _paths())


def placed_lines(number: int, expr: str) -> str:
    """For a graph: those that are the highest at its end, with the names of then, looked up only once."""
    return _with_unit(the_most(number, expr), at_end(_paths()))


def _with_unit(expr: str, paths: str) -> str:
    return f"({expr}) * on (organization, entity_id) group_left (unit, entity_type) ({paths})"


def _paths() -> str:
    units = entities(ORGANIZATIONAL, "entity_type", "parent_id")
    parents = "group by (organization, parent_id, parent_name) (" + (
        _copied(_copied(entities(ORGANIZATIONAL), "entity_id", "parent_id"), "entity_name", "parent_name")
    )
    below = f"{units} * on (organization, parent_id) group_left (parent_name) {parents})"
    return (
        f'label_join({below}, "unit", " / ", "parent_name", "entity_name") '
        f"or on (organization, entity_id) {_copied(units, 'entity_name', 'unit')}"
    )


def _copied(expr: str, source: str, to: str, pattern: str = "(.+)") -> str:
    """``expr`` with what label ``source`` has in label ``to``, where it matches."""
    return f'label_replace({expr}, "{to}", "$1", "{source}", "{pattern}")'


def the_most(number: int, expr: str) -> str:
    """Those series of a graph per (organization, entity_id) that are the highest at its end."""
    return f"{expr} and on (organization, entity_id) topk({number}, {at_end(expr)})"


def among(expr: str, chosen: str, by: str = "organization, entity_id") -> str:
    """``expr`` of those that are ``chosen``: a further column of a table must not bring rows of its own."""
    return f"({expr}) and on ({by}) ({chosen})"


def at_end(expr: str) -> str:
    """``expr`` at the end of the time range, at each step of a graph."""
    return re.sub(_SELECTOR, r"\1 @ end()", expr)


def earlier(expr: str, by: str) -> str:
    """``expr`` so long before."""
    return re.sub(_SELECTOR, rf"\1 offset {by}", expr)


def per_policy(name: str, *matchers: str) -> str:
    """A value of each report on a single SCP."""
    return f"max by (organization, entity_id, policy_id) ({metric(name, ONE_SCP, *matchers)})"


def with_service_name(expr: str) -> str:
    """``expr`` per service_namespace, with the service's name."""
    info = "group by (service_namespace, service_name) (aws_org_access_service_info)"
    names = one_of_each("service_namespace", info)
    return f"({expr}) * on (service_namespace) group_left (service_name) {names}"


def with_policy_name(expr: str) -> str:
    """``expr`` per (organization, policy_id), with the SCP's name."""
    info = f"group by (organization, policy_id, policy_name) ({metric('policy_info')})"
    names = one_of_each("organization, policy_id", info)
    return f"({expr}) * on (organization, policy_id) group_left (policy_name) {names}"


def with_place(expr: str, *matchers: str) -> str:
    """``expr`` per row of a report, with the Region of the last use and the name of the account it came from.

    A row of which AWS tells neither stays without.
    """
    info = metric("service_last_access_info", WHOLE_REPORT, *matchers)
    places = one_of_each(_ROW, f"group by ({_ROW}, access_region, accessed_from) ({info})")
    located = f"({expr}) * on ({_ROW}) group_left (access_region, accessed_from) {places}"
    return f"({with_account_name(located, 'accessed_from')}) or on ({_ROW}) ({expr})"


def with_account_name(expr: str, label: str) -> str:
    """``expr`` with ``account_name``, of the account whose id ``label`` has; it stays without a name, too."""
    accounts = _copied(_copied(entities(ACCOUNTS), "entity_id", label), "entity_name", "account_name")
    names = f"group by (organization, {label}, account_name) ({accounts})"
    joined = f"({expr}) * on (organization, {label}) group_left (account_name) {names}"
    return f"({joined}) or ({expr} unless on (organization, {label}) {names})"


def uses(name: str, *matchers: str) -> str:
    """What a metric of news has within the time range, for each use: service, account and Region.

    A use is told by the reports of its account, its OUs and its root, as far as it is new to each.
    """
    told = f"last_over_time({metric(name, WHOLE_REPORT, *matchers)}[$__range])"
    account = _copied(_copied(told, "entity_id", "account_id", "([0-9]{12})"), "accessed_from", "account_id")
    return f"max by ({USE}) ({account})"


def rate(name: str, *by: str) -> str:
    """Per second, over the interval that Grafana finds right for the scrape interval."""
    return f"sum by ({', '.join(by)}) (rate({metric(name)}[$__rate_interval]))"
