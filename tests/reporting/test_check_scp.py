"""``check-scp`` as it is called."""

import io
import json

import pytest

from exporter.model import EntityType


@pytest.fixture
def draft(tmp_path):
    def write(*actions, name="deny.json", **more):
        file = tmp_path / name
        statement = {"Effect": "Deny", "Action": list(actions), "Resource": "*", **more}
        file.write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
        return file

    return write


@pytest.fixture
def check(commands):
    def run(*arguments, entity=None):
        return commands.run("check-scp", "--quiet", "--entity", entity or commands.root.id, *arguments)

    return run


def in_use(commands, path):
    rows = commands.aws.truth(path).rows
    return {row.namespace: row for row in rows if row.last_authenticated}


def test_nothing_in_use_denied_is_0_something_1_and_a_text_that_is_no_policy_2(check, draft, tmp_path):
    assert check("--scp", draft("a4b-no-such:*")).code == 0
    broken = check("--scp", draft("sts:*"))
    assert broken.code == 1
    assert "Denies 1 service in use on" in broken.out
    (tmp_path / "no.json").write_text("{")
    ran = check("--scp", tmp_path / "no.json")
    assert (ran.code, ran.out) == (2, "")
    assert "no.json:1:2: this is no JSON" in ran.err
    assert check("--scp", tmp_path / "nowhere.json").code == 2


def test_who_used_it_last_when_and_where_is_what_aws_says(commands, check, draft):
    found = check("--scp", draft("sts:*"), "--output", "json").json
    (one,) = found["denied_and_used"]
    truth = in_use(commands, commands.root.path)["sts"]
    (use,) = one["uses"]
    assert truth.entity_path.endswith(f"/{use['account_id']}")
    assert use["account_name"]
    assert use["access_region"] == truth.region
    assert one["accounts"] == truth.authenticated_entities
    assert any("names all of them" in note for note in found["notes"])


def test_what_depends_fails_a_pipeline_only_where_that_is_asked_for(check, draft):
    part = draft("sts:AssumeRole")
    assert check("--scp", part).code == 0
    assert check("--scp", part, "--strict").code == 1


def test_several_drafts_are_looked_at_together(check, draft):
    first, second = draft("sts:*"), draft("iam:*", name="more.json")
    found = check("--scp", first, "--scp", second, "--output", "json").json
    assert {one["service_namespace"] for one in found["denied_and_used"]} == {"sts", "iam"}
    assert [one["name"] for one in found["drafts"]] == [str(first), str(second)]


def test_a_recommendation_from_stdin_denies_nothing_that_was_used_lately(commands, check, monkeypatch):
    said = commands.run("recommend", "--entity-id", commands.root.id, "--format", "scp").out
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    ran = check("--scp", "-", "--used-within", "90d")
    assert ran.code == 0
    assert "Denies nothing that is in use" in ran.out


def test_a_page_for_a_pull_request_is_markdown(check, draft):
    ran = check("--scp", draft("sts:*"), "--output", "markdown")
    assert ran.out.startswith("### SCP check: Denies 1 service in use on ")
    assert "| `sts` " in ran.out


def test_an_scp_that_takes_the_place_of_another_is_said_by_its_id(commands, check, draft):
    unit = commands.entities(EntityType.ORGANIZATIONAL_UNIT)[0]
    (full,) = [one for one in commands.aws.organization.policies.values() if one.name == "FullAWSAccess"]
    arguments = ("--scp", draft("a4b:*"), "--instead-of", full.id, "--output", "json")
    ran = check(*arguments, entity=unit.id)
    assert ran.code == 1
    told = {how for one in ran.json["denied_and_used"] for how in one["how"]}
    assert told == {f"allowed by no SCP on {unit.name} ({unit.id}) any more"}
    wrong = check("--scp", draft("a4b:*"), "--instead-of", "p-nowhere0", entity=unit.id)
    assert wrong.code == 2
    assert "p-nowhere0 is not attached to" in " ".join(wrong.err.split())


def test_which_entity_has_to_be_said(commands, draft):
    assert commands.run("check-scp", "--scp", draft("sts:*")).code == 2
