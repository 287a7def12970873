import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import hcl2
import pytest
import yaml

from exporter.model import Entity
from exporter.recommend import (
    Attached,
    Member,
    Wish,
    cloudformation,
    compact,
    evidence,
    policy_texts,
    recommend,
    terraform,
)
from exporter.recommend.policies import deny_list
from tests.recommend.cases import CLOSED, DAY, FULL, NOW, OLD, UNIT, WISH, YOUNG, case, in_force, row
from tests.recommend.examples import EVERY_KIND, NAMES, ORIGIN, advised, written

ODD = Member(OLD.id, 'quo"te ${x} %{y}\n# \x1b[31mred', "ACTIVE", OLD.joined)
TESTDATA = Path(__file__).parent / "testdata"


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_every_kind_looks_like_this(name):
    assert written(name) == (TESTDATA / name).read_text(encoding="utf-8")


def test_there_is_no_file_that_nobody_reads():
    assert {path.name for path in TESTDATA.iterdir()} == set(NAMES)


def test_the_json_has_evidence_for_every_service_with_account_region_and_time():
    document = evidence(advised("deny-list", row("a", 100, 1), row("b", 1, 2), members=(OLD, YOUNG, CLOSED)))
    assert json.loads(json.dumps(document)) == document
    (denied,) = document["denied"]
    assert denied["last_used_by"] == {"account_id": OLD.id, "account_name": "old"}
    assert (denied["last_used_in"], denied["last_used"]) == ("eu-west-1", "2026-06-13T14:13:20Z")
    assert [len(document["accounts"][kind]) for kind in ("judged", "too_young", "inactive")] == [1, 1, 1]


def test_the_json_says_whose_it_is_and_when():
    document = evidence(advised())
    assert document["organization"] == {"name": "prod", "id": "o-a", "partition": "aws"}
    assert (document["version"], document["report_created"]) == ("1.2.3", "2026-09-21T14:13:20Z")
    assert document["entity"] == {"id": UNIT.id, "name": "Unit", "path": UNIT.path}


def test_the_json_calls_things_by_what_is_known_of_them():
    document = evidence(recommend(case(row("a", 1, 1, by="9" * 12), attached=FULL), WISH))
    assert document["entity"]["name"] == "Unit"
    assert document["min_account_age_seconds"] == WISH.window
    assert document["attached"][0]["entity_name"] == ""
    used = next(one for one in document["still_allowed"] if one["service_namespace"] == "a")
    assert used["last_used_by"] == {"account_id": "9" * 12, "account_name": ""}


def test_what_is_not_known_of_an_organization_is_told_as_that():
    found = recommend(case(row("a")), WISH)
    assert "# Organization not named; access report of" in terraform(found)
    undated = replace(found, case=replace(found.case, report=replace(found.case.report, created=1e18)))
    assert "access report of an unknown time" in terraform(undated)


def test_the_json_has_the_difference():
    ours = recommend(case(row("a")), WISH).policies
    document = evidence(recommend(case(row("b"), attached=in_force(*ours)), WISH))
    assert document["diff"] == {
        "change": True,
        "in_force": ["deny-unused (p-ours0000)"],
        "added": ["b"],
        "removed": [],
        "kept": ["a"],
    }
    assert document["replaces"] == ["p-ours0000"]


def test_the_json_names_what_has_to_be_detached():
    assert evidence(advised("allowed"))["replaces"] == ["p-12345678"]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_text_with_its_line_end_is_never_longer_than_aws_takes(kind):
    found = advised(kind)
    texts = policy_texts(found)
    assert [json.loads(text) for text in texts] == list(found.policies)
    assert all(len(f"{text}\n") <= found.wish.limit for text in texts)


def test_a_long_policy_is_written_without_blanks_and_a_short_one_for_people():
    rows = [row(f"service-number-{n:03}") for n in range(440)]
    (long,) = policy_texts(advised("deny-list", *rows))
    assert "\n" not in long
    assert 9_000 < len(long) < 10_240
    (short,) = policy_texts(advised("deny-list", row("a")))
    assert "\n" in short


def test_a_policy_is_written_for_people_as_long_as_it_fits_with_its_line_end():
    (text,) = policy_texts(advised())
    wish = Wish(90 * DAY, limit=len(text) + 1)
    found = advised()
    assert policy_texts(replace(found, wish=wish)) == (text,)
    assert policy_texts(replace(found, wish=replace(wish, limit=len(text)))) == (compact(found.policies[0]),)


