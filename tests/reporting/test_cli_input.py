"""The AWS CLI's options for JSON, without an AWS CLI to compare with."""

import json

import pytest

from exporter.aws.descriptions import Skeleton, skeleton

DESCENDING = "SERVICE_NAMESPACE_DESCENDING"


def namespaces(ran):
    return [row["ServiceNamespace"] for row in ran.json["AccessDetails"]]


@pytest.fixture
def report(commands):
    def run(said, *arguments):
        given = said if isinstance(said, str) else json.dumps(said)
        return commands.run("report", "--quiet", "--output", "json", "--cli-input-json", given, *arguments)

    return run


def test_all_that_aws_has_parameters_for_can_be_said_in_json(commands, report):
    made = report({"EntityPath": commands.root.path, "SortKey": DESCENDING, "MaxItems": 2})
    assert len(namespaces(made)) == 2
    job = {"JobId": commands.aws.jobs[-1].id, "SortKey": DESCENDING, "Marker": made.json["Marker"]}
    first, following = namespaces(made), namespaces(report(job, "--max-items", 2))
    assert sorted(first + following, reverse=True) == first + following


def test_a_report_on_one_policy_can_be_asked_for_in_json(commands, report):
    policy = next(iter(commands.aws.organization.policies))
    assert report({"EntityPath": commands.root.path, "OrganizationsPolicyId": policy}).code == 0
    assert commands.aws.jobs[-1].selection == (commands.root.path, policy)


def test_what_the_flags_say_to_report_on_wins(commands, report):
    account = commands.entities("ACCOUNT")[0]
    assert report({"EntityPath": commands.root.path}, "--entity-id", account.id).code == 0
    assert commands.aws.jobs[-1].selection.entity_path == account.path
    assert report({"JobId": "x" * 36, "EntityPath": "x"}, "--entity-path", account.path).code == 0


def test_other_flags_win_too(commands, report):
    said = {"EntityPath": commands.root.path, "MaxItems": 1}
    assert len(namespaces(report(said, "--max-items", 3))) == 3


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("{", "this is no JSON"),
        ("input.json", "a file is named as file://PATH"),
        ("[1]", "a JSON object is wanted, not [1]"),
        ("file:///no/such/file", "/no/such/file cannot be read: No such file or directory"),
        ({"jobid": "x"}, "unknown parameter 'jobid', must be one of: JobId, MaxItems, Marker, SortKey"),
        ({"JobId": 1}, "JobId is a string, not 1"),
        ({"MaxItems": "1"}, 'MaxItems is a number, not "1"'),
        ({"MaxItems": True}, "MaxItems is a number, not true"),
        ({"MaxItems": 0}, "MaxItems: 0 is not in the range"),
        ({"SortKey": "NAME"}, "SortKey: 'NAME' is not one of"),
        ({"JobId": ""}, "JobId is empty: leave it out"),
        ({"JobId": "x", "EntityPath": "o-a/r-a"}, "say what to report on"),
        ({"MaxItems": 5}, "say what to report on"),
    ],
)
def test_json_that_cannot_be_used_is_a_usage_error_in_a_line(commands, report, said, told):
    ran = report(said)
    assert ran.code == 2
    assert told in " ".join(ran.err.split())
    assert not commands.aws.calls.latest


def test_a_file_that_is_no_text_is_told(report, tmp_path):
    file = tmp_path / "input"
    file.write_bytes(b"\xff\xfe")
    assert "it is not UTF-8" in report(f"file://{file}").err


def test_a_skeleton_of_the_input_asks_nothing_and_needs_nothing(commands):
    ran = commands.run("report", "--generate-cli-skeleton")
    assert list(ran.json) == ["JobId", "MaxItems", "Marker", "SortKey"]
    assert not commands.aws.calls.latest


def test_a_skeleton_of_the_output_has_every_field_of_an_answer(commands):
    wanted = ("--generate-cli-skeleton", "output")
    assert commands.run("report", *wanted).code == 2
    shown = commands.run("report", *wanted, "--job-id", "x" * 36).json
    assert shown == skeleton(Skeleton.OUTPUT)
    assert set(shown) >= {"JobStatus", "AccessDetails", "IsTruncated", "ErrorDetails"}
    (row,) = shown["AccessDetails"]
    assert row["TotalAuthenticatedEntities"] == 0
    assert row["EntityPath"] == "EntityPath"
    assert not commands.aws.calls.latest


def test_a_format_of_times_is_for_json(commands):
    ran = commands.run("report", "--entity-id", commands.root.id, "--timestamp-format", "wire")
    assert ran.code == 2
    assert "--timestamp-format is for --output json" in ran.err
