"""What a viewer chooses at the top of a dashboard."""

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models.dashboard import (
    VariableHide,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from grafana.panels import DATASOURCE
from grafana.promql import OF_ENTITY, OF_ROOTS, metric

LANDING = "http://localhost:10078"
_BY_NAME = VariableSort.ALPHABETICAL_CASE_INSENSITIVE_ASC


def datasource() -> dashboard.DatasourceVariable:
    """Which Prometheus."""
    return dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus")


def organization() -> dashboard.QueryVariable:
    """Any number of the configured organizations."""
    everything = VariableOption(selected=True, text=["All"], value=["$__all"])
    return (
        _query("organization", "Organization", "label_values(aws_org_access_up, organization)")
        .multi(True)
        .include_all(True)
        .all_value(".+")
        .current(everything)
    )


def entity() -> dashboard.QueryVariable:
    """One root, OU or account, shown by name and chosen by id."""
    named = f"group by (entity_id, entity_label) (label_join({metric('entity_info')}, {_LABEL}))"
    variable = _query("entity", "Root, OU or account", f"query_result({named})")
    return variable.regex('/entity_id="(?<value>[^"]*)".*entity_label="(?<text>.*)"/')


_LABEL = '"entity_label", " ", "entity_name", "entity_id"'


def service() -> dashboard.QueryVariable:
    """One service, shown by name and chosen by namespace."""
    query = "query_result(group by (service_name, service_namespace) (aws_org_access_service_info))"
    pattern = '/service_name="(?<text>[^"]*)".*service_namespace="(?<value>[^"]*)"/'
    return _query("service", "Service", query).regex(pattern)


def watched() -> dashboard.QueryVariable:
    """Any number of services that are worth a look; all of them unless somebody has a list."""
    everything = VariableOption(selected=True, text=["All"], value=["$__all"])
    asked = "label_values(aws_org_access_service_info, service_namespace)"
    variable = _query("watched", "Services watched", asked).multi(True).include_all(True)
    return variable.all_value(".+").current(everything)


def regions() -> dashboard.QueryVariable:
    """Any number of Regions in which people work; all of them unless somebody says."""
    everything = VariableOption(selected=True, text=["All"], value=["$__all"])
    asked = f"label_values({metric('service_last_access_info', OF_ROOTS)}, access_region)"
    variable = _query("regions", "Regions we are in", asked).multi(True).include_all(True)
    return variable.all_value(".+").current(everything)


def parent() -> dashboard.QueryVariable:
    """Where the chosen entity is; chosen by itself, and not shown."""
    asked = f"label_values({metric('entity_info', OF_ENTITY)}, parent_id)"
    return _query("parent", "Parent", asked).hide(VariableHide.HIDE_VARIABLE)


def unused_for() -> dashboard.CustomVariable:
    """After how long a service counts as no longer used, in seconds."""
    days = (30, 90, 180, 365)
    options = [_days(number, selected=number == 90) for number in days]
    values = ", ".join(f"{option.text} : {option.value}" for option in options)
    chosen = next(option for option in options if option.selected)
    return (
        dashboard.CustomVariable("unused_for")
        .label("Unused for")
        .values(values)
        .options(options)
        .current(chosen)
    )


def landing() -> dashboard.TextBoxVariable:
    """Where the exporter's own page is: what Prometheus calls it is seldom what a browser can reach."""
    return dashboard.TextBoxVariable("landing").label("Exporter's address").default_value(LANDING)


def _days(number: int, *, selected: bool) -> VariableOption:
    return VariableOption(selected=selected, text=f"{number} days", value=str(number * 86_400))


def _query(name: str, label: str, query: str) -> dashboard.QueryVariable:
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(DATASOURCE)
        .query(query)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(_BY_NAME)
    )
