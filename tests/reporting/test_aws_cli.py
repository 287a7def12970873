"""The AWS CLI and we print the same bytes for the same job."""

import subprocess
import sys

import pytest

SORT_KEYS = (
    None,
    "SERVICE_NAMESPACE_ASCENDING",
    "SERVICE_NAMESPACE_DESCENDING",
    "LAST_AUTHENTICATED_TIME_ASCENDING",
    "LAST_AUTHENTICATED_TIME_DESCENDING",
)
# Runs the AWS CLI once per line of stdin, in one process: starting it takes longer than what it does.
DRIVER = """
import shlex, sys
from awscli.clidriver import create_clidriver
for line in sys.stdin:
    create_clidriver().main(shlex.split(line))
    print("\\0", end="", flush=True)
"""


def options(sort_key, size, marker):
    given = {"--sort-key": sort_key, "--max-items": size, "--marker": marker}
    return [str(part) for flag, value in given.items() if value is not None for part in (flag, value)]


@pytest.fixture(scope="module")
def cli(endpoint):
    """Gives what ``aws iam get-organizations-access-report`` prints for each list of options."""

    def run(job_id, combinations):
        base = f"--endpoint-url {endpoint.url} --region us-east-1 iam get-organizations-access-report"
        lines = [f"{base} --job-id {job_id} {' '.join(combination)}\n" for combination in combinations]
        ran = subprocess.run(
            [sys.executable, "-c", DRIVER], input="".join(lines), capture_output=True, text=True, check=True
        )
        return ran.stdout.split("\0")[:-1]

    return run


@pytest.fixture
def job_id(commands):
    ran = commands.run("report", "--entity-id", commands.root.id, "--max-items", 1)
    return ran.err.partition("--job-id ")[2].split()[0]


def ours(commands, job_id, combination):
    return commands.run("report", "--job-id", job_id, "--output", "json", "--quiet", *combination).out


@pytest.mark.slow
def test_every_sort_key_page_size_and_marker_gives_what_the_aws_cli_gives(commands, cli, job_id):
    first = [options(key, size, None) for key in SORT_KEYS for size in (None, 1, 50, 358, 359, 1000)]
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
