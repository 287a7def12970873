"""Recommendations of every kind, as files: what people put under version control and programs read."""

import json

from exporter.recommend import (
    Member,
    Origin,
    Variant,
    Wish,
    cloudformation,
    evidence,
    policy_texts,
    recommend,
    terraform,
)
from exporter.recommend.policies import deny_list
from tests.recommend.cases import CLOSED, DAY, NOW, OLD, UNIT, WISH, YOUNG, case, in_force, report, row, scp

ORIGIN = Origin("prod", "o-a", "aws", "1.2.3")
NEW = Member("444444444444", "new", "ACTIVE", NOW - 200 * DAY)
EVERY_KIND = {
    "deny-list": (WISH, ()),
    "exempt": (Wish(90 * DAY, exempt=("control-tower", "break-glass=Rescue")), ()),
    "allow-list": (Wish(90 * DAY, Variant.ALLOW_LIST), ()),
    "allowed": (
        Wish(90 * DAY, Variant.ALLOW_LIST),
        (scp("Allow", "*"), scp("Allow", "in-use:*", "a:*", "bcd:Get*", entity=UNIT.id)),
    ),
    "several": (Wish(90 * DAY, limit=150), ()),
}


def advised(kind="deny-list", *rows, **more):
    wish, attached = EVERY_KIND[kind]
    rows = rows or (row("a"), row("bcd", 100, 1), row("long-name-of-a-service"))
    return recommend(case(*rows, attached=attached, origin=ORIGIN, names={UNIT.id: "Unit"}, **more), wish)


def everything():
    """One with services on every ground, accounts of every kind, and SCPs of ours and of others."""
    (ours,) = deny_list(["again", "kept", "sqs"])
    rows = (
        row("never"),
        row("long", 100, 1),
        row("out"),
        row("by-young", 2, 3, by=YOUNG.id, region=""),
        row("ssm", 1, 1),
        row("ec2messages"),
        row("guardduty"),
        row("iam"),
        row("shut"),
        row("odd name"),
    )
    found = case(
        *rows,
        members=(OLD, YOUNG, CLOSED, NEW),
        attached=(
            *in_force(ours),
            scp("Deny", "shut:*", "sdb:*", entity=UNIT.id, policy="p-retired0", name="Retired"),
        ),
        below=(report(row("again", 3, 1)),),
        last_known={"out": NOW - 450 * DAY},
        names={UNIT.id: "Team", "r-b": "Root"},
        uncovered=frozenset({NEW.id}),
        origin=ORIGIN,
        asked=NOW + DAY / 2,
    )
    return recommend(found, Wish(90 * DAY, least_age=60 * DAY))


FORMS = {
    "tf": terraform,
    "yaml": cloudformation,
    "scp": lambda found: "".join(f"{text}\n" for text in policy_texts(found)),
    "json": lambda found: json.dumps(evidence(found), indent=2) + "\n",
}
NAMES = (*(f"{kind}.{form}" for kind in EVERY_KIND for form in ("tf", "yaml", "scp")), "everything.json")


def written(name):
    """What the file of that name is to hold."""
    kind, _, form = name.rpartition(".")
    return FORMS[form](everything() if kind == "everything" else advised(kind))
