from dataclasses import replace

import pytest

from exporter.model import Entity, EntityType, Report, Standing, Subject
from exporter.recommend import Member, Memory, remembered
from tests.recommend.cases import DAY, NOW, OLD, UNIT, YOUNG, case, row

INNER = Entity("ou-inner", EntityType.ORGANIZATIONAL_UNIT, "Inner", f"{UNIT.path}/ou-inner", UNIT.id)
OUTER = Entity("ou-outer", EntityType.ORGANIZATIONAL_UNIT, "Outer", "o-a/r-b/ou-outer", "r-b")


def account(member, above=UNIT):
    return Entity(member.id, EntityType.ACCOUNT, member.name, f"{above.path}/{member.id}", above.id)


def standing(entity, days, **uses):
    """A report of so many days ago; ``uses`` are remembered from earlier ones, in days ago."""
    made = NOW - days * DAY
    report = Report(made, made, 1, 0, (row("a"),))
    known = {name: NOW - ago * DAY for name, ago in uses.items()}
    return Standing(Subject(entity.id), report, last_known=known)


def memory(*entities, at=NOW, in_scope=(OLD, YOUNG), standings=()):
    kept = {one.subject: one for one in standings}
    return Memory((UNIT, *entities), at, kept, frozenset(member.id for member in in_scope))


BOTH = case(row("a"), members=(OLD, YOUNG))
KNOWN = memory(account(OLD), account(YOUNG))


def remarks(found_case, kept):
    return list(remembered(found_case, kept).remarks)


def test_reports_on_units_and_accounts_below_are_evidence_and_those_of_others_are_not():
    inner, outer, own, old = standing(INNER, 1), standing(OUTER, 2), standing(UNIT, 3), standing(OLD, 4)
    kept = memory(INNER, OUTER, standings=(outer, own, old, inner))
    assert remembered(BOTH, kept).below == (inner.report, old.report)


def test_the_report_of_the_entity_itself_is_not_one_of_below():
    single = replace(case(row("a")), entity=account(OLD))
    assert remembered(single, memory(account(OLD), standings=[standing(OLD, 1)])).below == ()


def test_of_what_several_remember_the_latest_use_counts():
    kept = memory(INNER, standings=(standing(INNER, 1, a=5, b=9), standing(UNIT, 1, a=7, b=8, c=9)))
    ago = {name: (NOW - at) / DAY for name, at in remembered(BOTH, kept).last_known.items()}
    assert ago == {"a": 5, "b": 8, "c": 9}


def test_uses_are_remembered_of_what_has_no_report_any_more():
    found = remembered(BOTH, memory(standings=[replace(standing(OLD, 1, a=5), report=None)]))
    assert (found.below, found.last_known) == ((), {"a": NOW - 5 * DAY})


STRANGER = Member("5" * 12, "new", "ACTIVE", NOW)
UNDATED = Member("6" * 12, "undated", "ACTIVE", None)


@pytest.mark.parametrize(
    ("member", "in_scope", "standings", "covered"),
    [
        (OLD, True, (), True),
        (STRANGER, True, (), False),
        (STRANGER, True, [standing(STRANGER, 0)], True),
        (STRANGER, False, (), True),
        (replace(STRANGER, joined=NOW + 1), False, (), False),
        (UNDATED, False, (), False),
    ],
)
def test_an_account_is_covered_by_the_report_it_was_below_or_by_its_own(member, in_scope, standings, covered):
    kept = memory(account(OLD), in_scope=(member,) if in_scope else (), standings=standings)
    found = remembered(case(row("a"), members=(member,)), kept)
    assert found.uncovered == (frozenset() if covered else {member.id})


def test_an_account_covers_itself():
    single = replace(case(row("a"), members=(STRANGER,)), entity=account(STRANGER))
    assert remembered(single, memory(in_scope=(STRANGER,))).uncovered == frozenset()


def test_where_nothing_moved_nothing_is_remarked_beyond_what_was():
    assert remarks(replace(BOTH, remarks=("before",)), KNOWN) == ["before"]


def test_a_move_is_remarked_with_the_place_that_the_report_is_about():
    moved = replace(BOTH, entity=replace(UNIT, path=f"{OUTER.path}/{UNIT.id}"))
    first, *_ = remarks(moved, KNOWN)
    assert first == f"it was moved since the report, which is about its former place, {UNIT.path}"


@pytest.mark.parametrize(("days", "remarked"), [(1, []), (2.5, ["the state looked at the tree 2 days ago"])])
def test_a_look_at_the_tree_that_is_old_is_remarked(days, remarked):
    assert remarks(BOTH, replace(KNOWN, at=NOW - days * DAY)) == remarked


@pytest.mark.parametrize(("days", "age"), [(0.5, ""), (3.5, ", of up to 3 days ago,")])
def test_accounts_that_came_are_remarked_where_their_own_reports_count(days, age):
    kept = memory(account(OLD), standings=[standing(YOUNG, days)])
    assert remarks(BOTH, kept) == [f"came since the state looked, their own reports{age} count: {YOUNG.id}"]


@pytest.mark.parametrize(
    "kept", [memory(account(OLD)), memory(account(OLD), in_scope=(OLD,), standings=[standing(YOUNG, 1)])]
)
def test_accounts_that_came_and_that_nothing_is_known_of_are_not_remarked(kept):
    assert remarks(BOTH, kept) == []


def test_how_old_the_oldest_report_on_those_who_came_is_told():
    (remark,) = remarks(BOTH, memory(standings=[standing(OLD, 2), standing(YOUNG, 4)]))
    assert remark.endswith(f", of up to 4 days ago, count: {OLD.id}, {YOUNG.id}")


def gone(number):
    return tuple(Member(f"{place:012}", "", "ACTIVE", NOW) for place in range(number))


@pytest.mark.parametrize(("number", "rest"), [(1, ""), (10, ""), (11, " and 1 more")])
def test_ten_accounts_that_left_are_named_and_the_others_counted(number, rest):
    (remark,) = remarks(case(row("a")), memory(account(OLD), INNER, *map(account, gone(number))))
    named = ", ".join(member.id for member in gone(min(number, 10)))
    assert remark == f"left since the state looked, what they used still counts: {named}{rest}"


def test_of_an_account_and_of_what_the_state_never_saw_no_movements_are_remarked():
    single = replace(case(row("a")), entity=account(OLD))
    assert remarks(single, memory(account(OLD), account(YOUNG))) == []
    unseen = replace(memory(account(OLD), account(YOUNG)), entities=(account(YOUNG),))
    assert remarks(case(row("a")), unseen) == []
