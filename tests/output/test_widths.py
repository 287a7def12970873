"""Every page for people at the widths of terminals: whatever the names, every key is whole on a line."""

import io

import pytest

from exporter.drafts import check, parse
from exporter.inventory import Known, listing, usages
from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    News,
    NewsKind,
    Report,
    ServiceAccess,
    Standing,
    Subject,
)
from exporter.output import (
    Reading,
    advice,
    changes,
    entities_table,
    findings,
    news_table,
    plan_table,
    table,
    usage_table,
)
from exporter.output.table import Sheet
from exporter.plan import plan, prove
from exporter.preflight import Check, tick
from exporter.preflight.check import Result
from exporter.recommend import Case, Member, recommend
from exporter.told import Told
from tests.recommend.cases import DAY, NOW, WISH, scp

NAME = f"\x1b[2J\u202e{'界' * 30} with words, | =cmd() {'unbroken' * 20}"
REGION = "us-gov-secret-10"
POLICY = f"p-{'z' * 60}"
SERVICES = ("s3", "license-manager-linux-subscriptions", f"new-{'service' * 9}")
ACCOUNT = "000000000042"
UNIT = Entity(
    f"ou-{'a' * 32}-{'b' * 32}",
    EntityType.ORGANIZATIONAL_UNIT,
    NAME,
    f"o-{'c' * 32}/r-{'a' * 32}/ou-{'a' * 32}-{'b' * 32}",
    f"r-{'a' * 32}",
)
HERE = Entity(ACCOUNT, EntityType.ACCOUNT, NAME, f"{UNIT.path}/{ACCOUNT}", UNIT.id)
ROWS = tuple(
    ServiceAccess(service, NAME, REGION, HERE.path, NOW - age * DAY, 12)
    for service, age in zip(SERVICES, (1, 200, 300), strict=True)
)
UNUSED = ServiceAccess("kinesisanalytics", NAME)
REPORT = Report(NOW, NOW, 4, 1, (*ROWS, UNUSED))
ATTACHED = tuple(
    scp("Allow", "*", entity=entity, policy=POLICY, name=NAME) for entity in (UNIT.id, UNIT.parent_id)
)
MEMBER = Member(ACCOUNT, NAME, "ACTIVE", NOW - 500 * DAY)
CASE = Case(UNIT, REPORT, (MEMBER,), attached=ATTACHED)


def known():
    entities = (UNIT, HERE)
    standings = {Subject(one.id): Standing(Subject(one.id), REPORT) for one in entities}
    return Known("prod", Discovery("o", "9", "aws", entities), standings)


def pages():
    """Each command's page, and the keys that have to be whole on it."""
    recommended = recommend(CASE, WISH)
    planned = plan([recommended], {})
    draft = parse(
        "draft.json",
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}',
    )
    told = Told(
        "prod", News(Subject(UNIT.id), NewsKind.RETURNED, SERVICES[1], NOW, NOW, 1e7, REGION, ACCOUNT), UNIT
    )
    checks = [
        Check(f"organizations:{'List' * 9}", result, f"by {UNIT.path}", f"allow {UNIT.id}")
        for result in Result
    ]
    report = (UNIT.id, UNIT.path, *SERVICES, REGION, ACCOUNT, UNUSED.namespace)
    return {
        "report": ([table(Reading("prod", Subject(UNIT.id, POLICY), UNIT, REPORT), NOW)], (*report, POLICY)),
        "recommend": ([advice(recommended)], (UNIT.id, *SERVICES, POLICY, UNIT.parent_id)),
        "recommend --diff": ([changes(recommended)], (UNIT.id, *SERVICES[1:])),
        "recommend --all-ous": ([plan_table(planned, prove(planned))], (UNIT.id,)),
        "check-scp": ([findings(check(CASE, draft))], (*SERVICES, REGION, ACCOUNT, UNUSED.namespace)),
        "check-aws": (
            [part for one in checks for part in tick(one, "utf-8")],
            (UNIT.id, UNIT.path, checks[0].name),
        ),
        "entities": ([entities_table(listing(known()), NOW)], (UNIT.id, ACCOUNT, UNIT.path, HERE.path)),
        "who-uses": (
            [usage_table(known(), usages(known(), SERVICES), NOW)],
            (UNIT.id, *SERVICES, REGION, ACCOUNT),
        ),
        "news": ([news_table([told])], (UNIT.id, SERVICES[1], REGION, ACCOUNT)),
    }


PAGES = pages()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("command", PAGES)
def test_every_key_is_whole_on_a_line(command, width):
    renderables, keys = PAGES[command]
    out = io.StringIO()
    Sheet(file=out, width=width).print(*renderables)
    lines = out.getvalue().split("\n")
    assert [key for key in keys if not any(key in line for line in lines)] == []
    assert all(line.isprintable() for line in lines)


def test_what_is_usual_takes_a_line_at_80_columns():
    rows = tuple(row._replace(name="Amazon S3") for row in ROWS)
    report = Report(NOW, NOW, 3, 0, rows)
    out = io.StringIO()
    Sheet(file=out, width=80).print(table(Reading("prod", Subject("x"), None, report), NOW))
    lines = out.getvalue().splitlines()
    assert any(line.split() == ["s3", "1", "d", "ago", "12", REGION, ACCOUNT] for line in lines)
