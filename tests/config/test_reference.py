import json
import re
from pathlib import Path

import pytest
import yaml

from exporter.config import json_schema, load, masked, reference

EVERY_KEY = Path(__file__).parent / "testdata" / "protect.ok.yml"
PUBLISHED = Path(__file__).parents[2] / "docs" / "config.schema.json"


def properties(schema):
    for part in [schema, *schema.get("$defs", {}).values()]:
        for name, body in part.get("properties", {}).items():
            yield f"{part.get('title')}.{name}", body


def paths(data, prefix=""):
    for key, value in data.items():
        yield prefix + key
        inner = value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else value
        if isinstance(inner, dict):
            yield from paths(inner, f"{prefix}{key}{'[]' if inner is not value else ''}.")


def test_the_published_schema_is_up_to_date():
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == json_schema()


@pytest.mark.parametrize(("name", "body"), list(properties(json_schema())))
def test_every_field_of_the_schema_is_described(name, body):
    assert body["description"].endswith(".")


def test_no_part_of_the_schema_takes_unknown_keys():
    parts = [json_schema(), *json_schema()["$defs"].values()]
    assert all(part["additionalProperties"] is False for part in parts if part.get("type") == "object")


def test_every_pattern_of_the_schema_is_a_regular_expression():
    patterns = re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(json_schema()))
    assert patterns
    assert all(re.compile(json.loads(pattern)) for pattern in patterns)


def test_the_reference_has_every_key_in_the_order_of_the_file():
    assert [row.path for row in reference()] == list(paths(masked(load(EVERY_KEY))))


def test_every_key_of_the_reference_has_a_type_and_a_description():
    assert all(row.type and row.description for row in reference())


def test_the_reference_shows_defaults_as_yaml():
    defaults = {row.path: yaml.safe_load(row.default) for row in reference() if row.default}
    assert defaults["organizations[].targets.root.services"] == "all"
    assert defaults["organizations[].account_states"] == ["ACTIVE"]


def test_the_reference_calls_types_and_defaults_by_their_words():
    rows = {row.path: row for row in reference()}
    shown = {
        path: (rows[path].type, rows[path].default)
        for path in (
            "organizations",
            "organizations[].targets",
            "organizations[].targets.root.enabled",
            "organizations[].job_ids",
            "organizations[].account_states",
            "collection.slot_share",
        )
    }
    assert shown == {
        "organizations": ("list of mappings", ""),
        "organizations[].targets": ("mapping", ""),
        "organizations[].targets.root.enabled": ("boolean", "true"),
        "organizations[].job_ids": ("list of job ids", "[]"),
        "organizations[].account_states": ("list of account states", "[ACTIVE]"),
        "collection.slot_share": ("number", "1.0"),
    }
