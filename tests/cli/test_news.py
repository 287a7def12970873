"""What changed, from the state, on the command line."""

import contextlib
import csv
import io
import json
import time
from dataclasses import replace

import pytest

from exporter.__main__ import main
from exporter.model import NO_NEWS, Discovery, Entity, EntityType, News, NewsKind, Standing, Subject, tallied
from exporter.store import open_store

NOW = time.time()
DAY = 86_400.0
ACCOUNT = Entity(
    "111111111111", EntityType.ACCOUNT, "Payments", "o-exampleorg/r-exam/111111111111", "r-exam", "ACTIVE"
)


def news(kind, namespace, told, after=None, by=ACCOUNT.id):
    used = ("eu-west-1", by, f"Amazon {namespace.upper()}")
    return News(Subject(ACCOUNT.id), kind, namespace, told - 4000, told, after, *used)


RETURNED = news(NewsKind.RETURNED, "s3", NOW - 600, 100 * DAY)
FIRST = news(NewsKind.FIRST_USED, "ec2", NOW - 2 * DAY)


@pytest.fixture
def url(tmp_path):
    """A state that an exporter uses, with news of two days."""
    address = f"sqlite:///{tmp_path}/state.db"
    store = open_store(address)
    lease = store.acquire("default")
    for piece in (FIRST, RETURNED):
        store.keep(lease, Standing(piece.subject), (piece,), tallied(NO_NEWS, (piece,)))
    store.discovered(lease, Discovery("o-exampleorg", "999999999999", "aws", (ACCOUNT,)))
    yield address
    store.close()


@pytest.fixture
def tell(url, capsys):
    def run(*words):
        code = main(["news", "--state.url", url, *words])
        return code, capsys.readouterr().out

    return run


def test_a_table_has_a_row_for_each_piece_newest_first(tell):
    code, out = tell()
    head, *rows = out.splitlines()
    assert code == 0
    assert head.split()[:3] == ["TOLD", "WHAT", "SERVICE"]
    assert [("s3" in row, "ec2" in row) for row in rows] == [(True, False), (False, True)]
    assert "Payments" in rows[0]
    assert "100 d" in rows[0]


def test_json_is_what_the_api_tells(tell):
    found = json.loads(tell("--output", "json")[1])["news"]
    assert [(one["kind"], one["entity_name"], one["account_name"]) for one in found] == [
        ("returned", "Payments", "Payments"),
        ("first_used", "Payments", "Payments"),
    ]


def test_csv_has_the_same_fields(tell):
    rows = list(csv.DictReader(io.StringIO(tell("--output", "csv")[1])))
    assert [row["service_namespace"] for row in rows] == ["s3", "ec2"]
    assert rows[0].keys() == json.loads(tell("--output", "json")[1])["news"][0].keys()
    assert rows[1]["unused_seconds"] == ""


@pytest.mark.parametrize(
    ("words", "services"),
    [
        (["--since", "1d"], ["s3"]),
        (["--kind", "first_used"], ["ec2"]),
        (["--entity", "payments"], ["s3", "ec2"]),
        (["--entity", ACCOUNT.id], ["s3", "ec2"]),
        (["--entity", "1111-1111-1111"], ["s3", "ec2"]),
        (["--entity", f"{ACCOUNT.path}/"], ["s3", "ec2"]),
        (
            ["--entity", f"arn:aws:organizations::999999999999:account/o-exampleorg/{ACCOUNT.id}"],
            ["s3", "ec2"],
        ),
        (["--service", "amazon s3"], ["s3"]),
        (["--organization", "default"], ["s3", "ec2"]),
        (["--since", "1s"], []),
    ],
)
def test_what_is_wanted_is_told(tell, words, services):
    found = json.loads(tell(*words, "--output", "json")[1])["news"]
    assert [one["service_namespace"] for one in found] == services


@pytest.mark.parametrize(
    "entity", ["Paymets", "333333333333", "arn:aws:iam::111111111111:root", "ou-exam-00000000"]
)
def test_an_entity_that_is_not_there_is_an_error_and_not_silence(tell, entity):
    assert tell("--entity", entity) == (1, "")


def test_an_account_that_left_is_called_by_its_id(tmp_path, capsys):
    address, root = f"sqlite:///{tmp_path}/left.db", replace(ACCOUNT, id="r-exam", path="o-exampleorg/r-exam")
    with contextlib.closing(open_store(address)) as store:
        piece = replace(news(NewsKind.FIRST_USED, "iam", NOW, by="222222222222"), subject=Subject("r-exam"))
        lease = store.acquire("default")
        store.keep(lease, Standing(piece.subject), (piece,), tallied(NO_NEWS, (piece,)))
        store.discovered(lease, Discovery("o-exampleorg", "999999999999", "aws", (root,)))
    assert main(["news", "--state.url", address, "--entity", "222222222222"]) == 0
    assert "iam" in capsys.readouterr().out


def test_no_news_is_said(tell):
    assert tell("--since", "1s") == (0, "nothing is told\n")
    assert tell("--service", "iam") == (0, "nothing is told of that\n")


@pytest.mark.parametrize("words", [["--kind", "used"], ["--since", "long"], ["--output", "xml"]])
def test_what_cannot_be_wanted_is_a_misuse(tell, words):
    assert tell(*words)[0] == 2


def test_a_state_that_is_not_there_is_told(tmp_path, capsys):
    assert main(["news", "--state.url", f"sqlite:///{tmp_path}/none.db"]) == 1
    assert "no such file" in capsys.readouterr().err
