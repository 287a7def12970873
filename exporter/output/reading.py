"""What was read for one subject."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from exporter.model import Entity, JobView, Report, Subject


@dataclass(frozen=True, slots=True)
class Reading:
    """A report of an organization, by its configured name.

    ``entity`` is None for a job made elsewhere; ``document`` is the report as the AWS CLI prints it.
    """

    organization: str
    subject: Subject
    entity: Entity | None
    report: Report
    job: JobView | None = None
    document: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What the report is about, for people."""
        return title(self.subject, self.entity)

    @property
    def path(self) -> str:
        """The entity's path; empty for a job made elsewhere."""
        return self.entity.path if self.entity else ""


def title(subject: Subject, entity: Entity | None) -> str:
    """What a report is about, for people and their terminals: an OU's name may hold any character."""
    if entity is None:
        return f"job {subject.entity_id}"
    name = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in entity.name)
    shown = f"{name} ({entity.id})" if name else entity.id
    return f"{shown}, through {subject.policy_id}" if subject.policy_id else shown
