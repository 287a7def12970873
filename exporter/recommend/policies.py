"""The policies themselves: few, and none longer than AWS takes."""

import json
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

LIMIT = 10_240  # characters
MOST_ATTACHED = 10  # SCPs on one entity
Document = dict[str, Any]


class Variant(StrEnum):
    """A list of what is denied, or of what is not."""

    DENY_LIST = "deny-list"
    ALLOW_LIST = "allow-list"


def compact(document: Document) -> str:
    """The text that is measured: AWS counts every blank."""
    return json.dumps(document, separators=(",", ":"))


def deny_list(services: Iterable[str], limit: int = LIMIT) -> tuple[Document, ...]:
    """Policies that deny the services between them, each at most ``limit`` characters long."""
    pages: list[list[str]] = []
    left = 0
    for name in sorted(services):
        cost = len(f'"{name}:*",')
        if not pages or cost > left:
            pages.append([])
            left = limit - len(compact(_document("Action", []))) + 1  # the last has no comma
        pages[-1].append(name)
        left -= cost
    return tuple(_document("Action", page) for page in pages)


def allow_list(services: Iterable[str], limit: int = LIMIT) -> tuple[Document, ...]:
    """One policy that denies all other services; ValueError if it is too long.

    It cannot be split: two of its kind would deny what either leaves out.
    """
    document = _document("NotAction", sorted(services))
    size = len(compact(document))
    if size > limit:
        raise ValueError(f"an allow list would have {size} characters, AWS takes {limit}: use a deny list")
    return (document,)


def _document(key: str, services: Sequence[str]) -> Document:
    actions = [f"{name}:*" for name in services]
    statement = {"Sid": "DenyUnusedServices", "Effect": "Deny", key: actions, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
