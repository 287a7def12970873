"""The promise every store keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from exporter.model import Discovery, Standing, Subject


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a store knows of one organization."""

    discovery: Discovery | None = None
    standings: Mapping[Subject, Standing] = field(default_factory=dict)


class Store(Protocol):
    """Keeps what is known about organizations, by their configured name.

    Called from several threads. What ``keep`` and ``discovered`` were given is there after they return;
    all raise StateError where that cannot be had.
    """

    def recall(self, organization: str) -> Remembered:
        """Everything that was kept of an organization; nothing is not an error."""

    def keep(self, organization: str, standing: Standing) -> None:
        """How one subject stands, in the place of what was kept of it before."""

    def discovered(self, organization: str, discovery: Discovery) -> None:
        """A successful discovery: what was kept of entities that it no longer has is forgotten.

        Foreign subjects are of no entity, and stay.
        """

    def close(self) -> None:
        """Nothing will be asked of this store any more."""
