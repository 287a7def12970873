"""Reports as one file for mail."""

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.model import Entity, EntityType, Report, ServiceAccess, Subject
from exporter.output import Leaf, Reading, paper
from exporter.recommend import Case, Member, Wish, recommend
from tests.web.test_landing import Page

NOW = 1_700_000_000.0
DAY = 86_400.0
USED = ServiceAccess("s3", "Amazon S3", "eu-west-1", "o-a/r-a/ou-a/111111111111", NOW - DAY, 1)
REPORT = Report(NOW, NOW, 3, 2, (USED, ServiceAccess("robomaker"), ServiceAccess("iam")))


def leaf(name="Unit", advice=None, entity_id="ou-a"):
    entity = Entity(entity_id, EntityType.ORGANIZATIONAL_UNIT, name, "o-a/r-a/ou-a", "r-a")
    member = Member("111111111111", f"account of {name}", "ACTIVE", NOW - 900 * DAY, "")
    case = Case(entity, REPORT, (member,), names={member.id: member.name, entity.id: name})
    reading = Reading("prod", Subject(entity_id), entity, REPORT)
    return Leaf(reading, recommend(case, Wish(90 * DAY)) if advice is None else advice)


def test_a_file_has_evidence_and_the_policy():
    text = Page(paper([leaf()], NOW, "1.2")).text
    for said in (
        "One policy denies 1 services",
        '"robomaker:*"',
        "Amazon S3s32023-11-131eu-west-1account of Unit 111111111111",
        "robomakerrobomakernever",
        "AWS organization prod; written 2023-11-14 22:13 UTC by org-access-exporter 1.2",
    ):
        assert said in text


def test_a_use_at_no_known_time_is_not_called_never():
    timeless = ServiceAccess("sqs", authenticated_entities=2)
    reading = Reading("prod", Subject("ou-a"), None, replace(REPORT, services=(timeless,)))
    assert "sqssqsat a time that AWS does not tell2" in Page(paper([Leaf(reading, "")], NOW, "1.2")).text


def test_nothing_in_it_is_loaded_or_runs():
    text = paper([leaf()], NOW, "1.2")
    page = Page(text)
    assert page.elements.isdisjoint({"script", "img", "iframe", "form", "button", "details"})
    assert page.links == []
    assert re.search('content="default-src &#x27;none&#x27;; style-src &#x27;sha256-', text)


def test_several_reports_begin_with_what_there_is():
    text = paper([leaf("One"), leaf("Two", "No policy: x <y>.", "ou-b")], NOW, "1.2")
    page = Page(text)
    assert page.links == ["#e1", "#e2"]
    assert set(re.findall('id="(e[0-9])"', text)) == {"e1", "e2"}
    assert "Oneou-a321Twoou-b32" in page.text
    assert "No policy: x <y>." in page.text


def test_a_report_of_a_job_made_elsewhere_is_a_file_too():
    reading = Reading("prod", Subject("11112222-3333"), None, replace(REPORT, accessible=None))
    assert "job 11112222-3333" in Page(paper([Leaf(reading, "None.")], NOW, "1.2")).text


any_text = st.text(st.characters(codec=None), max_size=30)


@settings(max_examples=40)
@given(any_text, any_text, any_text)
def test_any_names_give_a_well_formed_file(name, reason, namespace):
    hostile = ServiceAccess(namespace, name, reason, reason, NOW, 1)
    reading = replace(leaf(name).reading, report=replace(REPORT, services=(hostile,)), organization=name)
    page = Page(paper([Leaf(reading, reason), leaf(name)], NOW, "1.2"))
    assert page.open == []
    assert page.elements.isdisjoint({"script", "img", "iframe"})
