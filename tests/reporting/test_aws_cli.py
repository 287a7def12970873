"""The AWS CLI and we print the same bytes for the same job."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

SORT_KEYS = (
    None,
    "SERVICE_NAMESPACE_ASCENDING",
    "SERVICE_NAMESPACE_DESCENDING",
    "LAST_AUTHENTICATED_TIME_ASCENDING",
    "LAST_AUTHENTICATED_TIME_DESCENDING",
)
# Runs the AWS CLI once per line of stdin, in one process, which reads AWS's descriptions once: starting it
# takes longer than what it does.
DRIVER = """
import shlex, sys
from awscli.clidriver import create_clidriver
driver = create_clidriver()
for line in sys.stdin:
    driver.main(shlex.split(line))
    print("\\0", end="", flush=True)
"""
ISO = ("--timestamp-format", "iso8601")


def options(sort_key, size, marker):
    given = {"--sort-key": sort_key, "--max-items": size, "--marker": marker}
    return [str(part) for flag, value in given.items() if value is not None for part in (flag, value)]


def interpreter(program):
    """The Python that a script is for."""
    return Path(program).read_text(encoding="utf-8").splitlines()[0].removeprefix("#!").split()


def driven(python, url):
    """Gives what ``aws iam get-organizations-access-report`` prints for each list of options."""

    def run(job_id, combinations):
        base = f"--endpoint-url {url} --region us-east-1 iam get-organizations-access-report"
        lines = [f"{base} --job-id {job_id} {shlex.join(combination)}\n" for combination in combinations]
        ran = subprocess.run(
            [*python, "-c", DRIVER],
            input="".join(lines),
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "AWS_PAGER": ""},
        )
        return ran.stdout.split("\0")[:-1]

    return run


@pytest.fixture
def cli(endpoint):
    """Version 1, which is among the libraries of the tests."""
    return driven([sys.executable], endpoint.url)


@pytest.fixture
def cli_2(endpoint, tool):
    """Version 2, as the distribution has it."""
    return driven(interpreter(tool("aws2")), endpoint.url)


@pytest.fixture
def job_id(commands):
    ran = commands.run("report", "--entity-id", commands.root.id, "--max-items", 1)
    return ran.err.partition("--job-id ")[2].split()[0]


def ours(commands, job_id, combination):
    return commands.run("report", "--job-id", job_id, "--output", "json", "--quiet", *combination).out


@pytest.mark.slow
def test_every_sort_key_page_size_and_marker_gives_what_the_aws_cli_gives(commands, cli, job_id):
    first = [options(key, size, None) for key in SORT_KEYS for size in (None, 1, 50, 448, 449, 1000)]
    pages = [ours(commands, job_id, combination) for combination in first]
    assert pages == cli(job_id, first)
    following = [
        options(key, size, commands.marker(page))
        for combination, page in zip(first, pages, strict=True)
        if commands.marker(page)
        for key in [combination[1] if "--sort-key" in combination else None]
        for size in (None, 7, 1000)
    ]
    assert len(following) > 50
    assert [ours(commands, job_id, combination) for combination in following] == cli(job_id, following)


@pytest.mark.slow
def test_a_whole_report_is_what_the_aws_cli_gives_for_the_largest_page(commands, cli):
    whole = commands.run("report", "--entity-id", commands.root.id, "--output", "json")
    job_id = commands.aws.jobs[-1].id
    assert [whole.out] == cli(job_id, [["--max-items", "1000"]])


@pytest.mark.slow
def test_a_failed_job_looks_as_in_the_aws_cli(commands, cli):
    path = f"{commands.root.path}/ou-none-cccccccc"
    failed = commands.run("report", "--entity-path", path, "--output", "json")
    assert [failed.out] == cli(commands.aws.jobs[-1].id, [[]])


@pytest.mark.slow
@pytest.mark.tool("aws2")
def test_with_times_in_iso_8601_every_page_is_what_version_2_gives(commands, cli_2, job_id):
    pages = [options(key, size, None) for key in SORT_KEYS for size in (None, 7, 1000)]
    assert [ours(commands, job_id, [*page, *ISO]) for page in pages] == cli_2(job_id, pages)


@pytest.mark.slow
@pytest.mark.tool("aws2")
def test_with_times_as_on_the_wire_a_page_is_what_version_2_gives_when_told_so(
    commands, cli_2, job_id, tmp_path, monkeypatch
):
    config = tmp_path / "aws-config"
    config.write_text("[default]\ncli_timestamp_format = wire\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    wire = [ours(commands, job_id, ["--timestamp-format", "wire"])]
    assert wire == [ours(commands, job_id, [])] == cli_2(job_id, [[]])


@pytest.mark.slow
@pytest.mark.tool("aws2")
def test_parameters_as_json_are_what_both_versions_take_them_for(commands, cli, cli_2, job_id, tmp_path):
    file = tmp_path / "input.json"
    file.write_text('{"MaxItems": 3, "SortKey": "LAST_AUTHENTICATED_TIME_DESCENDING"}')
    combinations = [
        ["--cli-input-json", given, *more]
        for given in (file.read_text(), f"file://{file}")
        for more in ([], ["--max-items", "5"], ["--sort-key", SORT_KEYS[1]])
    ]
    assert [ours(commands, job_id, one) for one in combinations] == cli(job_id, combinations)
    assert [ours(commands, job_id, [*one, *ISO]) for one in combinations] == cli_2(job_id, combinations)


@pytest.mark.slow
@pytest.mark.tool("aws2")
def test_the_skeleton_of_the_input_is_that_of_version_2(commands, tool):
    theirs = [tool("aws2"), "iam", "get-organizations-access-report", "--generate-cli-skeleton"]
    ran = subprocess.run(theirs, capture_output=True, text=True, check=True, timeout=120)
    assert commands.run("report", "--generate-cli-skeleton").out == ran.stdout
