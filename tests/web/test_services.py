"""The pages of services, and everything as CSV."""

import csv
import gzip
import io
import re
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.model import NewsKind, ServiceAccess, Standing, Subject
from exporter.web import catalogue
from exporter.web.export import cell, pieces
from tests.web.conftest import ACCOUNT, DISCOVERY, EC2, NOW, ROOT, S3, UNIT, report_of
from tests.web.test_landing import Page, entity, tree_of
from tests.web.test_news import news, tell

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
DAY = 86_400.0


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"), newline="")))


def test_every_service_of_an_organization_is_listed_with_its_last_use(server):
    page = Page(server.get("/services").text)
    assert "1 of 2 services are used" in page.text
    assert "Amazon S3s32023-11-14 16 min ago1eu-west-1One 111111111111" in page.text
    assert "Amazon EC2ec2never" in page.text
    assert "/services/s3" in page.links


def test_a_service_is_told_with_who_uses_it_when_where_and_through_whom(server):
    page = Page(server.get("/services/s3").text)
    assert "Used by3 entities" in page.text
    assert "One111111111111account2023-11-14 16 min ago1eu-west-1One 111111111111" in page.text
    assert "Who may use it and never did" not in page.text


def test_a_service_that_nobody_uses_is_told_with_who_may(server):
    text = Page(server.get("/services/ec2").text).text
    assert "Nobody has used it." in text
    assert "Who may use it and never didRoot r-root root" in text


def test_since_when_a_service_is_used_is_told_where_it_is_known(world, serving):
    world.filled()
    tell(world, news(NewsKind.FIRST_USED, at=NOW - 3 * DAY))
    with serving(world) as running:
        assert "first used 2023-11-11" in Page(running.get("/services/s3").text).text


def test_a_use_that_aged_out_of_the_report_is_not_called_never(world, serving):
    world.filled()
    aged = replace(report_of(ACCOUNT.id, services=(EC2,)), last_known={"ec2": NOW - 400 * DAY})
    world.stood(aged)
    with serving(world) as running:
        assert "no longer in the report" in running.get("/services/ec2").text
        assert "not since 2022-10-10" in Page(running.get(f"/entities/{ACCOUNT.id}").text).text


def test_an_earlier_use_is_not_told_in_the_place_of_one_at_no_known_time(world, serving):
    world.filled()
    timeless = EC2._replace(authenticated_entities=2)
    told = replace(report_of(ACCOUNT.id, services=(timeless,)), last_known={"ec2": NOW - 400 * DAY})
    world.stood(told)
    with serving(world) as running:
        assert TIMELESS in Page(running.get(f"/entities/{ACCOUNT.id}").text).text
        assert "no longer in the report" not in running.get("/services/ec2").text


TIMELESS = "at a time that AWS does not tell"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/services", f"Amazon EC2ec2{TIMELESS}"),
        ("/services", "2 of 2 services are used"),
        ("/services/ec2", f"Last used{TIMELESS}"),
        (f"/entities/{ROOT.id}", f"Amazon EC2ec2{TIMELESS}2"),
        ("/?service=ec2&show=used", f"last used {TIMELESS}"),
        ("/?filter=ec2", f"last used {TIMELESS}"),
    ],
)
def test_a_use_at_no_known_time_is_never_called_none(world, serving, path, said):
    world.filled()
    timeless = EC2._replace(authenticated_entities=2)
    world.stood(report_of(ROOT.id, services=(S3, timeless)))
    with serving(world) as running:
        assert said in Page(running.get(path).text).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Root", "Unit", "One"]),
        ("?sort=entity", ["One", "Root", "Unit"]),
        ("?sort=entity&order=descending", ["Unit", "Root", "One"]),
        ("?filter=111111111111", ["One"]),
        ("?filter=nobody", []),
    ],
)
def test_users_are_sorted_and_filtered_as_asked(server, query, found):
    text = server.get(f"/services/s3{query}").text
    assert re.findall(r'<td data-of="Entity"><a [^>]*><bdi>(\w+)', text) == found


@pytest.mark.parametrize("path", ["/services/none", "/services/%0a", "/services/a%2Fb"])
def test_a_service_that_no_report_lists_is_not_found(server, path):
    assert server.get(path).status == 404


