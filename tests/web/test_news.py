"""What changed: as a page, a feed and JSON."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from exporter.model import NO_NEWS, Discovery, News, NewsKind, Subject, tallied
from tests.web.conftest import ACCOUNT, NOW, ROOT, UNIT, report_of

DAY = 86_400.0
ATOM = "{http://www.w3.org/2005/Atom}"


def news(kind=NewsKind.RETURNED, entity=ACCOUNT, *, told=NOW - 600, at=NOW - 4000, **more):
    after = 100 * DAY if kind is NewsKind.RETURNED else None
    used = {"region": "eu-west-1", "account_id": ACCOUNT.id} if kind.is_use else {}
    return News(
        Subject(entity.id),
        kind,
        **{"namespace": "s3", "name": "Amazon S3", "at": at, "told": told, "after": after, **used, **more},
    )


RETURNED = news()
FIRST = news(
    NewsKind.FIRST_USED, UNIT, told=NOW - 2 * DAY, at=NOW - 2 * DAY - 60, namespace="ec2", name="Amazon EC2"
)
ALLOWED = news(
    NewsKind.NEWLY_ACCESSIBLE, ROOT, told=NOW - 3 * DAY, at=NOW - 3 * DAY, namespace="iam", name="AWS IAM"
)
ALL = (RETURNED, FIRST, ALLOWED)


def tell(world, *pieces, name="default"):
    for piece in pieces:
        view = world.publication.current.organization(name)
        stands = view.standings.get(piece.subject) or report_of(piece.subject.entity_id)
        world.publication.stood(name, stands, news=(piece,), tally=tallied(view.tally, (piece,)))


@pytest.fixture
def told(world):
    world.filled()
    tell(world, *ALL)
    return world


@pytest.fixture
def served(world, serving):
    with serving(world) as running:
        yield running


class Seen(HTMLParser):
    """The text of a page, with its links."""

    def __init__(self, page):
        super().__init__()
        self.words, self.links = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "a":
            self.links.append(found["href"])

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


def entries(answer):
    return ET.fromstring(answer.body).findall(f"{ATOM}entry")


def test_the_records_tell_everything_newest_first(told, served):
    answer = served.get("/api/v1/news")
    assert answer.status == 200
    found = answer.json["data"]["news"]
    assert [record["kind"] for record in found] == ["returned", "first_used", "newly_accessible"]
    assert found[0] == {
        "organization": "default",
        "kind": "returned",
        "entity_id": ACCOUNT.id,
        "entity_type": "ACCOUNT",
        "entity_name": "One",
        "entity_path": ACCOUNT.path,
        "service_namespace": "s3",
        "service_name": "Amazon S3",
        "at": "2023-11-14T21:06:40Z",
        "told": "2023-11-14T22:03:20Z",
        "unused_seconds": 100 * DAY,
        "access_region": "eu-west-1",
        "account_id": ACCOUNT.id,
        "account_name": "One",
    }
    assert found[2]["account_id"] is found[2]["access_region"] is found[2]["unused_seconds"] is None


@pytest.mark.parametrize(
    ("query", "services"),
    [
        ("", ["s3", "ec2", "iam"]),
        ("since=1d", ["s3"]),
        ("since=2023-11-12T22:00:00Z", ["s3", "ec2"]),
        ("since=2023-11-12T22:00:00%2B00:00", ["s3", "ec2"]),
        ("since=2023-11-13", ["s3"]),
        ("kind=first_used", ["ec2"]),
        ("kind=", ["s3", "ec2", "iam"]),
        ("entity=one", ["s3", "ec2"]),
        ("entity=111111111111", ["s3", "ec2"]),
        ("entity=ou-root-unit", ["ec2"]),
        ("entity=nobody", []),
        ("service=EC2", ["ec2"]),
        ("service=amazon%20s3", ["s3"]),
        ("service=s", []),
        ("entity=one&kind=returned&since=1d&service=s3", ["s3"]),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/news", "/news.atom"])
def test_what_is_wanted_is_told(told, served, path, query, services):
    answer = served.get(f"{path}?{query}")
    if path == "/news.atom":
        terms = {"s3": "Amazon S3", "ec2": "Amazon EC2", "iam": "AWS IAM"}
        titles = [entry.find(f"{ATOM}title").text for entry in entries(answer)]
        found = zip(titles, services, strict=True)
        assert all(title.startswith(terms[service]) for title, service in found)
    else:
        assert [record["service_namespace"] for record in answer.json["data"]["news"]] == services


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "since=2023-11-13T10:00",
        "kind=used",
        "kind=returned&kind=returned",
        "entity=a&entity=b",
        "x=1",
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/news", "/news", "/news.atom"])
def test_what_cannot_be_wanted_is_refused_with_the_reason(told, served, path, query):
    answer = served.get(f"{path}?{query}")
    assert answer.status == 400
    assert query.partition("=")[0] in answer.text


def test_the_page_says_by_day_what_who_where_and_for_how_long(told, served):
    page = Seen(served.get("/news").text)
    days = [page.text.index(day) for day in ("2023-11-14", "2023-11-12", "2023-11-11")]
    assert days == sorted(days)
    assert "used again Amazon S3 s3 One 111111111111" in page.text
    assert "not used for 100 d before" in page.text
    assert "eu-west-1" in page.text
    assert {"/entities/111111111111", "/entities/111111111111?filter=s3", "/entities/ou-root-unit"} <= set(
        page.links
    )


def test_the_page_keeps_what_was_chosen(told, served):
    page = served.get("/news?kind=first_used&entity=%22%3Eone").text
    assert '<option value="first_used" selected>' in page
    assert 'value="&quot;&gt;one"' in page
    assert '"/news.atom?entity=%22%3Eone&amp;kind=first_used"' in page


def test_without_news_the_page_says_so(world, served):
    world.filled()
    assert "Nothing is told" in served.get("/news").text


def test_the_landing_page_leads_to_it(world, served):
    assert "/news" in Seen(served.get("/").text).links


def test_the_feed_is_whole(told, served):
    answer = served.get("/news.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.body)
    assert root.tag == f"{ATOM}feed"
    assert root.find(f"{ATOM}updated").text == "2023-11-14T22:03:20Z"
    for needed in ("id", "title", "author"):
        assert root.find(f"{ATOM}{needed}") is not None
    for entry in entries(answer):
        assert entry.find(f"{ATOM}id").text.startswith("urn:uuid:")
        assert entry.find(f"{ATOM}updated").text.endswith("Z")


def test_ids_are_the_same_every_time_and_differ_among_pieces(told, served):
    first, again = [
        [entry.find(f"{ATOM}id").text for entry in entries(served.get("/news.atom"))] for _ in range(2)
    ]
    assert first == again
    assert len(set(first)) == 3


def test_an_empty_feed_has_a_date(world, served):
    world.filled()
    root = ET.fromstring(served.get("/news.atom").body)
    assert root.find(f"{ATOM}updated").text == "2023-11-14T22:13:20Z"


ODD = 'a]]>&amp;<b>"\x00\x1b\ufffe\ud800\u202e'


def test_names_of_any_kind_break_neither_page_nor_feed(world, served):
    odd = replace(ACCOUNT, name=ODD)
    world.discovered(Discovery("o-org", "999999999999", "aws", (ROOT, UNIT, odd), at=NOW))
    tell(world, news(name=ODD, region=ODD))
    (entry,) = entries(served.get("/news.atom"))
    assert entry.find(f"{ATOM}title").text.startswith('a]]>&amp;<b>"')
    page = served.get("/news").text
    assert "<b>" not in page
    assert "\x00" not in page


@pytest.mark.parametrize(
    ("settings", "prefix", "base"),
    [
        ({"external_url": "https://example.org/exporter"}, "/exporter", "https://example.org:443/exporter"),
        ({"route_prefix": "/inside"}, "/inside", "/inside"),
    ],
)
def test_links_are_those_of_the_world_outside(told, serving, settings, prefix, base):
    with serving(told, **settings) as served:
        answer, page = served.get(f"{prefix}/news.atom"), Seen(served.get(f"{prefix}/news").text)
    links = [link.get("href") for link in ET.fromstring(answer.body).iter(f"{ATOM}link")]
    assert links[:3] == [f"{base}/news.atom", f"{base}/news", f"{base}/entities/111111111111"]
    assert f"{prefix}/entities/111111111111" in page.links


def test_group_news_is_chosen_like_any_other(told, served):
    only = served.get("/metrics?collect[]=news").text
    assert "aws_org_access_service_returned_after_seconds" in only
    assert 'aws_org_access_news_total{organization="default",kind="returned"} 1' in only
    assert "services_accessible" not in only
    rest = served.get("/metrics?exclude[]=news").text
    assert "returned" not in rest
    assert "services_accessible" in rest


def test_a_probe_has_the_news_of_its_entity(told, served):
    probed = served.get(f"/probe?target={UNIT.id}&collect[]=news").text
    assert "service_first_used_timestamp_seconds" in probed
    assert "service_returned" not in probed


def test_every_kind_is_counted_from_the_start(world, served):
    text = served.get("/metrics?collect[]=news").text
    assert text.count("aws_org_access_news_total{") == len(NewsKind)
    assert set(NO_NEWS.values()) == {0}


def test_a_flood_is_cut_and_said_to_be(world, served):
    world.filled()
    pieces = [news(namespace=f"service-{i:04}") for i in range(1200)]
    view = world.publication.current.organization("default")
    world.publication.stood("default", view.standings[Subject(ACCOUNT.id)], news=pieces)
    assert "200 older pieces are not shown" in served.get("/news").text
    assert len(entries(served.get("/news.atom"))) == 1000
    assert len(served.get("/api/v1/news").json["data"]["news"]) == 1200
