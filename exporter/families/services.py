"""What is told of the services of the whole snapshot."""

from exporter.families.kinds import BACKGROUND, PREFIX, Group, ServiceNames, Type

SERVICE_INFO = ServiceNames(
    f"{PREFIX}service_info",
    Type.GAUGE,
    Group.INFO,
    ("service_namespace", "service_name"),
    f"The name of each service that is shown. {BACKGROUND}",
)
