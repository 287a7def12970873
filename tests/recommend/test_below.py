from exporter.recommend import Ground, Wish, below, recommend
from exporter.recommend.policies import deny_list
from tests.recommend.cases import DAY, WISH, case, denied, in_force, row

ABOVE = {"a": "denied on Root by this plan", "c": "denied on Root by this plan"}


def test_what_is_denied_further_up_is_not_denied_here_too():
    placed = below(recommend(case(row("a"), row("b")), WISH), ABOVE)
    assert denied(placed) == {"b"}
    assert placed.policies == deny_list(["b"])
    (above,) = [one for one in placed.verdicts if one.namespace == "a"]
    assert (above.ground, above.reason) == (Ground.ALREADY_DENIED, ABOVE["a"])


def test_what_is_denied_further_up_is_no_longer_counted():
    found = recommend(case(row("a"), row("b"), row("c", 1, 1), row("iam")), WISH)
    placed = below(found, {"a": ABOVE["a"]})
    assert (placed.after.accessible, placed.after.not_accessed) == (3, 1)
    assert (placed.before, found.before.accessible) == (found.before, 5)


def test_what_is_not_to_be_denied_keeps_its_verdict():
    found = recommend(case(row("c", 1, 1), row("b")), WISH)
    assert below(found, ABOVE).verdicts == found.verdicts


def test_who_is_exempt_and_how_long_a_policy_may_be_stays():
    found = recommend(
        case(row("a"), row("bcdefgh"), row("d")), Wish(90 * DAY, limit=200, exempt=("break-glass=R",))
    )
    placed = below(found, ABOVE)
    assert placed.policies == deny_list(["bcdefgh", "d"], 200, found.exempt)
    assert len(placed.policies) == 2
    assert placed.after.accessible == 3


def test_ours_gives_back_what_moved_up():
    placed = below(recommend(case(attached=in_force(*deny_list(["a", "b"]))), WISH), ABOVE)
    change = placed.difference
    assert [[one.namespace for one in part] for part in (change.removed, change.kept)] == [["a"], ["b"]]
    assert change.in_force == ("deny-unused (p-ours0000)",)
    assert not change.none
