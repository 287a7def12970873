"""A check in which everything is found that can be, as programs and pull requests get it."""

import json
from dataclasses import replace

from exporter.drafts import check, document, markdown, parse
from exporter.recommend import Attached, Origin
from tests.recommend.cases import CLOSED, FULL, OLD, UNIT, YOUNG, case, report, row, scp

FIRST = {
    "Sid": "Clean",
    "Effect": "Deny",
    "Action": ["s3:*", "a4b:*", "sdb:*", "timeless:*", "many:*"],
    "Resource": "*",
}
SECOND = [
    {"Effect": "Deny", "Action": ["ec2:Run*", "ec2:Start*", "ec2:Stop*", "ec2:Reboot*"], "Resource": "*"},
    {
        "Effect": "Deny",
        "Action": "kms:*",
        "Resource": "*",
        "Condition": {"Bool": {"aws:ViaAWSService": "no"}},
    },
]


def _draft(name, statements):
    return parse(name, json.dumps({"Version": "2012-10-17", "Statement": statements}))


def checked():
    """Two drafts on an OU of three accounts, on the root's terms."""
    rows = (
        row("s3", 5, 2),
        row("a4b"),
        row("ec2", 6, 1, by=YOUNG.id),
        row("kms", 1, 1, by=""),
        row("sdb"),
        row("timeless")._replace(authenticated_entities=2),
        row("many", 7, 5),
    )
    below = report(
        row("s3", 9, 1, by=YOUNG.id, region="us-west-2"),
        *(row("many", 8 + n, 1, by=f"55555555555{n}") for n in range(4)),
    )
    known = case(
        *rows,
        attached=(
            *FULL,
            scp("Deny", "sdb:*", policy="p-old00001", name="Old"),
            scp("Deny", "a4b:*", entity=UNIT.id, policy="p-part0001", name="Part"),
        ),
        members=(OLD, YOUNG, CLOSED),
        below=(below,),
        uncovered=frozenset({CLOSED.id}),
        manages=True,
        remarks=("the state looked at the tree 2 days ago",),
        origin=Origin("prod", "o-a", "aws", "1.2.3"),
        names={UNIT.id: "Team", "r-b": "Root"},
    )
    known = replace(known, entity=replace(UNIT, name="Team"))
    low = json.dumps({"Version": "2012-10-17", "Statement": {**FIRST, "Action": "s3:*"}})
    below_it = (Attached("555555555550", "p-low00001", "Low | one", low),)
    return check(known, [*_draft("clean.json", FIRST), *_draft("more.json", SECOND)], below=below_it)


FORMS = {
    "check.md": markdown,
    "check.json": lambda found: json.dumps(document(found), indent=2) + "\n",
}
NAMES = tuple(FORMS)


def written(name):
    """What the file of that name is to hold."""
    return FORMS[name](checked())
