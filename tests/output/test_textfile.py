"""Reports side by side in the directory of a real node_exporter's textfile collector."""

import contextlib
import re
import subprocess

import pytest

from exporter.model import Entity, EntityType, JobStatus, JobView, Report, ServiceAccess, Subject
from exporter.output import Reading, textfile
from tests.end_to_end.conftest import get, wait_for

ROWS = (ServiceAccess("s3", "Amazon S3", last_authenticated=5.0), ServiceAccess("iam", "AWS IAM"))
UNITS = [
    Entity(f"ou-ab12-{i}", EntityType.ORGANIZATIONAL_UNIT, f"Unit\r{i}", f"o/r/ou-ab12-{i}") for i in "12"
]


def reading(entity, policy_id=""):
    report = Report(1.0, 2.0, 2, 1, ROWS)
    job = JobView(JobStatus.COMPLETED, 1.0, 2.0)
    return Reading("prod", Subject(entity.id, policy_id), entity, report, job)


READINGS = [*map(reading, UNITS), reading(UNITS[0], "p-one"), reading(UNITS[0], "p-two")]


@contextlib.contextmanager
def node_exporter(program, directory):
    """The address of one that has nothing but these files."""
    command = [
        program,
        "--collector.disable-defaults",
        "--web.disable-exporter-metrics",
        "--collector.textfile",
        f"--collector.textfile.directory={directory}",
        "--web.listen-address=127.0.0.1:0",
    ]
    log = directory / "log"
    with log.open("w") as out:
        process = subprocess.Popen(command, stderr=out, stdout=out)
        try:
            found = wait_for(
                lambda: re.search(r"address=(127\.0\.0\.1:\d+)", log.read_text()), "node_exporter"
            )
            yield f"http://{found[1]}/metrics"
        finally:
            process.terminate()
            process.wait(30)


def samples(text):
    return {line for line in text.split("\n") if line.startswith("aws_org_access_")}


@pytest.mark.tool("node_exporter")
def test_files_of_several_entities_and_policies_stand_side_by_side(tool, tmp_path):
    texts = [textfile([each]) for each in READINGS]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.prom").write_text(text, encoding="utf-8")
    with node_exporter(tool("node_exporter"), tmp_path) as address:
        status, page = get(address)
    assert status == 200
    assert "node_textfile_scrape_error 0" in page
    expected = [canonical(line) for text in texts for line in samples(text)]
    assert len(expected) == len(set(expected))
    assert {canonical(line) for line in samples(page)} == set(expected)


def canonical(line):
    """A sample whatever the order of its labels."""
    name, labels, value = re.fullmatch(r"([a-z_]+)\{(.*)\} (\S+)", line).groups()
    return name, frozenset(re.findall(r'[a-z_]+="(?:[^"\\]|\\.)*"', labels)), float(value)