def test_every_link_of_these_pages_leads_somewhere(server):
    links = {
        link
        for path in ("/services", "/services/s3", "/services/ec2")
        for link in Page(server.get(path).text).links
    }
    links = {link for link in links if link.startswith("/")}
    assert {link: server.get(link).status for link in links} == dict.fromkeys(links, 200)


def test_links_and_the_search_have_the_path_that_the_world_outside_sees(world, serving):
    with serving(world.filled(), external_url="https://example.org/access", route_prefix="/") as running:
        for path in ("/services", "/services/s3", "/entities/r-root", "/news"):
            text = running.get(path).text
            assert all(link.startswith(("/access/", "?")) for link in Page(text).links)
            assert 'action="/access/"' in text


def test_where_the_root_has_no_report_those_below_it_are_added_up(world, serving):
    world.discovered(replace(DISCOVERY, entities=(UNIT, entity("ou-2", "r-root"))))
    for entity_id, at, count in (("ou-root-unit", NOW - 50, 2), ("ou-2", NOW - 5, 3)):
        used = ServiceAccess("s3", "Amazon S3", "eu-west-1", ACCOUNT.path, at, count)
        world.stood(report_of(entity_id, services=(used,)))
    with serving(world) as running:
        assert re.search('data-of="Accounts">5<', running.get("/services").text)


def test_hostile_names_are_text_on_these_pages(world, serving):
    name = '"><img src=x>'
    world.discovered(tree_of(entity("111111111111", name=name)))
    world.stood(report_of("111111111111", services=(replace_name(S3, name),)))
    with serving(world) as running:
        for path in ("/services", "/services/s3"):
            page = Page(running.get(path).text)
            assert "img" not in page.elements
            assert name in page.text


def replace_name(row, name):
    return row._replace(name=name)


def test_the_file_has_a_row_for_each_service_of_each_entity(server):
    answer = server.get("/export.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "org-access.csv" in answer.headers["Content-Disposition"]
    found = rows_of(answer)
    assert len(found) == 6
    assert found[4] == {
        "organization": "default",
        "entity_id": "'111111111111",
        "entity_name": "One",
        "entity_type": "ACCOUNT",
        "entity_path": ACCOUNT.path,
        "policy_id": "",
        "report_created": "2023-11-14T22:03:20Z",
        "service_namespace": "s3",
        "service_name": "Amazon S3",
        "last_used": "2023-11-14T21:56:40Z",
        "last_known": "",
        "region": "eu-west-1",
        "account_id": "'111111111111",
        "account_name": "One",
        "accounts": "1",
    }
    assert (found[5]["last_used"], found[5]["account_id"]) == ("", "")


def test_an_entity_without_a_report_has_a_row_too(world, serving):
    world.organizations("default", accounts=False)
    world.discovered()
    world.stood(Standing(Subject(ROOT.id)))
    with serving(world) as running:
        found = rows_of(running.get("/export.csv"))
    assert sorted(row["entity_name"] for row in found) == ["One", "Root", "Unit"]
    assert {len(row) for row in found} == {15}
    assert {row["service_namespace"] for row in found} == {""}


def test_names_that_are_formulas_stay_text(world, serving):
    hostile = '=HYPERLINK("http://x")'
    world.discovered(tree_of(entity("000011112222", name=hostile)))
    world.stood(report_of("000011112222", services=(replace_name(S3, "+1"),)))
    with serving(world) as running:
        [row] = rows_of(running.get("/export.csv"))
    assert (row["entity_name"], row["service_name"]) == (f"'{hostile}", "'+1")
    assert row["entity_id"] == "'000011112222"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Payments", "Payments"),
        ("a-b", "a-b"),
        ("3rd team", "3rd team"),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\r=1", "' =1"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("x;=1", "x;'=1"),
        ("000011112222", "'000011112222"),
        ("1-2", "'1-2"),
        ("1E5", "'1E5"),
        ("a\rb\nc\u2028d", "a b c d"),
    ],
)
def test_a_cell_is_what_it_says(value, shown):
    assert next(csv.reader(io.StringIO(cell(value), newline="")), [""]) == [shown]


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n;,\"' a1\uff1d"), max_size=8), st.sampled_from(",;\t"))
def test_no_cell_begins_a_formula_whatever_separates_them(value, separator):
    for read in csv.reader(io.StringIO(cell(value), newline=""), delimiter=separator):
        for field in read:
            assert not field.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d")), read


