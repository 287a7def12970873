"""Reports of a tree are made one after the other, and speak about each other's accounts."""

from dataclasses import replace

import pytest

from exporter.model import Entity, EntityType
from exporter.plan import plan, prove
from exporter.recommend import Case, Ground, Wish, recommend, shared
from tests.recommend.cases import DAY, FULL, IN_USE, NOW, OLD, UNIT, report, row

ROOT = Entity("r-b", EntityType.ROOT, "Root", "o-a/r-b", None)
MEMBER = replace(OLD, path=f"{UNIT.path}/{OLD.id}")
WISH = Wish(90 * DAY)
HOUR = 3600.0
TIMELESS = row("sqs")._replace(authenticated_entities=2)


def tree(root, unit, root_made=NOW, unit_made=NOW):
    """A root with one OU, each with one service's row, reported on at these times."""
    return [
        Case(entity, replace(report(IN_USE, told), created=made), (MEMBER,), FULL)
        for entity, told, made in ((ROOT, root, root_made), (UNIT, unit, unit_made))
    ]


def planned(cases):
    return plan([recommend(case, WISH) for case in shared(cases)], {})


def grounds(made, namespace="sqs"):
    return [
        next(one.ground for one in placed.found.verdicts if one.namespace == namespace)
        for placed in made.placements
    ]


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(tree(row("sqs"), row("sqs", 0, 1), root_made=NOW - HOUR), id="below, since the root's"),
        pytest.param(tree(row("sqs", 0, 1), row("sqs"), unit_made=NOW - HOUR), id="above, since the OU's"),
        pytest.param(tree(row("sqs"), TIMELESS), id="below, at no known time"),
        pytest.param(
            tree(row("sqs", 90.5, 1), row("sqs", 90.5, 1), unit_made=NOW - DAY),
            id="within the earlier window",
        ),
    ],
)
def test_what_one_report_tells_counts_for_all_that_it_is_about(cases):
    made = planned(cases)
    assert grounds(made) == [Ground.USED, Ground.USED]
    assert prove(made).denied == ()


def test_the_root_may_deny_what_was_used_before_the_earliest_window():
    made = planned(tree(row("sqs", 92, 1), row("sqs", 92, 1), unit_made=NOW - DAY))
    assert grounds(made) == [Ground.LONG_UNUSED, Ground.ALREADY_DENIED]


def test_what_others_use_elsewhere_is_no_evidence_for_an_ou():
    elsewhere = row("sqs", 0, 1)._replace(entity_path=f"{ROOT.path}/ou-ab12-elsewhere/{OLD.id}")
    made = planned(tree(elsewhere, row("sqs")))
    assert grounds(made) == [Ground.USED, Ground.NEVER_USED]


def test_no_entity_has_a_report_twice():
    above, unit = tree(row("sqs"), row("sqs"))
    (root, _) = shared([replace(above, below=(unit.report,)), unit])
    assert root.below == (unit.report,)


def test_of_no_entities_there_is_no_evidence():
    assert shared([]) == ()
