"""What a text is taken for, before it is held against anything."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.drafts import DraftError, parse

STATEMENT = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}


def policy(*statements, **more):
    return {"Version": "2012-10-17", "Statement": list(statements) or [STATEMENT], **more}


def test_a_policy_is_measured_as_aws_counts_it():
    text = json.dumps(policy(), indent=4)
    (draft,) = parse("deny.json", f"\ufeff{text}\n".removeprefix("\ufeff"))
    assert draft.size == len(text)
    assert draft.name == "deny.json"


def test_several_policies_in_a_file_are_told_apart():
    lines = "\n".join(json.dumps(policy()) for _ in range(2))
    assert [draft.name for draft in parse("f", lines)] == ["f#1", "f#2"]
    assert [draft.name for draft in parse("f", json.dumps([policy(), policy()]))] == ["f#1", "f#2"]


def test_what_describe_policy_prints_is_the_policy_in_it():
    printed = {"Policy": {"PolicySummary": {"Id": "p-1"}, "Content": json.dumps(policy())}}
    assert parse("f", json.dumps(printed))[0].statements == (STATEMENT,)


def test_a_byte_order_mark_is_no_part_of_a_policy():
    assert parse("f", f"\ufeff{json.dumps(policy())}")[0].statements == (STATEMENT,)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "f: there is no policy in it"),
        ("[]", "f: there is no policy in it"),
        ("{", "f:1:2: this is no JSON"),
        ("\n  nonsense", "f:2:3: this is no JSON"),
        ('"s3:*"', 'f: a policy is a JSON object, not "s3:*"'),
        ('{"Statement": [], "Statement": []}', "f: 'Statement' stands there twice"),
        (json.dumps({"Statement": [STATEMENT]}), 'f: its Version is not "2012-10-17"'),
        (json.dumps({"Version": "2012-10-17"}), "f: it has no Statement"),
        (json.dumps(policy(Rule=1)), "f: 'Rule' is no part of a policy"),
        (json.dumps(policy("x")), "f: statement 1 is no JSON object"),
        (json.dumps(policy({**STATEMENT, "Principal": "*"})), "'Principal' is nothing that"),
        (json.dumps(policy({**STATEMENT, "Effect": "deny"})), "Effect is neither Allow nor Deny"),
        (json.dumps(policy({"Effect": "Deny", "Resource": "*"})), "one of Action and NotAction"),
        (json.dumps(policy({"Effect": "Deny", "Action": "*"})), "one of Resource and NotResource"),
        (json.dumps(policy({**STATEMENT, "NotAction": "*"})), "one of Action and NotAction"),
        (json.dumps(policy({**STATEMENT, "Action": []})), "Action is neither a string nor a list"),
        (json.dumps(policy({**STATEMENT, "Action": [1]})), "Action is neither a string nor a list"),
        (json.dumps(policy({**STATEMENT, "Action": "s3"})), "'s3' is no action such as"),
        (json.dumps(policy({**STATEMENT, "Action": "s3:"})), "'s3:' is no action such as"),
        (json.dumps(policy({**STATEMENT, "Condition": []})), "its Condition is no JSON object"),
        (json.dumps({"Policy": {"Content": "{"}}), "f:1:2: this is no JSON"),
    ],
)
def test_what_aws_would_refuse_is_refused_with_its_place(text, told):
    with pytest.raises(DraftError) as raised:
        parse("f", text)
    assert told in str(raised.value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["Policy", "Content"]), inner)
        ),
    )
)
def test_any_json_is_a_policy_or_is_refused(value):
    try:
        drafts = parse("f", json.dumps(value))
    except DraftError:
        return
    assert all(draft.statements for draft in drafts)
