"""What a valid configuration says without effect is told, and what has an effect is not."""

import pytest

from exporter.config import parse
from exporter.config.doubts import doubts

REGIONS = ("us-east-1", "us-west-1", "eu-central-1", "cn-north-1", "us-gov-west-1")
ROLE = "role_arn: 'arn:aws:iam::111122223333:role/x'"


def told(text, **environ):
    return doubts(parse(text, "f"), REGIONS, environ)


def of_one(text):
    return told(f"organizations: [{{{text}}}]")


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        (
            "region: us-esat-1",
            'region: "us-esat-1" is no Region that this version knows of, did you mean us-east-1?',
        ),
        ("region: xy-nowhere-7", 'region: "xy-nowhere-7" is no Region that this version knows of'),
        ("external_id: abc", "external_id: has no effect without role_arn"),
        ("targets: {root: {refresh: 1s}}", "targets.root.refresh: 1 s is short"),
        ("targets: {accounts: {refresh: 59s}}", "targets.accounts.refresh: 59 s is short"),
        (
            "targets: {ous: {refresh: 8d}}",
            "targets.ous.refresh: 8 d is longer than collection.max_report_age (7 d)",
        ),
        ("targets: {policies: {ids: [p-abcdefgh]}}", "targets.policies.ids: has no effect while"),
        (
            "include: ['arn:aws:organizations::1:ou/o-a/ou-ab12-abcdefgh']",
            'include: "arn:aws:organizations::1:ou',
        ),
        (
            "exclude: ['arn:aws:organizations::1:account/o-a/111122223333']",
            'exclude: "arn:aws:organizations::1:acc',
        ),
        (
            "include: ['o-abcd123456/r-ab12/ou-ab12-abcdefgh']",
            'include: "o-abcd123456/r-ab12/ou-ab12-abcdefgh" is a path',
        ),
        ("include: [OU-AB12-ABCDEFGH]", 'include: "OU-AB12-ABCDEFGH" is the id of an OU in capitals'),
        ("exclude: ['1111-2222-3333']", 'exclude: "1111-2222-3333" looks like an account id with separators'),
        ("include: [1111_2222_3333]", 'include: "1111_2222_3333" looks like an account id with separators'),
        ("include: [' prod ']", 'include: " prod " begins or ends with a blank'),
        ("exclude: ['[SANDBOX]*']", 'exclude: "[SANDBOX]*" means one of the characters SANDBOX'),
        ("include: [a, b], exclude: [b]", 'include: "b" has no effect: exclude has it too'),
    ],
)
def test_what_has_no_effect_is_told_with_its_key(text, begins):
    [line] = of_one(text)
    assert line.startswith(f"organizations[0].{begins}")


def test_the_tree_read_without_a_pause_is_told():
    [line] = told("collection: {discovery_interval: 5s}")
    assert line.startswith("collection.discovery_interval: 5 s is short")


def test_a_configuration_that_collects_nothing_is_told():
    off = ", ".join(
        f"{kind}: {{enabled: false}}" for kind in ("root", "ous", "management_account", "accounts")
    )
    [line] = of_one(f"targets: {{{off}}}")
    assert line.endswith("nothing is collected")


@pytest.mark.parametrize(
    "text",
    [
        "region: us-gov-west-1",
        f"{ROLE}, external_id: abc",
        "targets: {policies: {enabled: true, ids: [p-abcdefgh]}}",
        "targets: {policies: {refresh: 8d}}",
        "targets: {ous: {refresh: 7d}}",
        "include: [ou-ab12-abcdefgh, '111122223333', 'prod-*', 'dev?', r-ab12]",
        "exclude: ['[a-z]*', '[!x]y', '[ab]c', 'A/B']",
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
