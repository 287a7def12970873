"""The policies themselves: few, and none longer than AWS takes."""

import json
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import Any

from exporter.recommend.exemptions import condition

LIMIT = 10_240  # characters
MOST_ATTACHED = 10  # SCPs on one entity
DENY = "DenyUnusedServices"
ALLOW = "AllowUsedServices"
Document = dict[str, Any]


class Variant(StrEnum):
    """A list of what is denied, or of what is not."""

    DENY_LIST = "deny-list"
    ALLOW_LIST = "allow-list"


def compact(document: Document) -> str:
    """The text that is measured: AWS counts every blank."""
    return json.dumps(document, separators=(",", ":"))


def length(document: Document) -> int:
    """Characters of a file that holds the policy, its line end included."""
    return len(compact(document)) + 1


def deny_list(
    services: Iterable[str], limit: int = LIMIT, exempt: Sequence[str] = ()
) -> tuple[Document, ...]:
    """Policies that deny the services between them, each at most ``limit`` characters long.

    ValueError if what is exempt leaves no room.
    """
    pages: list[list[str]] = []
    left = 0
    room = limit - length(_denial("Action", [], exempt)) + 1  # the last has no comma
    for name in sorted(services):
        cost = len(f'"{name}:*",')
        if cost > room:
            raise ValueError(f"a policy of {limit} characters has no room for {name} beside what is exempt")
        if not pages or cost > left:
            pages.append([])
            left = room
        pages[-1].append(name)
        left -= cost
    return tuple(_denial("Action", page, exempt) for page in pages)


def allow_list(
    services: Iterable[str], limit: int = LIMIT, exempt: Sequence[str] = ()
) -> tuple[Document, ...]:
    """One policy that denies all other services; ValueError if it is too long.

    It cannot be split: two of its kind would deny what either leaves out.
    """
    return (_fitting(_denial("NotAction", sorted(services), exempt), limit),)


def allowing(actions: Collection[str], limit: int = LIMIT) -> tuple[Document, ...]:
    """One policy that allows these actions, for where no other allows everything; ValueError as above.

    Also where there is none: AWS takes no statement without an action.
    """
    if not actions:
        raise ValueError("an allow list would allow nothing any more: use a deny list")
    statement = {"Sid": ALLOW, "Effect": "Allow", "Action": sorted(actions), "Resource": "*"}
    return (_fitting(_document(statement), limit),)


def _fitting(document: Document, limit: int) -> Document:
    size = length(document)
    if size > limit:
        raise ValueError(f"an allow list would have {size} characters, AWS takes {limit}: use a deny list")
    return document


def _denial(key: str, services: Sequence[str], exempt: Sequence[str]) -> Document:
    actions = [f"{name}:*" for name in services]
    return _document({"Sid": DENY, "Effect": "Deny", key: actions, "Resource": "*", **condition(exempt)})


def _document(statement: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": [statement]}
