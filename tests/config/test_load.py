from datetime import date
from pathlib import Path

import botocore.session
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.config import Protection, default, load, masked, masked_yaml, parse
from exporter.config.settings import Endpoints
from exporter.config.syntax import partition_of, region
from exporter.errors import ConfigError, Problem
from exporter.model import Services, Target
from tests.searching import examples

TESTDATA = Path(__file__).parent / "testdata"
FULL = (TESTDATA / "full.ok.yml").read_text(encoding="utf-8")
# Without the one that takes half a second by design.
SOURCES = [
    path.read_bytes().decode("utf-8", "replace")
    for path in sorted(TESTDATA.glob("*.yml"))
    if path.name != "alias_bomb.bad.yml"
]


def problems_of(text):
    with pytest.raises(ConfigError) as caught:
        parse(text, "f.yml")
    return caught.value.problems


def test_without_a_file_one_organization_uses_the_default_credential_chain():
    (organization,) = default().organizations
    assert (organization.name, organization.profile, organization.role_arn) == ("default", None, None)


def test_an_empty_mapping_means_the_defaults():
    assert parse("{}", "f.yml") == default()


def test_the_documented_file_has_the_documented_values():
    config = load(TESTDATA / "full.ok.yml")
    (organization,) = config.organizations
    assert organization.targets.root == Target(True, 1800.0, Services.ALL)
    assert organization.targets.ous == Target(True, 6 * 3600.0, Services.ALL)
    assert organization.targets.policies == Target(False, 24 * 3600.0, Services.ACCESSED)
    assert organization.account_states == ("ACTIVE",)
    assert (config.collection.discovery_interval, config.collection.job_timeout) == (3600.0, 300.0)
    assert config.collection.max_report_age == 7 * 86400.0
    assert (config.collection.follow_leads, config.collection.slot_share) == (True, 1.0)


def test_the_documented_values_are_the_defaults():
    written = masked(parse(FULL, "f.yml"))
    organization = written["organizations"][0]
    named = {"name": "default", "region": None, "role_arn": None, "external_id": None}
    assert written | {"organizations": [organization | named]} == masked(default())


def test_protected_services_are_those_of_all_organizations_and_those_of_one():
    config = load(TESTDATA / "protect.ok.yml")
    assert config.organizations[0].protect == (
        Protection("drs", "recovery drill every spring", date(2027, 6, 30)),
    )
    assert [(one.service, one.expires) for one in config.protect] == [
        ("backup", None),
        ("brand-new-service", None),
    ]
    assert parse(masked_yaml(config), "masked.yml") == config


def test_an_organization_has_the_protections_of_all_and_its_own():
    services = "[{service: %s, reason: x}]"
    config = parse(
        f"organizations: [{{name: a, protect: {services % 's3'}}}, {{name: b}}]\nprotect: {services % 'sqs'}",
        "f",
    )
    protected = {name: [one.service for one in config.protections(name)] for name in ("a", "b", "c")}
    assert protected == {"a": ["sqs", "s3"], "b": ["sqs"], "c": ["sqs"]}


def test_a_target_that_is_written_in_part_keeps_its_other_defaults():
    config = parse("organizations: [{targets: {root: {services: none}, accounts: {refresh: 12h}}}]", "f.yml")
    assert config.organizations[0].targets.root == Target(True, 1800.0, Services.NONE)
    assert config.organizations[0].targets.accounts == Target(True, 12 * 3600.0, Services.ACCESSED)
    assert config.organizations[0].targets.ous == default().organizations[0].targets.ous


def test_account_ids_are_what_was_written_with_and_without_quotes():
    (organization,) = load(TESTDATA / "account_ids.ok.yml").organizations
    assert organization.include[:4] == ("111122223333", "444455556666", "012345670123", "012345678901")
    assert organization.include[-1] == "no"


def test_profile_endpoints_and_whether_leads_are_followed_are_what_was_written():
    endpoints = "{iam: 'http://i', organizations: 'http://o', sts: 'http://s'}"
    config = parse(
        f"organizations: [{{profile: p, endpoints: {endpoints}}}]\ncollection: {{follow_leads: false}}", "f"
    )
    (organization,) = config.organizations
    assert (organization.profile, config.collection.follow_leads) == ("p", False)
    assert organization.endpoints == Endpoints("http://i", "http://o", "http://s")


