"""What a directory of an organization may say."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from exporter.simulator.messages import Answer
from tests.faults.case import (
    AWAY,
    SAME,
    Case,
    Moment,
    Outcome,
)
from tests.faults.replies import Fault, body, edited


def tree_cases() -> Iterator[Case]:
    """What a directory may say."""

    def items(make: Callable[[list[Any]], Any]) -> Fault:
        def change(answer: Answer) -> bytes:
            document = json.loads(answer.body)
            (key,) = (name for name, value in document.items() if isinstance(value, list))
            made = make(document[key])
            return json.dumps({key: made} if not isinstance(made, dict) else made).encode()

        return body(change)

    def each(**fields: Any) -> Fault:
        return items(lambda listed: [{**item, **fields} for item in listed])

    name = r'^aws_org_access_entity_info\{.*entity_name="%s"'
    cases = {
        "an object without members": (items(lambda _: {"Novelty": 1}), AWAY),
        "no accounts": (items(lambda _: []), AWAY),
        "null for the list": (items(lambda _: None), AWAY),
        "numbers for accounts": (
            items(lambda _: [1, 2]),
            replace(AWAY, code="AttributeError|TypeError|ValueError"),
        ),
        "accounts without an id": (each(Id=None), AWAY),
        "every account twice": (items(lambda listed: listed * 2), SAME),
        "a token without end": (items(lambda listed: {"Accounts": listed, "NextToken": "again"}), AWAY),
        "names of any Unicode": (
            each(Name='\u202e"\\\n\U0001f680'),
            Outcome("escaped", lines=(name % '\u202e\\\\"\\\\\\\\\\\\n\U0001f680',)),
        ),
        "half a surrogate pair": (each(Name="\ud800"), Outcome("a question mark", lines=(name % r"\?",))),
        "a name of a megabyte": (
            each(Name="y" * 1_000_000),
            Outcome("cut at 512 characters", lines=(name % "y{511}…",), lacks=("y{512}",)),
        ),
        "a name that is a number": (each(Name=7), Outcome("shown as text", lines=(name % "7",))),
        "a new name": (
            each(Name="renamed"),
            Outcome("shown from the next discovery on", lines=(name % "renamed",)),
        ),
        "an unknown state": (
            each(State="FROZEN"),
            Outcome("not in `account_states`: out of scope", lacks=(r'entity_type="ACCOUNT",',), loses=True),
        ),
        "no paths": (each(Paths=None), replace(SAME, says="asked for parent by parent")),
        "an account that is gone": (
            items(lambda listed: listed[:1]),
            Outcome("its series end", lacks=(r'entity_type="ACCOUNT",',), loses=True),
        ),
        "members that AWS may add": (each(Novelty={"deep": [1]}), SAME),
    }
    for title, (fault, outcome) in cases.items():
        yield Case(title, fault, "ListAccounts", Moment.LATER, 0, outcome)
    yield Case(
        "a moved account",
        body(_moved),
        "ListAccounts",
        Moment.LATER,
        0,
        Outcome(
            "its path is the new one",
            lines=(r'entity_info\{.*entity_path="o-[^/]*/r-[^/"]*/[0-9]{12}".*parent_id="r-',),
        ),
    )
    yield Case("no root", items(lambda _: []), "ListRoots", Moment.LATER, 0, AWAY)
    yield Case(
        "no id of the organization",
        body(lambda _: b'{"Organization": {}}'),
        "DescribeOrganization",
        Moment.LATER,
        0,
        AWAY,
    )
    yield Case(
        "another organization's id",
        edited('"Id": "o-[a-z0-9]*"', '"Id": "o-changed0000"'),
        "DescribeOrganization",
        Moment.LATER,
        0,
        Outcome(
            "shown; reports for paths of it are denied",
            lines=(r'organization_info\{.*org_id="o-changed0000"',),
            up=False,
            failed=1,
            down=1,
        ),
    )
    yield Case("SCPs are not enabled", each(PolicyTypes=[]), "ListRoots", Moment.LATER, 0, SAME)


def _moved(answer: Answer) -> bytes:
    return re.sub(rb"/ou-[^/]*/(?=[0-9]{12})", b"/", answer.body)