@pytest.mark.parametrize("path", ["/nothing", "/entities/x", "/services/x", "/?nonsense=1"])
def test_a_browser_is_shown_a_page_with_a_way_back(world, serving, path):
    with serving(world.filled(), route_prefix="/access") as running:
        answer = running.get(f"/access{path}", headers=HTML)
        assert answer.status in {400, 404}
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Content-Security-Policy" in answer.headers
        links = Page(answer.text).links
        assert {link: running.get(link).status for link in links} == dict.fromkeys(links, 200)
        assert running.get(f"/access{path}", headers=HTML, method="HEAD").body == b""


def test_what_was_asked_for_is_text_on_the_page_that_says_it_is_not_there(server):
    answer = server.get("/entities/%3Cimg%20src%3Dx%3E", headers=HTML)
    assert "img" not in Page(answer.text).elements


def test_errors_of_the_api_stay_json_for_a_browser(server):
    assert server.get("/api/v1/reports/x", headers=HTML).json["status"] == "error"


def test_the_way_to_an_entity_and_what_is_below_it_are_told_by_names(server):
    text = server.get(f"/entities/{UNIT.id}").text
    assert re.findall("<li[^>]*>(?:<a [^>]*>)?<bdi>(.*?)</bdi>", text[: text.index("</nav>")]) == [
        "default",
        "Root",
        "Unit",
    ]
    assert "Below it: 1 of 1 in all" in Page(text).text
    assert "One 111111111111 account, 400 of 455 services never used" in Page(text).text


def test_a_filter_keeps_the_order_and_sorting_keeps_the_filter(server):
    text = server.get("/services?sort=region&order=descending&filter=a").text
    assert '<input type="hidden" name="sort" value="region">' in text
    assert '<input type="hidden" name="order" value="descending">' in text
    assert all("filter=a" in link for link in Page(text).links if link.startswith("?"))


def test_the_file_is_the_same_compressed(server):
    plain, packed = (
        server.get("/export.csv", headers={"Accept-Encoding": how}) for how in ("identity", "gzip")
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body


def held(monkeypatch):
    """Exports that wait after their first line until the event is set."""
    go = threading.Event()

    def slow(snapshot):
        first, *others = (line + "\r\n" for text in pieces(snapshot) for line in text.splitlines())
        yield first
        assert go.wait(20)
        yield from others

    monkeypatch.setattr(catalogue, "pieces", slow)
    return go


def begun(running):
    """A client that has the first line."""
    client = running.raw(b"GET /export.csv HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    read = b""
    while b"account_name" not in read:
        read += client.recv(1 << 16)
    return client


def test_a_file_arrives_while_it_is_made_and_all_of_it_is_of_one_moment(world, serving, monkeypatch):
    go = held(monkeypatch)
    with serving(world.filled()) as running:
        client = begun(running)
        assert running.get("/").status == 200
        world.stood(report_of("111111111111", services=(replace_name(S3, "of later"),)))
        go.set()
        rest = running.rest(client)
    assert (rest.count(b"Amazon S3"), b"of later" in rest) == (3, False)


def test_more_exports_than_are_made_at_once_are_refused(world, serving, monkeypatch):
    go = held(monkeypatch)
    monkeypatch.setattr(catalogue, "EXPORTS", 1)
    with serving(world.filled()) as running:
        client = begun(running)
        refused = running.get("/export.csv")
        assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
        go.set()
        assert b"Amazon S3" in running.rest(client)
        assert running.get("/export.csv").status == 200


def test_a_client_that_leaves_makes_room(world, serving, monkeypatch):
    go = held(monkeypatch)
    monkeypatch.setattr(catalogue, "EXPORTS", 1)
    with serving(world.filled()) as running:
        begun(running).close()
        go.set()
        assert any(running.get("/export.csv").status == 200 for _ in range(1000))