def test_what_is_listed_twice_counts_once():
    config = parse("organizations: [{include: [b, a, b], account_states: [CLOSED, CLOSED]}]", "f.yml")
    assert config.organizations[0].include == ("b", "a")
    assert config.organizations[0].account_states == ("CLOSED",)


@pytest.mark.parametrize("written", ["1", "1.0", "0.25", "1e-3"])
def test_a_share_of_the_slot_may_be_written_as_any_number(written):
    config = parse(f"collection: {{slot_share: {written}}}", "f.yml")
    assert config.collection.slot_share == float(written)


def test_a_merged_mapping_yields_to_what_is_written_and_fills_in_the_rest():
    prod, staging, lab = load(TESTDATA / "anchors.ok.yml").organizations
    assert staging.name == "staging"
    assert staging.targets == prod.targets
    assert lab.targets.accounts.refresh == 12 * 3600.0
    assert not lab.targets.ous.enabled


@pytest.mark.parametrize(("keep", "taken"), [("90d", True), ("90d1s", False)])
def test_news_is_kept_for_ninety_days_at_most(keep, taken):
    text = f"news: {{keep: {keep}}}"
    if taken:
        assert parse(text, "f.yml").news.keep == 90 * 86400.0
    else:
        assert [problem.message for problem in problems_of(text)] == ["must be at most 90d"]


def test_the_masked_configuration_is_in_the_order_of_the_file_and_in_its_letters():
    text = masked_yaml(load(TESTDATA / "unicode.ok.yml"))
    assert text.startswith("organizations:\n- name: ")
    assert "組織" in text


def test_what_is_merged_into_what_is_merged_fills_in_the_rest():
    organizations = "[&a {name: a, region: us-east-1}, &b {<<: *a, name: b}, {<<: *b, name: c}]"
    config = parse(f"organizations: {organizations}", "f.yml")
    assert [(one.name, one.region) for one in config.organizations] == [
        ("a", "us-east-1"),
        ("b", "us-east-1"),
        ("c", "us-east-1"),
    ]


def test_a_name_may_be_any_unicode():
    (organization,) = load(TESTDATA / "unicode.ok.yml").organizations
    assert organization.name == 'Größe "x" \\ \n 組織 🏢'


def test_a_byte_order_mark_is_no_content(tmp_path):
    file = tmp_path / "bom.yml"
    file.write_text("organizations: [{name: a}]", encoding="utf-8-sig")
    assert load(file).organizations[0].name == "a"


@pytest.mark.parametrize("partition", botocore.session.get_session().get_available_partitions())
def test_every_region_botocore_knows_is_accepted_and_in_its_partition(partition):
    session = botocore.session.get_session()
    regions = session.get_available_regions("sts", partition)
    assert {partition_of(region(name)) for name in regions} == {partition}


def test_the_partition_of_an_organization_follows_from_its_region():
    partitions = [item.partition for item in load(TESTDATA / "partitions.ok.yml").organizations]
    assert partitions == ["aws", "aws-us-gov", "aws-cn"]


def test_a_problem_points_at_the_value():
    (problem,) = problems_of("organizations:\n  - name: a\n    region:   nowhere\n")
    assert (problem.line, problem.column, problem.path) == (3, 15, "organizations[0].region")


def test_a_character_that_no_file_may_have_is_pointed_at():
    (problem,) = problems_of("organizations:\n  - name: a\n    region: \0\n")
    assert (problem.line, problem.column) == (3, 13)
    assert problem.message == "not valid YAML: the character U+0000 is not allowed"


def test_a_problem_of_a_key_points_at_the_key():
    (problem,) = problems_of("organizations:\n  - name: a\n    regin:   nowhere\n")
    assert (problem.line, problem.column, problem.path) == (3, 5, "organizations[0].regin")


def test_problems_come_in_the_order_of_the_file():
    places = [
        (p.line, p.column)
        for p in problems_of(FULL.replace("6h", "6 h").replace("5m", "0").replace("prod", '""'))
    ]
    assert places == sorted(places)
    assert len(places) == 3


