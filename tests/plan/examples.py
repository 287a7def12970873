"""A plan for a small tree with something on every kind of place."""

from dataclasses import replace

from exporter.model import Entity, EntityType
from exporter.plan import files, plan, prove
from exporter.recommend import Attached, Case, Member, Origin, Wish, compact, recommend, shared
from exporter.recommend.policies import deny_list
from tests.recommend.cases import DAY, FULL, IN_USE, NOW, OLD, report, row

ROOT = Entity("r-b", EntityType.ROOT, "Root", "o-a/r-b", None)
WISH = Wish(90 * DAY, exempt=("break-glass=Rescue",))
NAMES_OF = {"r-b": "Root", "ou-b-pay": "Payments | EU", "ou-b-cards": "Cards", "ou-b-sand": "Sandbox"}


def _unit(entity_id, parent=ROOT):
    return Entity(
        entity_id,
        EntityType.ORGANIZATIONAL_UNIT,
        NAMES_OF[entity_id],
        f"{parent.path}/{entity_id}",
        parent.id,
    )


def _member(number, unit, joined=500, state="ACTIVE"):
    account = f"{number}" * 12
    return Member(account, f"account {number}", state, NOW - joined * DAY, f"{unit.path}/{account}")


PAYMENTS, SANDBOX = _unit("ou-b-pay"), _unit("ou-b-sand")
CARDS = _unit("ou-b-cards", PAYMENTS)
MEMBERS = (
    _member(1, PAYMENTS),
    _member(2, CARDS),
    _member(3, CARDS, joined=10),
    _member(4, SANDBOX),
    _member(5, SANDBOX, state="SUSPENDED"),
)
_OURS = [compact(one) for one in deny_list(["never"], exempt=("arn:aws:iam::*:role/Rescue",))]
ATTACHED = {
    ROOT.id: (FULL[0],),
    PAYMENTS.id: tuple(Attached(PAYMENTS.id, "p-ours0001", "deny-unused", text) for text in _OURS),
    CARDS.id: (),
    SANDBOX.id: tuple(Attached(SANDBOX.id, f"p-many{n:04}", "Many", FULL[0].content) for n in range(10)),
}
ROWS = {
    ROOT.id: (row("sqs", 1, 1), row("never"), row("sdb", 200, 1), row("a4b", 3, 1), *map(row, "bcdefghijkl")),
    PAYMENTS.id: (row("sqs"), row("sdb", 200, 1), row("a4b", 3, 1)),
    CARDS.id: (row("sqs"), row("a4b")),
    SANDBOX.id: (row("sqs", 1, 1), row("never"), row("sdb"), row("a4b")),
}


def _case(entity):
    members = tuple(one for one in MEMBERS if one.path.startswith(f"{entity.path}/"))
    attached = [one for place in entity.path.split("/")[1:] for one in ATTACHED[place]]
    made = replace(
        report(IN_USE._replace(entity_path=f"{entity.path}/{OLD.id}"), *ROWS[entity.id]), created=NOW
    )
    return Case(
        entity,
        made,
        members,
        tuple(attached),
        names=NAMES_OF,
        manages=entity is ROOT,
        origin=Origin("prod", "o-a", "aws", "1.2.3"),
        asked=NOW,
    )


def planned():
    """The plan, and that one OU could not be judged."""
    cases = shared([_case(one) for one in (ROOT, PAYMENTS, CARDS, SANDBOX)])
    return plan([recommend(case, WISH) for case in cases], {"ou-b-gone": "Gone (ou-b-gone): no report"})


NAMES = ("plan.md", "plan.json")


def written(name):
    """What the file of that name is to hold."""
    made = planned()
    return files(made, prove(made))[name]
