"""The pieces that queries are made of.

Replicas and restarts show the same fact under several ``instance`` and ``pod`` labels, so every query
aggregates those away before it joins or adds up.
"""

ORGANIZATIONAL = "ROOT|ORGANIZATIONAL_UNIT"
ACCOUNTS = "ACCOUNT|MANAGEMENT_ACCOUNT"
ANY = ".+"


def metric(name: str, *matchers: str) -> str:
    """A selector for ``aws_org_access_<name>`` in the organizations that the viewer chose."""
    chosen = ", ".join(('organization=~"$organization"', *matchers))
    return f"aws_org_access_{name}{{{chosen}}}"


def per_entity(name: str) -> str:
    """A report's own value for each entity; reports on single SCPs are left out."""
    reports = metric(name, 'policy_id=""')
    return f"max by (organization, entity_id) ({reports})"


def named(expr: str, kinds: str) -> str:
    """``expr`` per (organization, entity_id), for entities of these kinds, with their names and types."""
    info = metric("entity_info", f'entity_type=~"{kinds}"')
    labels = "organization, entity_id, entity_name, entity_type"
    return (
        f"({expr}) * on (organization, entity_id) group_left (entity_name, entity_type) "
        f"group by ({labels}) ({info})"
    )


def used(kinds: str) -> str:
    """How many of the allowed services were used, for each entity of these kinds."""
    return named(f"{per_entity('services_accessible')} - {per_entity('services_not_accessed')}", kinds)


def with_service_name(expr: str) -> str:
    """``expr`` per service_namespace, with the service's name."""
    names = "group by (service_namespace, service_name) (aws_org_access_service_info)"
    return f"({expr}) * on (service_namespace) group_left (service_name) {names}"


def rate(name: str, *by: str) -> str:
    """Per second, over the interval that Grafana finds right for the scrape interval."""
    return f"sum by ({', '.join(by)}) (rate({metric(name)}[$__rate_interval]))"