def test_a_name_given_twice_is_told_even_if_other_things_are_wrong():
    messages = [p.message for p in problems_of("organizations: [{name: a, x: 1}, {name: a}]")]
    assert any("already" in message for message in messages)
    assert any("unknown key" in message for message in messages)


def test_a_missing_file_is_one_problem_without_a_line(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "none.yml")
    name = str(tmp_path / "none.yml")
    assert caught.value.problems == (Problem(name, 0, 0, "", "cannot be read: no such file or directory"),)


def test_a_directory_cannot_be_read(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: is a directory"):
        load(tmp_path)


def test_a_file_name_with_a_nul_byte_cannot_be_read():
    with pytest.raises(ConfigError, match="cannot be read"):
        load("f\0.yml")


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path):
    file = tmp_path / "huge.yml"
    file.write_bytes(b"# " + b"x" * (1 << 20))
    with pytest.raises(ConfigError, match="larger than 1 MiB"):
        load(file)


def test_a_chain_of_aliases_deeper_than_the_limit_is_refused():
    chain = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 2000))
    assert any("nested deeper" in problem.message for problem in problems_of(chain))


def test_an_impossible_yaml_version_is_not_a_crash():
    (problem,) = problems_of("%YAML 1." + "1" * 5000 + "\n--- {}\n")
    assert "not valid YAML" in problem.message


def test_the_masked_configuration_loads_as_the_same_configuration():
    config = load(TESTDATA / "anchors.ok.yml")
    assert parse(masked_yaml(config), "masked.yml") == config


def test_the_masked_configuration_hides_the_external_id():
    config = load(TESTDATA / "full.ok.yml")
    assert yaml.safe_load(masked_yaml(config))["organizations"][0]["external_id"] == "<secret>"
    assert "s3cret" not in masked_yaml(config)


PIECES = st.sampled_from(
    [
        *("organizations", "collection", "targets", "name", "refresh", "include", "enabled", "root", "ids"),
        *(
            ":",
            ": ",
            "- ",
            "\n",
            "\n  ",
            "\n    ",
            ", ",
            "[",
            "]",
            "{",
            "}",
            "&a ",
            "*a",
            "<<: ",
            "? ",
            "| ",
            "> ",
        ),
        *(
            "!",
            "!!int ",
            "!!python/object:x ",
            "%YAML 1.",
            "---\n",
            "...\n",
            "#",
            "'",
            '"',
            "\\",
            "\\U",
            "\\ud800",
        ),
        *(
            "6h",
            "0",
            "1e9",
            ".inf",
            "~",
            "true",
            "yes",
            "111122223333",
            "\t",
            "\0",
            "\ufeff",
            "\ud800",
            "\u2028",
            "é",
        ),
    ]
)


def outcome(read, *arguments):
    """The problems of what is refused, none of what loads; anything else escapes."""
    try:
        assert read(*arguments).organizations
    except ConfigError as error:
        return error.problems or ["refused without a problem"]
    return []


def is_one_line_with_a_place(problem):
    return str(problem).isprintable() and problem.line >= 1 and problem.column >= 1


@settings(max_examples=examples(400))
@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_yaml_like_text_loads_or_is_refused_with_places(text):
    assert all(map(is_one_line_with_a_place, outcome(parse, text, "f.yml")))


@settings(max_examples=examples(200))
@given(st.text(max_size=60))
def test_any_text_loads_or_is_refused_with_places(text):
    assert all(map(is_one_line_with_a_place, outcome(parse, text, "f.yml")))


@settings(max_examples=examples(400))
@given(st.data())
def test_a_changed_piece_of_any_file_loads_or_is_refused_with_places(data):
    source = data.draw(st.sampled_from(SOURCES))
    start = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(start, min(len(source), start + 12)))
    text = source[:start] + "".join(data.draw(st.lists(PIECES, max_size=3))) + source[end:]
    assert all(map(is_one_line_with_a_place, outcome(parse, text, "f.yml")))


@settings(max_examples=examples(100))
@given(st.binary(max_size=80))
def test_any_bytes_in_a_file_load_or_are_refused(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "any.yml"
    file.write_bytes(content)
    assert all(map(is_one_line_with_a_place, outcome(load, file)))
