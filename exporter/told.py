"""News for readers: with the names of entities and accounts, chosen and in order, as JSON values.

A record of JSON, whose shape is stable: fields may be added, none will change or go::

    {"organization": "prod", "kind": "returned",
     "entity_id": "111122223333", "entity_type": "ACCOUNT", "entity_name": "Payments", "entity_path": "o-…",
     "service_namespace": "s3", "service_name": "Amazon S3",
     "at": "…", "told": "…", "unused_seconds": 8640000.0,
     "access_region": "eu-west-1", "account_id": "111122223333", "account_name": "Payments"}

Times are RFC 3339 in UTC. What does not apply to a kind is null.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exporter.model import Discovery, Entity, News, NewsKind, Subject
from exporter.news import newest_first
from exporter.times import rfc3339

KINDS = {
    NewsKind.FIRST_USED: "first used",
    NewsKind.RETURNED: "used again",
    NewsKind.NEWLY_ACCESSIBLE: "newly accessible",
    NewsKind.NO_LONGER_ACCESSIBLE: "no longer accessible",
}
"""Each kind in words."""


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of news of an organization, with the entity and the name of the account, as far as known."""

    organization: str
    piece: News
    entity: Entity | None
    account_name: str = ""

    @property
    def entity_name(self) -> str:
        """What people call the entity; its id, where no name is known."""
        return self.entity.name if self.entity else self.piece.subject.entity_id

    @property
    def service(self) -> str:
        """What people call the service."""
        return self.piece.name or self.piece.namespace


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which news: told at ``since`` or later, and of each other word that is given.

    ``entity`` is an id or a name, of the entity that the news is of or of the account that used the service;
    ``service`` a namespace or a name. Names are compared without regard to case.
    """

    since: float = float("-inf")
    kind: NewsKind | None = None
    entity: str = ""
    service: str = ""

    def has(self, told: Told) -> bool:
        """Whether a piece is wanted."""
        piece = told.piece
        return (
            piece.told >= self.since
            and self.kind in {None, piece.kind}
            and _among(
                self.entity, (piece.subject.entity_id, told.entity_name, piece.account_id, told.account_name)
            )
            and _among(self.service, (piece.namespace, piece.name))
        )


def _among(word: str, words: Iterable[str]) -> bool:
    return not word or word.casefold() in map(str.casefold, words)


def all_told(
    organization: str, discovery: Discovery | None, news: Mapping[Subject, tuple[News, ...]]
) -> Iterator[Told]:
    """All news of one organization, in no order."""
    entities = {entity.id: entity for entity in discovery.entities} if discovery else {}
    for pieces in news.values():
        for piece in pieces:
            account = entities.get(piece.account_id)
            name = account.name if account else ""
            yield Told(organization, piece, entities.get(piece.subject.entity_id), name)


def chosen(told: Iterable[Told], wanted: Wanted) -> list[Told]:
    """What is wanted, newest first."""
    return sorted(filter(wanted.has, told), key=lambda each: (newest_first(each.piece), each.organization))


def record(told: Told) -> dict[str, Any]:
    """A piece as JSON values."""
    piece, entity, use = told.piece, told.entity, told.piece.kind.is_use
    return {
        "organization": told.organization,
        "kind": piece.kind.value,
        "entity_id": piece.subject.entity_id,
        "entity_type": entity.type.value if entity else None,
        "entity_name": entity.name if entity else None,
        "entity_path": entity.path if entity else None,
        "service_namespace": piece.namespace,
        "service_name": piece.name or None,
        "at": rfc3339(piece.at),
        "told": rfc3339(piece.told),
        "unused_seconds": piece.after,
        "access_region": piece.region if use else None,
        "account_id": piece.account_id if use else None,
        "account_name": told.account_name or None,
    }
