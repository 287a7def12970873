"""Drafts held against small cases."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.drafts import Certainty, DraftError, check, document, markdown, parse
from exporter.recommend import Attached, Wish, policy_texts, recommend
from exporter.scp import effect
from tests.drafts import examples
from tests.recommend.cases import DAY, FULL, NOW, OLD, UNIT, YOUNG, case, report, row, scp

TESTDATA = Path(__file__).parent / "testdata"
OTHER = "444444444444"


def drafts(*statements, name="deny.json"):
    listed = [{"Effect": "Deny", "Resource": "*", **one} for one in statements]
    return parse(name, json.dumps({"Version": "2012-10-17", "Statement": listed}))


def checked(*statements, known=None, **options):
    return check(known or case(row("s3", 5, 1), row("a4b"), attached=FULL), drafts(*statements), **options)


def found(result):
    return {one.namespace: one.certainty for one in result.findings}


def how(result, namespace="s3"):
    return next("; ".join(one.how) for one in result.findings if one.namespace == namespace)


def test_a_denied_service_in_use_is_found_and_an_unused_one_is_closed():
    result = checked({"Action": ["s3:*", "a4b:*"]})
    assert found(result) == {"s3": Certainty.DENIES}
    assert result.closes == ("a4b",)


def test_by_whom_when_and_where_is_told_of_every_account():
    below = (report(row("s3", 9, 1, by=OTHER, region="us-west-2")), report(row("s3", 5, 1)))
    known = case(row("s3", 5, 2), attached=FULL, members=(OLD, YOUNG), below=below)
    (finding,) = checked({"Action": "s3:*"}, known=known).findings
    assert [(use.account_id, use.region) for use in finding.uses] == [
        (OLD.id, "eu-west-1"),
        (OTHER, "us-west-2"),
    ]
    assert finding.uses[0].at == NOW - 5 * DAY
    assert finding.accounts == 2


def test_a_use_at_no_known_time_is_a_use():
    timeless = row("a4b")._replace(authenticated_entities=2)
    result = checked({"Action": "a4b:*"}, known=case(timeless, attached=FULL))
    assert found(result) == {"a4b": Certainty.DENIES}
    assert result.closes == ()
    assert document(result)["denied_and_used"][0]["accounts"] == 2
    assert "| at no known time | an unnamed account |" in markdown(result)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ({"Action": "s3:PutObject"}, "only s3:PutObject"),
        ({"Action": ["*:Put*", "ec2:*", "s3:Get*", "*:List*"]}, "only *:Put*, s3:Get*, *:List*"),
        ({"Action": ["*:Put*", "ec2:*", "*:List*"]}, "only *:Put*, *:List*"),
        ({"Action": [f"s3:Get{n}" for n in range(5)]}, "only s3:Get0, s3:Get1, s3:Get2 and 2 more"),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::a"}, "only some resources"),
        ({"Action": "*", "Resource": None, "NotResource": "arn:aws:s3:::a"}, "all but some resources"),
        ({"NotAction": ["iam:*", "s3:Get*"]}, "all of its actions but s3:Get*"),
        (
            {"Action": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "x"}}},
            "aws:RequestedRegion",
        ),
        (
            {
                "Action": "*",
                "Condition": {
                    "ArnNotLike": {"aws:PrincipalArn": "a"},
                    "Bool": {"aws:SecureTransport": "false"},
                },
            },
            "under conditions (Bool aws:SecureTransport, aws:PrincipalArn)",
        ),
    ],
)
def test_what_depends_on_something_may_be_denied(statement, told):
    statement = {key: value for key, value in {"Resource": "*", **statement}.items() if value is not None}
    result = check(
        case(row("s3", 5, 1), attached=FULL),
        parse("f", json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Deny", **statement}})),
    )
    assert found(result)["s3"] is Certainty.MAY_DENY
    assert told in how(result)


@pytest.mark.parametrize("action", ["s3:*", "S3:*", "*", "*:*", "s3:**"])
def test_every_way_to_say_all_of_it_is_certain(action):
    assert found(checked({"Action": action}))["s3"] is Certainty.DENIES


def test_a_not_action_that_does_not_name_a_service_denies_it():
    result = checked({"NotAction": ["iam:*", "in-use:*"]})
    assert found(result) == {"s3": Certainty.DENIES}


def test_whoever_is_not_exempt_is_denied_for_certain():
    exempt = {"Condition": {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/rescue"}}}
    result = checked({"Sid": "NoBuckets", "Action": "s3:*", **exempt})
    assert found(result) == {"s3": Certainty.DENIES}
    assert how(result) == "NoBuckets: except for arn:aws:iam::*:role/rescue"


def test_a_certain_statement_is_told_in_the_place_of_uncertain_ones():
    result = checked({"Action": "s3:Put*"}, {"Sid": "All", "Action": "s3:*"})
    assert how(result) == "All: all of it"


def test_an_allow_beside_one_of_everything_changes_nothing():
    assert checked({"Effect": "Allow", "Action": "iam:*"}).findings == ()


def test_an_allow_list_in_the_place_of_full_access_denies_the_rest():
    full = FULL[1]
    known = case(row("s3", 5, 1), row("ec2", 6, 1), attached=FULL)
    allowing = {"Effect": "Allow", "Action": ["ec2:*", "in-use:*"]}
    result = check(known, drafts(allowing), instead_of=[full.policy_id])
    assert found(result) == {"s3": Certainty.DENIES}
    assert how(result) == f"allowed by no SCP on {UNIT.id} any more"
    assert result.attached == 1


def test_an_id_that_is_not_attached_there_is_refused():
    with pytest.raises(DraftError, match=r"p-nowhere is not attached to ou-.*; there are: p-12345678"):
        checked({"Action": "s3:*"}, instead_of=["p-nowhere"])


def test_what_is_denied_already_is_no_finding():
    known = case(row("s3", 5, 1), attached=(*FULL, scp("Deny", "s3:*", policy="p-old00001", name="Old")))
    result = checked({"Action": "s3:*"}, known=known)
    assert result.findings == ()
    assert result.known == {"s3": "denied by Old (p-old00001) on r-b"}


def test_an_scp_in_force_that_denies_no_more_is_superfluous():
    less = scp("Deny", "s3:*", "a4b:*", entity=UNIT.id, policy="p-less0001")
    more = scp("Deny", "s3:*", "ec2:*", entity=UNIT.id, policy="p-more0001")
    part = scp("Deny", "s3:Put*", entity=UNIT.id, policy="p-part0001")
    mixed = Attached(UNIT.id, "p-mixd0001", "", json.dumps({"Statement": "?"}))
    known = case(
        row("s3", 5, 1), attached=(*FULL, _versioned(less), _versioned(more), _versioned(part), mixed)
    )
    result = checked({"Action": ["s3:*", "a4b:*"]}, known=known)
    assert {one.policy_id for one in result.superfluous} == {"p-less0001", "p-part0001"}


def _versioned(one):
    return replace(one, content=json.dumps({"Version": "2012-10-17", **json.loads(one.content)}))


def test_old_uses_do_not_count_where_that_is_asked_for():
    assert found(checked({"Action": "s3:*"}, since=NOW - 4 * DAY)) == {}
    assert found(checked({"Action": "s3:*"}, since=NOW - 6 * DAY)) == {"s3": Certainty.DENIES}


def test_what_aws_would_not_take_is_noted():
    long = {"Action": [f"s3:{'x' * 100}{n}" for n in range(100)]}
    many = tuple(scp("Deny", "x:*", entity=UNIT.id, policy=f"p-0000000{n}") for n in range(10))
    notes = checked(long, known=case(row("s3", 5, 1), attached=(*FULL, *many))).notes
    assert any("characters: AWS takes 10,240" in note for note in notes)
    assert any("would have 12 SCPs: AWS takes 10 on one entity" in note for note in notes)


def test_our_own_recommendation_denies_nothing_in_use():
    known = case(row("s3", 5, 1), row("ec2", 300, 1), row("a4b"), attached=FULL)
    texts = policy_texts(recommend(known, Wish(90 * DAY)))
    result = check(known, [draft for text in texts for draft in parse("f", text)], since=NOW - 90 * DAY)
    assert result.findings == ()
    assert "a4b" in result.closes


def test_the_page_for_a_pull_request_has_nothing_that_markdown_would_take_for_more():
    member = replace(OLD, name="a|b `c` <script> [x](y)\n# d")
    known = case(row("s3", 5, 1), attached=FULL, members=(member,))
    text = markdown(checked({"Action": "s3:*"}, known=known))
    (line,) = [line for line in text.splitlines() if line.startswith("| `s3`")]
    assert line.replace("\\|", "").count("|") == 7
    assert "<script>" not in line.replace("\\<", "")
    assert "\n# d" not in text


def test_the_document_names_all_of_it():
    found = document(checked({"Action": ["s3:*", "a4b:*"]}))
    (one,) = found["denied_and_used"]
    assert one["service_namespace"] == "s3"
    assert one["uses"][0]["account_name"] == "old"
    assert found["denied_and_never_used"] == ["a4b"]


NAMES = ("s3", "ec2", "iam", "a4b")
ACTIONS = st.lists(
    st.sampled_from(["*", *(f"{name}:*" for name in NAMES), "s3:Get*", "ec2:Run*"]), min_size=1, max_size=3
)
STATEMENTS = st.lists(
    st.fixed_dictionaries(
        {"Effect": st.just("Deny"), "Resource": st.sampled_from(["*", "arn:aws:s3:::a"])},
        optional={"Condition": st.just({"Bool": {"aws:SecureTransport": "false"}})},
    ).flatmap(
        lambda one: st.tuples(st.sampled_from(["Action", "NotAction"]), ACTIONS).map(
            lambda kv: {**one, kv[0]: kv[1]}
        )
    ),
    min_size=1,
    max_size=3,
)


@given(STATEMENTS)
def test_for_certain_is_what_aws_would_count_as_denied(statements):
    known = case(*(row(name, 5, 1) for name in NAMES), attached=FULL)
    result = check(known, drafts(*statements))
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    assert {one.namespace for one in result.denied if one.namespace in NAMES} == effect(policy, NAMES).denied
    assert not {one.namespace for one in result.denied} & {one.namespace for one in result.uncertain}


@pytest.mark.parametrize("name", examples.NAMES)
def test_a_check_looks_like_this(name):
    assert examples.written(name) == (TESTDATA / name).read_text(encoding="utf-8")