def resources(text):
    """Type → the bodies of its resources."""
    found = {}
    for resource in hcl2.loads(text)["resource"]:
        for kind, bodies in resource.items():
            found.setdefault(kind.strip('"'), []).extend(bodies.values())
    return found


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_terraform_attaches_each_policy_and_says_all_of_it(kind):
    found = advised(kind, members=(ODD,))
    text = terraform(found)
    written = resources(text)
    assert len(written["aws_organizations_policy"]) == len(found.policies)
    assert len(written["aws_organizations_policy_attachment"]) == len(found.policies)
    for policy in found.policies:
        (statement,) = policy["Statement"]
        assert all(f'"{action}"' in text for action in statement.get("Action", statement.get("NotAction")))


@pytest.mark.tool("hclfmt")
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_terraform_is_laid_out_as_its_formatter_does(kind, tool, tmp_path):
    file = tmp_path / "scp.tf"
    file.write_text(terraform(advised(kind, members=(ODD,))), encoding="utf-8")
    done = subprocess.run([tool("hclfmt"), file], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == file.read_text(encoding="utf-8")


def test_terraform_tells_beside_each_line_what_it_stands_on():
    text = re.sub(" +", " ", terraform(advised()))
    assert '"a:*", # never used in the tracking period, by none of 1 account\n' in text
    assert '"bcd:*", # last used 2026-06-13T14:13:20Z by old (111111111111) in eu-west-1\n' in text
    assert "# By org-access-exporter 1.2.3, for Unit (ou-ab12-cdefghij)" in text
    assert "# Organization prod o-a; access report of 2026-09-21T14:13:20Z\n" in text


@pytest.mark.parametrize("render", [terraform, cloudformation])
def test_the_next_day_only_the_comments_at_the_top_are_others(render):
    def body(found):
        return [line for line in render(found).splitlines() if not line.startswith("#")]

    found = advised()
    later = type(found.case.report)(NOW + DAY, NOW + DAY, 3, 1, found.case.report.services)
    tomorrow = case(attached=(), origin=ORIGIN, names={UNIT.id: "Unit"})
    tomorrow = type(tomorrow)(UNIT, later, (OLD,), origin=ORIGIN, names={UNIT.id: "Unit"})
    assert body(recommend(tomorrow, WISH)) == body(found)


@pytest.mark.slow
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_cloudformation_says_the_same_policies_and_its_linter_has_nothing_to_say(kind):
    from cfnlint import api as cfn  # noqa: PLC0415 - takes a second, of whoever collects the tests too

    found = advised(kind, members=(ODD,))
    text = cloudformation(found)
    written = yaml.safe_load(text)["Resources"].values()
    assert [one["Properties"]["Content"] for one in written] == list(found.policies)
    assert all(one["Properties"]["TargetIds"] == [UNIT.id] for one in written)
    assert cfn.lint(text) == []


@pytest.mark.parametrize("render", [terraform, cloudformation])
def test_no_name_leaves_its_comment(render):
    entity = Entity(UNIT.id, UNIT.type, "x", UNIT.path)
    found = case(row("a"), attached=(*FULL, Attached("r-b", "p-1", "evil\n}\n\x1b", "no")), members=(ODD,))
    text = render(recommend(type(found)(entity, found.report, found.members, found.attached), WISH))
    assert all(line.isprintable() for line in text.splitlines())
    assert not [line for line in text.splitlines() if line.startswith(("evil", "red"))]


def test_terraform_takes_no_pattern_for_a_template():
    ours = deny_list(["a"], exempt=("arn:aws:iam::*:role/${x}%{y}",))  # somebody wrote it into ours
    found = recommend(case(row("a"), attached=in_force(*ours)), WISH)
    assert '["arn:aws:iam::*:role/$${x}%%{y}"]' in terraform(found)


def test_what_no_line_can_hold_of_a_name_is_a_blank():
    entity = replace(UNIT, path="o-a/r-b/a\x1b b\nc")
    found = recommend(replace(case(row("a")), entity=entity), WISH)
    assert terraform(found).splitlines()[0].endswith(", o-a/r-b/a  b c")


def test_what_is_recommended_reads_back_as_ours():
    found = advised("exempt")
    again = recommend(
        case(row("a"), row("bcd", 100, 1), row("long-name-of-a-service"), attached=in_force(*found.policies)),
        WISH,
    )
    assert again.difference.none
    assert compact(again.policies[0]) == compact(found.policies[0])
