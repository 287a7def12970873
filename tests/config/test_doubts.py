"""What a valid configuration says without effect is told, and what has an effect is not."""

import pytest

from exporter.config import parse
from exporter.config.doubts import doubts

REGIONS = ("us-east-1", "us-west-1", "eu-central-1", "cn-north-1", "us-gov-west-1")
ROLE = "role_arn: 'arn:aws:iam::111122223333:role/x'"


SHORT = "is short: AWS repeats a result for a minute, and makes one report at a time"
DROPPED = "reports are dropped before they are renewed"
BRACKETS = "the brackets are; a bracket in a name is written [[]"
MEANS = "means one of the characters"
UNKNOWN = "is no Region that this version knows of"
LAST = "and only ids and names match: give its last part"
UNIT_ARN = "arn:aws:organizations::1:ou/o-a/ou-ab12-abcdefgh"
ACCOUNT_ARN = "arn:aws:organizations::1:account/o-a/111122223333"


def told(text, **environ):
    return doubts(parse(text, "f"), REGIONS, environ)


def of_one(text):
    return told(f"organizations: [{{{text}}}]")


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        (
            "region: us-esat-1",
            'region: "us-esat-1" is no Region that this version knows of, did you mean us-east-1?',
        ),
        ("region: xy-nowhere-7", 'region: "xy-nowhere-7" is no Region that this version knows of'),
        ("external_id: abc", "external_id: has no effect without role_arn"),
        ("targets: {root: {refresh: 1s}}", f"targets.root.refresh: 1 s {SHORT}"),
        ("targets: {accounts: {refresh: 59s}}", f"targets.accounts.refresh: 59 s {SHORT}"),
        (
            "targets: {ous: {refresh: 8d}}",
            f"targets.ous.refresh: 8 d is longer than collection.max_report_age (7 d): {DROPPED}",
        ),
        (
            "targets: {policies: {ids: [p-abcdefgh]}}",
            "targets.policies.ids: has no effect while targets.policies.enabled is false",
        ),
        (f"include: ['{UNIT_ARN}']", f'include: "{UNIT_ARN}" is an ARN, {LAST}'),
        (f"exclude: ['{ACCOUNT_ARN}']", f'exclude: "{ACCOUNT_ARN}" is an ARN, {LAST}'),
        (
            "include: ['o-abcd123456/r-ab12/ou-ab12-abcdefgh']",
            f'include: "o-abcd123456/r-ab12/ou-ab12-abcdefgh" is a path, {LAST}',
        ),
        (
            "include: [OU-AB12-ABCDEFGH]",
            'include: "OU-AB12-ABCDEFGH" is the id of an OU in capitals, which no id has',
        ),
        (
            "exclude: ['1111-2222-3333']",
            'exclude: "1111-2222-3333" looks like an account id with separators, which no id has',
        ),
        (
            "include: [1111_2222_3333]",
            'include: "1111_2222_3333" looks like an account id with separators, which no id has',
        ),
        (
            "include: [' prod ']",
            'include: " prod " begins or ends with a blank, which the name must have as well',
        ),
        (
            "exclude: ['[SANDBOX]*']",
            f'exclude: "[SANDBOX]*" means one of the characters SANDBOX where {BRACKETS}: [[]SANDBOX]*',
        ),
        (
            "exclude: ['[Xa!]d']",
            f'exclude: "[Xa!]d" means one of the characters Xa! where {BRACKETS}: [[]Xa!]d',
        ),
        (
            "exclude: ['[a!b]c']",
            f'exclude: "[a!b]c" means one of the characters a!b where {BRACKETS}: [[]a!b]c',
        ),
        (
            "region: us-wets-1",
            'region: "us-wets-1" is no Region that this version knows of, did you mean us-west-1?',
        ),
        ("include: [a, b], exclude: [b]", 'include: "b" has no effect: exclude has it too, and is stronger'),
    ],
)
def test_what_has_no_effect_is_told_with_its_key(text, doubt):
    assert of_one(text) == (f"organizations[0].{doubt}",)


def test_the_tree_read_without_a_pause_is_told():
    assert told("collection: {discovery_interval: 5s}") == (
        "collection.discovery_interval: 5 s is short: AWS limits how often the tree may be read",
    )
    assert told("collection: {discovery_interval: 1m}") == ()


def test_a_configuration_that_collects_nothing_is_told():
    off = ", ".join(
        f"{kind}: {{enabled: false}}" for kind in ("root", "ous", "management_account", "accounts")
    )
    nothing = "organizations[0].targets: none is enabled and there are no job_ids: nothing is collected"
    assert of_one(f"targets: {{{off}}}") == (nothing,)
    job = "job_ids: [01234567-89ab-cdef-0123-456789abcdef]"
    assert of_one(f"targets: {{{off}}}, {job}") == ()


@pytest.mark.parametrize(
    "text",
    [
        "region: us-gov-west-1",
        f"{ROLE}, external_id: abc",
        "targets: {policies: {enabled: true, ids: [p-abcdefgh]}}",
        "targets: {policies: {refresh: 8d}}",
        "targets: {ous: {refresh: 7d}}",
        "targets: {ous: {refresh: 1m}}",
        "include: [ou-ab12-abcdefgh, '111122223333', 'prod-*', 'dev?', r-ab12]",
        "exclude: ['[a-z]*', '[!x]y', '[!abc]d', '[ab]c', 'A/B']",
        "include: ['[[]SANDBOX]*']",
    ],
)
def test_what_has_an_effect_is_not_told(text):
    assert of_one(text) == ()


def test_each_organization_is_told_by_its_place():
    lines = told("organizations: [{name: a}, {name: b, external_id: abc}]")
    assert [line.partition(".")[0] for line in lines] == ["organizations[1]"]


@pytest.mark.parametrize(("timeout", "lines"), [("5m", 0), ("1h", 0), ("90m", 1), ("13h", 1)])
def test_a_job_that_may_outlive_the_session_of_a_role_is_told(timeout, lines):
    found = told(f"organizations: [{{{ROLE}}}]\ncollection: {{job_timeout: {timeout}}}")
    assert [line.partition(":")[0] for line in found] == ["collection.job_timeout"] * lines


def test_what_becomes_of_a_job_that_outlives_the_session_is_told():
    [line] = told(f"organizations: [{{name: a}}, {{name: b, {ROLE}}}]\ncollection: {{job_timeout: 90m}}")
    assert line == (
        "collection.job_timeout: 1 h 30 min is longer than the hour that role_arn is assumed for "
        "(one role assumed by another can last no longer): a report that takes more cannot be read"
    )


def test_without_a_role_a_job_may_take_as_long_as_it_likes():
    assert told("collection: {job_timeout: 13h}") == ()


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_a_region_of_the_environment_that_nobody_knows_is_told_with_its_name(name):
    expected = (
        f'{name} (environment): "us-esat-1" is no Region that this version knows of, did you mean us-east-1?'
    )
    assert told("{}", **{name: " us-esat-1\n"}) == (expected,)


def test_a_region_of_the_environment_counts_only_where_an_organization_names_none():
    assert told("organizations: [{name: a, region: us-east-1}]", AWS_REGION="us-esat-1") == ()
    assert len(told("organizations: [{name: a, region: us-east-1}, {name: b}]", AWS_REGION="us-esat-1")) == 1


def test_the_region_that_is_not_looked_at_is_not_told():
    assert told("{}", AWS_REGION="us-east-1", AWS_DEFAULT_REGION="us-esat-1") == ()
