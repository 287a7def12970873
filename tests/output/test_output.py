import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporter.model import Entity, EntityType, Report, ServiceAccess, Subject
from exporter.output import Reading, console, many_documents, spreadsheet, table, textfile
from exporter.output.formats import COLUMNS
from exporter.output.usage import ago

NOW = 1_790_000_000.0
UNIT = Entity("ou-ab12-cdefghij", EntityType.ORGANIZATIONAL_UNIT, "Unit", "o-a/r-b/ou-ab12-cdefghij", "r-b")


def reading(*rows, entity=UNIT, policy_id="", **more):
    report = Report(NOW - 60, NOW - 50, len(rows), 0, rows)
    return Reading("org", Subject(UNIT.id, policy_id), entity, report, **more)


def shown(one, **options):
    out = io.StringIO()
    console(out).print(table(one, NOW, **options))
    return out.getvalue()


def order(text, *names):
    return sorted(names, key=lambda name: text.index(f"  {name} "))


rows = st.builds(
    ServiceAccess,
    namespace=st.text(),
    name=st.text(),
    region=st.text(),
    entity_path=st.text(),
    last_authenticated=st.none() | st.floats(0, 4e9),
    authenticated_entities=st.none() | st.integers(),
)


@given(st.lists(rows, max_size=5))
def test_whatever_a_report_holds_csv_gives_back(given_rows):
    text = spreadsheet([reading(*given_rows)])
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == list(COLUMNS)
    assert [(row[5], row[6]) for row in read[1:]] == [(row.namespace, row.name) for row in given_rows]


def test_what_aws_says_of_a_service_never_used_is_not_a_use_in_csv():
    (row,) = csv.DictReader(io.StringIO(spreadsheet([reading(ServiceAccess("iam", "IAM", "us-east-1"))])))
    assert (row["accessed"], row["access_region"]) == ("false", "")


def test_a_use_at_no_known_time_is_a_use():
    one = reading(ServiceAccess("iam", "IAM", authenticated_entities=2))
    assert "at no known time" in shown(one)
    (row,) = csv.DictReader(io.StringIO(spreadsheet([one])))
    assert (row["accessed"], row["last_authenticated"]) == ("true", "")


def test_the_latest_use_comes_first():
    page = shown(
        reading(ServiceAccess("a", last_authenticated=1.0), ServiceAccess("b", last_authenticated=2.0))
    )
    assert order(page, "a", "b") == ["b", "a"]


def test_awss_order_is_kept_on_request():
    uses = ServiceAccess("a", last_authenticated=1.0), ServiceAccess("b", last_authenticated=2.0)
    assert order(shown(reading(*uses), in_order=True), "a", "b") == ["a", "b"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (59, "just now"),
        (3600, "1 h ago"),
        (90_000, "1 d 1 h ago"),
        (86400 * 400, "400 days ago"),
    ],
)
def test_a_use_is_told_in_words(seconds, words):
    assert ago(seconds) == words


def test_a_name_cannot_command_a_terminal():
    hostile = Entity(UNIT.id, UNIT.type, "x\x1b[2Jy", UNIT.path)
    assert "\x1b" not in shown(reading(entity=hostile))


def test_a_name_is_no_markup():
    odd = Entity(UNIT.id, UNIT.type, "[red]x[/red] :smile:", UNIT.path)
    assert "[red]x[/red] :smile:" in shown(reading(entity=odd))


def test_a_textfile_has_what_metrics_have_but_no_ages():
    families = list(
        text_string_to_metric_families(textfile([reading(ServiceAccess("s3", "S3", last_authenticated=5.0))]))
    )
    samples = {sample.name: sample for family in families for sample in family.samples}
    last = samples["aws_org_access_service_last_authenticated_timestamp_seconds"]
    assert (last.value, last.labels["entity_id"]) == (5.0, UNIT.id)
    assert not any(name.endswith("_age_seconds") for name in samples)


def test_several_documents_say_what_each_was_asked_for():
    one = reading(policy_id="p-12345678", document={"JobStatus": "COMPLETED"})
    assert '"OrganizationsPolicyId": "p-12345678"' in many_documents([one])
    assert f'"EntityPath": "{UNIT.path}"' in many_documents([one])
