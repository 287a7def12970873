import io
from contextlib import closing

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws
from rich.console import Console

from exporter.config import default
from exporter.model import Discovery, Entity, EntityType
from exporter.output import console
from exporter.output.table import Sheet
from exporter.permissions.statements import TABLE
from exporter.preflight import Check, passed, tick
from exporter.preflight.check import Result
from exporter.preflight.organization import load_check
from exporter.preflight.run import state_checks, table_checks
from exporter.store import open_store

ROOT = Entity("r-root", EntityType.ROOT, "Root", "o-org/r-root")
URL = "dynamodb://reports?region=eu-west-1"


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


class FakeTable:
    """A client of DynamoDB for which some operations end in an error."""

    def __init__(self, **errors):
        self._errors = errors

    def __getattr__(self, method):
        def call(**_):
            if method in self._errors:
                raise self._errors[method]
            return {}

        return call


def refusal(operation, code):
    return ClientError({"Error": {"Code": code, "Message": "told"}}, operation)


def test_a_sweep_is_estimated_from_what_the_report_on_the_root_took():
    check = load_check(default().organizations[0], Discovery("o", "9", "aws", (ROOT,)), 10.0)
    assert (check.result, check.detail.partition(";")[0]) == (Result.OK, "1 reports in about 10 s")


@pytest.mark.parametrize(
    ("share", "result", "takes"), [(0.5, Result.OK, "20 s"), (0.001, Result.WARNING, "2 h 46 min")]
)
def test_a_sweep_takes_longer_where_others_are_left_their_share(share, result, takes):
    check = load_check(default().organizations[0], Discovery("o", "9", "aws", (ROOT,)), 10.0, share)
    assert check.result is result
    assert f"about {takes};" in check.detail
    assert "(slot_share)" in check.detail


def test_more_than_the_slot_can_make_is_a_warning():
    entities = tuple(
        Entity(f"{number:012}", EntityType.ACCOUNT, "", f"o/r/{number:012}", "r") for number in range(20_000)
    )
    check = load_check(default().organizations[0], Discovery("o", "9", "aws", entities), 9.0)
    assert check.result is Result.WARNING
    assert "refresh" in check.remedy


@mock_aws
def test_a_table_that_may_be_used_passes_and_nothing_is_written():
    store = open_store(URL, create=True)
    found = state_checks(URL)
    assert {check.permission for check in found} == set(TABLE)
    assert {check.result for check in found} == {Result.OK}
    assert dict(store.recall("check-aws").standings) == {}
    store.close()


@mock_aws
def test_a_table_that_is_not_there_is_told_once():
    (check,) = state_checks(URL)
    assert check.result is Result.FAILED
    assert "--state.create" in check.remedy


@pytest.mark.parametrize("permission", TABLE)
def test_a_permission_on_the_table_that_is_missing_is_named(permission):
    operation = permission.partition(":")[2]
    method = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation)[1:]
    client = FakeTable(**{method: refusal(operation, "AccessDeniedException")})
    failed = [check for check in table_checks("reports", client) if check.result is Result.FAILED]
    assert [check.permission for check in failed] == [permission]


def test_a_write_that_its_condition_holds_back_is_allowed():
    held = refusal("PutItem", "ConditionalCheckFailedException")
    found = table_checks("reports", FakeTable(put_item=held, update_item=held, delete_item=held))
    assert {check.result for check in found} == {Result.OK}


def test_a_table_that_cannot_be_reached_is_no_missing_permission():
    lost = EndpointConnectionError(endpoint_url="x")
    found = table_checks("reports", FakeTable(query=lost))
    assert Result.FAILED not in {check.result for check in found}
    assert Result.UNKNOWN in {check.result for check in found}
    assert not passed(found)


@pytest.mark.parametrize(("url", "result"), [("memory:", Result.OK), ("dynamodb://x?a=b", Result.FAILED)])
def test_other_states_are_told(url, result):
    (check,) = state_checks(url)
    assert check.result is result


def test_a_file_that_is_not_there_yet_is_no_trouble_and_not_made(tmp_path):
    (check,) = state_checks(f"sqlite:///{tmp_path}/state.db")
    assert (check.result, list(tmp_path.iterdir())) == (Result.OK, [])


def test_a_file_that_an_exporter_uses_is_looked_at(tmp_path):
    url = f"sqlite:///{tmp_path}/state.db"
    with closing(open_store(url)):
        (check,) = state_checks(url)
    assert (check.result, "can be read" in check.detail) == (Result.OK, True)


def test_a_file_that_is_no_state_is_told(tmp_path):
    (tmp_path / "state.db").write_text("organizations:")
    (check,) = state_checks(f"sqlite:///{tmp_path}/state.db")
    assert (check.result, "not a state of this program" in check.detail) == (Result.FAILED, True)


def test_where_there_are_no_ticks_there_are_words():
    out = io.StringIO()
    checks = [Check("a", Result.OK, "fine"), Check("b", Result.FAILED, "x\x1b[2J", "mend it")]
    for check in checks:
        console(out).print(*tick(check, "ascii"))
    assert out.getvalue() == "  ok   a: fine\n  FAIL b: x [2J\n       -> mend it\n"


def test_nothing_is_lost_or_cut_on_a_terminal_of_80_columns():
    out = io.StringIO()
    words = [f"word{number}" for number in range(60)]
    check = Check("organizations:ListOrganizationalUnitsForParent", Result.UNKNOWN, " ".join(words), "mend")
    Console(file=out, width=80).print(*tick(check, "utf-8"))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert [word for word in out.getvalue().split() if word.startswith("word")] == words
    assert "? organizations:ListOrganizationalUnitsForParent: not checked: word0" in " ".join(
        out.getvalue().split()
    )


def test_a_configuration_that_leaves_nothing_to_report_on_is_no_success():
    check = load_check(default().organizations[0], Discovery("o", "9", "aws", ()), 10.0)
    assert (check.result, check.remedy.partition(",")[0]) == (Result.FAILED, "widen include")


def test_lines_after_the_first_of_a_check_stand_under_its_words_and_no_arn_is_broken():
    out = io.StringIO()
    arn = f"arn:aws:iam::999999999999:role/{'long' * 20}"
    check = Check("role", Result.FAILED, f"AssumeRole: {arn} is not allowed to", "allow it " * 12)
    Sheet(file=out, width=60).print(*tick(check, "utf-8"))
    lines = out.getvalue().splitlines()
    assert arn in out.getvalue()
    assert {line[:4] for line in lines[1:]} == {"    "}
    assert [line for line in lines if len(line) > 60] == [f"    {arn}"]
