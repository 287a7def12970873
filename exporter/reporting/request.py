"""What is asked for: which reports, which rows of them, and in which form."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from exporter.aws import AwsOrganization, Paging, entity_at
from exporter.config import OrganizationConfig, Protection
from exporter.model import Entity, EntityType, Subject, Work
from exporter.order import FOREIGN
from exporter.reference import Reference

_ACCOUNTS = {EntityType.ACCOUNT, EntityType.MANAGEMENT_ACCOUNT}


class Form(StrEnum):
    """How reports are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    PROMETHEUS = "prometheus"
    HTML = "html"

    @property
    def ending(self) -> str:
        """Of a file's name."""
        return {Form.TABLE: "txt", Form.PROMETHEUS: "prom"}.get(self, self.value)


@dataclass(frozen=True, slots=True)
class Selection:
    """One entity, one job, or many entities; what is None, empty or False is not asked for."""

    entity: Reference | None = None
    job_id: str = ""
    all_ous: bool = False
    all_accounts: bool = False
    policy_id: str = ""

    @property
    def many(self) -> bool:
        """More than one report may be meant."""
        return self.all_ous or self.all_accounts


@dataclass(frozen=True, slots=True)
class Request:
    """One run of ``report``; ``directory`` None means stdout, ``timeout`` is in seconds per report.

    ``protections`` are services that no recommendation denies.
    """

    organization: OrganizationConfig
    selection: Selection
    paging: Paging
    form: Form
    timeout: float
    directory: Path | None = None
    quiet: bool = False
    protections: tuple[Protection, ...] = ()


def works(selection: Selection, aws: AwsOrganization) -> tuple[Work, ...]:
    """The subjects that are meant, looked up where need be; raises AwsError."""
    if selection.job_id:
        return (Work(Subject(selection.job_id), None, FOREIGN),)
    return tuple(
        Work(Subject(entity.id, selection.policy_id), entity, FOREIGN) for entity in _entities(selection, aws)
    )


def _entities(selection: Selection, aws: AwsOrganization) -> Iterator[Entity]:
    if selection.entity:
        # A whole path is what AWS wants, and takes no permission to look anything up.
        found = selection.entity
        yield entity_at(found.text) if found.form == "path" and found.org_id else aws.find(found)
    else:
        for entity in aws.discover().entities:
            wanted = selection.all_accounts if entity.type in _ACCOUNTS else selection.all_ous
            if wanted and entity.type is not EntityType.ROOT:
                yield entity
