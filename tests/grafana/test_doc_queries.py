"""Queries that the documentation shows, over what a Prometheus has: replicas, renamings, SCP reports."""

import json
import re
import subprocess
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
QUERIES = [
    query
    for page in sorted(DOCS.rglob("*.md"))
    for query in re.findall(
        r"^```promql\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
]
OU = 'organization="prod", entity_id="ou-exam-12345678"'
ACCOUNT = 'organization="prod", entity_id="123456789012"'
ATHENA = 'service_namespace="athena"'
USE = f'{ACCOUNT}, {ATHENA}, access_region="us-east-1", accessed_from="123456789012"'
# One exporter under two addresses, and its replica. The replica knows the names of yesterday.
WHERE = {'instance="a"': "new", 'instance="localhost"': "new", 'instance="b"': "old"}
SERIES = {
    f"service_authenticated_entities{{{OU}, {ATHENA}": "0",
    f'service_authenticated_entities{{{OU}, {ATHENA}, policy_id="p-12345678"': "3",
    f'service_authenticated_entities{{{OU}, service_namespace="s3"': "2",
    f'entity_info{{{OU}, entity_type="ORGANIZATIONAL_UNIT", entity_name="NAME"': "1",
    f'entity_info{{{ACCOUNT}, entity_type="ACCOUNT", entity_name="NAME", entity_path="NAME"': "1",
    f'service_info{{{ATHENA}, service_name="NAME"': "1",
    f"service_returned_after_seconds{{{USE}": "20000000",
    f"service_returned_after_seconds{{{USE.replace('athena', 'glue')}": "10000000",
    f"report_generated_timestamp_seconds{{{ACCOUNT}": "600",
    f'report_generated_timestamp_seconds{{{ACCOUNT}, policy_id="p-12345678"': "3500",
    f"report_generated_timestamp_seconds{{{OU}": "0",
    'refresh_interval_seconds{organization="prod", target="accounts"': "900",
}
UNUSED = f"{{{OU}, {ATHENA}"
EXPECTED = [
    {f"{UNUSED}}}": 0.0},
    {f'{UNUSED}, entity_name="NAME", service_name="NAME"}}': 0.0},
    {f"{{{USE}}}": 20_000_000.0},
    {f"{{{ACCOUNT}}}": 3000.0},
]


def test_every_query_of_the_documentation_is_tried():
    assert len(QUERIES) == len(EXPECTED)


@pytest.mark.tool("promtool")
@pytest.mark.parametrize("number", range(len(EXPECTED)))
def test_a_query_counts_nothing_twice_and_joins_any_name(tool, tmp_path, number):
    told = [{"labels": labels, "value": value} for labels, value in EXPECTED[number].items()]
    nameless = QUERIES[number]
    # Which of two names is shown does not matter; that one is, does.
    for name in ("entity_name", "service_name"):
        nameless = f'label_replace({nameless}, "{name}", "NAME", "{name}", "(old|new)")'
    series = [
        {"series": f"aws_org_access_{start}, {where}}}".replace("NAME", name), "values": f"{value}x120"}
        for start, value in SERIES.items()
        for where, name in WHERE.items()
    ]
    test = {
        "interval": "1m",
        "input_series": series,
        "promql_expr_test": [{"expr": nameless, "eval_time": "1h", "exp_samples": told}],
    }
    path = tmp_path / "test.yml"
    path.write_text(json.dumps({"rule_files": [], "evaluation_interval": "1m", "tests": [test]}))
    done = subprocess.run(
        [tool("promtool"), "test", "rules", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
