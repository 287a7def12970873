"""The recommended policy on an entity's page: made beside the requests."""

import json
import re
import threading
from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from exporter import __version__
from exporter.cli.recommend import recommend as command
from exporter.config import Protection
from exporter.config.durations import parse_duration
from exporter.counsel import case_of
from exporter.model import EntityType, Subject
from exporter.recommend import UNUSED_FOR, Wish, policy_texts, recommend
from exporter.web import advisor
from tests.web.conftest import DISCOVERY, EC2, NOW, S3, report_of
from tests.web.test_landing import Page

DAY = 86_400
UNIT = "ou-root-unit"
UNUSED = tuple(
    S3._replace(
        namespace=name, name=name.upper(), last_authenticated=None, authenticated_entities=0, entity_path=""
    )
    for name in ("ec2", "sagemaker", "robomaker")
)


def years(discovery):
    """The same, where accounts are members for two years."""
    entities = (
        replace(each, joined=NOW - 730 * DAY) if each.id.isdigit() else each for each in discovery.entities
    )
    return replace(discovery, entities=tuple(entities))


@pytest.fixture
def tree(world):
    """One account, a member for two years, below a unit."""
    world.discovered(years(DISCOVERY))
    for entity in DISCOVERY.entities:
        world.stood(report_of(entity.id, services=(S3, *UNUSED), accessible=4, not_accessed=3))
    return world


def policies(text):
    return [
        json.loads(unescape(each))
        for each in re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", text, re.DOTALL)
    ]


def test_the_page_has_the_policy_that_is_recommended_from_what_is_known(tree, serving):
    view = tree.publication.current.organization("default")
    unit = next(each for each in view.discovery.entities if each.id == UNIT)
    found = recommend(case_of(view, unit, NOW, __version__), Wish(UNUSED_FOR))
    with serving(tree) as running:
        text = running.get(f"/entities/{UNIT}").text
    assert policies(text) == [json.loads(each) for each in policy_texts(found)]
    assert policies(text)[0]["Statement"][0]["Action"] == ["ec2:*", "robomaker:*", "sagemaker:*"]
    assert "Allowed4, then 1Never used3, then 0" in Page(text).text


def test_a_command_in_a_note_is_told_as_one(tree, serving):
    with serving(tree) as running:
        assert (
            "<code>org-access-exporter recommend</code> reads them" in running.get(f"/entities/{UNIT}").text
        )


def test_a_protected_service_is_not_denied(tree, serving):
    def protections(name):
        return (Protection("sagemaker", f"planned in {name}"), Protection("ec2", "", date(2001, 1, 1)))

    with serving(tree, protections=protections) as running:
        text = running.get(f"/entities/{UNIT}").text
    assert policies(text)[0]["Statement"][0]["Action"] == ["ec2:*", "robomaker:*"]
    assert "planned in default" in text


def test_an_account_that_is_young_is_no_evidence(tree, serving):
    view = tree.publication.current.organization("default")
    young = tuple(replace(each, joined=NOW - DAY) for each in view.discovery.entities)
    tree.discovered(replace(view.discovery, entities=young))
    with serving(tree) as running:
        text = running.get(f"/entities/{UNIT}").text
    assert (policies(text), "Nothing to deny" in text) == ([], True)


def test_a_use_that_a_newer_report_from_below_tells_of_is_not_denied(tree, serving):
    used = EC2._replace(last_authenticated=NOW - 10, authenticated_entities=1)
    tree.stood(report_of("111111111111", created=NOW - 5, services=(used,)))
    with serving(tree) as running:
        actions = policies(running.get(f"/entities/{UNIT}").text)[0]["Statement"][0]["Action"]
    assert actions == ["robomaker:*", "sagemaker:*"]


def test_no_policy_is_recommended_for_what_none_binds(world, serving):
    management = replace(DISCOVERY.entities[-1], type=EntityType.MANAGEMENT_ACCOUNT)
    world.discovered(replace(DISCOVERY, entities=(*DISCOVERY.entities[:-1], management)))
    world.stood(report_of("111111111111", services=UNUSED))
    with serving(world) as running:
        assert "Recommended" not in running.get("/entities/111111111111").text


def test_a_page_does_not_wait_for_what_takes_long_and_has_it_later(tree, serving, monkeypatch):
    ready = threading.Event()

    def slow(*arguments):
        assert ready.wait(20)
        return case_of(*arguments)

    monkeypatch.setattr(advisor, "case_of", slow)
    with serving(tree) as running:
        early = running.get(f"/entities/{UNIT}").text
        ready.set()
        late = next(text for _ in range(1000) if policies(text := running.get(f"/entities/{UNIT}").text))
    assert ("It is being worked out" in early, policies(early)) == (True, [])
    assert len(policies(late)) == 1


def test_what_was_worked_out_is_kept_until_there_is_another_report(tree, serving, monkeypatch):
    made = []
    monkeypatch.setattr(advisor, "case_of", lambda *given: made.append(given[1].id) or case_of(*given))
    with serving(tree) as running:
        for _ in range(3):
            running.get(f"/entities/{UNIT}")
        assert made == [UNIT]
        tree.stood(report_of(UNIT, created=NOW - 1, services=UNUSED))
        running.get(f"/entities/{UNIT}")
        assert made == [UNIT] * 2
        tree.moment += advisor.LASTS
        running.get(f"/entities/{UNIT}")
    assert made == [UNIT] * 3


def test_only_the_last_ones_are_kept(tree, serving, monkeypatch):
    made = []
    monkeypatch.setattr(advisor, "MOST", 1)
    monkeypatch.setattr(advisor, "case_of", lambda *given: made.append(given[1].id) or case_of(*given))
    with serving(tree) as running:
        for entity_id in (UNIT, "r-root", UNIT):
            running.get(f"/entities/{entity_id}")
    assert made == [UNIT, "r-root", UNIT]


def test_a_protection_of_a_service_that_does_not_exist_is_told(tree, serving):
    with serving(tree, protections=lambda _: (Protection("sagemakr", "x"),)) as running:
        assert "no such service is listed" in running.get(f"/entities/{UNIT}").text


@pytest.mark.parametrize(
    ("path", "uid"),
    [
        ("/", "overview?"),
        (f"/entities/{UNIT}", f"entity?var-organization=default&amp;var-entity={UNIT}"),
        ("/services/ec2", "service?var-service=ec2"),
    ],
)
def test_pages_lead_to_their_dashboards(tree, serving, path, uid):
    with serving(tree, grafana_url="https://grafana.example.org") as running:
        assert f'href="https://grafana.example.org:443/d/org-access-{uid}"' in running.get(path).text


def test_a_subject_without_a_report_has_no_recommendation(world, serving):
    world.discovered()
    assert world.publication.current.organization("default").standings.get(Subject(UNIT)) is None
    with serving(world) as running:
        assert "Recommended" not in running.get(f"/entities/{UNIT}").text


def test_a_page_takes_the_time_without_a_use_that_the_command_takes():
    flag = next(one for one in command.params if "--unused-for" in one.opts)
    assert parse_duration(flag.default) == UNUSED_FOR
