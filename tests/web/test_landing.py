import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    JobStatus,
    JobView,
    OrganizationView,
    Policy,
    ServiceAccess,
    Services,
    Snapshot,
    Standing,
    Subject,
    Target,
    Targets,
)
from exporter.order import plan
from exporter.web.landing import POLICY, Wish, render
from exporter.web.landing.tree import all_lines, forest
from exporter.web.places import Places
from tests.web.conftest import DISCOVERY, report_of

NOW = 1_700_000_000.0
VOID = {"meta", "rect", "link", "br", "input"}


class Page(HTMLParser):
    """Checks that every element is closed in order; keeps the text of rows, links and element names."""

    def __init__(self, text):
        super().__init__()
        self.open = []
        self.elements = set()
        self.links = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.links += [value for name, value in attrs if name in {"href", "src"} and tag != "link"]
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def page_of(world):
    page = Page(render(world.publication.current.snapshot, Places(), world.moment))
    assert page.open == []
    return page


def test_the_page_is_html_with_everything_in_itself(server):
    answer = server.get("/")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert Page(answer.text).elements.isdisjoint({"img", "iframe", "object"})
    assert re.findall("(?:src|href)=[\"'](?!/)([^\"']*)", answer.text) == ["data:,"]


@pytest.mark.parametrize("path", ["/", "/entities/r-root"])
@pytest.mark.parametrize("element", ["style", "script"])
def test_the_policy_allows_the_pages_own_style_and_script_and_no_other(server, path, element):
    answer = server.get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    [own] = re.findall(f"<{element}>(.*?)</{element}>", answer.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
    assert f"{element}-src 'sha256-{digest}'" in POLICY
    assert " style=" not in answer.text


def test_every_link_of_the_page_leads_somewhere(server):
    links = Page(server.get("/").text).links
    assert {"/metrics", "/config", "/sd", "/api/v1/entities", "/-/healthy", "/-/ready"} <= set(links)
    assert {link: server.get(link).status for link in links} == dict.fromkeys(links, 200)


def test_links_have_the_path_that_the_world_outside_sees(world, serving):
    with serving(world.filled(), external_url="https://example.org/access", route_prefix="/") as running:
        links = Page(running.get("/").text).links
    assert all(link.startswith("/access/") for link in links)


def test_every_entity_is_shown_with_its_counts_age_and_state(world):
    text = page_of(world.filled()).text
    assert "One 111111111111" in text
    assert "455 accessible400 not accessedreport age 10 minfresh" in text


def test_an_organization_says_whether_it_is_up_and_what_runs(world):
    world.filled()
    world.publication.changed("default", up=True, running=Subject("111111111111"), job_seconds=10.0)
    text = page_of(world).text
    assert "defaultup" in text
    assert "Running nowOne" in text
    assert "Sweep100 % fresh; all of it takes 30 s" in text
    assert "fresh (running)" in text


def test_what_is_due_next_is_named(world):
    world.discovered()
    assert "NextRoot, due now" in page_of(world).text


def test_what_a_lead_points_at_is_next(world):
    world.filled()
    world.publication.changed("default", led=frozenset({Subject("111111111111")}))
    assert "NextOne, due now" in page_of(world).text


def test_what_is_due_later_is_told_as_a_time(world):
    assert "Nexta report in 50 min" in page_of(world.filled()).text


def test_an_organization_that_is_not_discovered_says_so(world):
    text = page_of(world).text
    assert "defaultdown" in text
    assert "not discovered yet" in text


def test_a_failure_is_shown_with_its_code_and_message(world):
    world.filled()
    job = JobView(JobStatus.FAILED, NOW, NOW, "AUTHORIZER_TIMEOUT", "too slow")
    world.stood(Standing(Subject("111111111111"), None, job, failures=3))
    text = page_of(world).text
    assert "3 attempts failed: AUTHORIZER_TIMEOUT: too slow" in text
    assert "Root r-root2 below, 1 failed" in text


def test_an_older_job_is_not_blamed_for_a_failure_it_did_not_have(world):
    world.filled()
    job = JobView(JobStatus.COMPLETED, NOW, NOW)
    world.stood(Standing(Subject("111111111111"), None, job, failures=1))
    assert "the last attempt failed" in page_of(world).text


def test_a_report_that_was_dropped_says_so(world):
    world.filled()
    world.stood(Standing(Subject("111111111111"), expired=True))
    assert "dropped for its age" in page_of(world).text


def test_reports_under_policies_stand_below_their_entity(world):
    world.organizations("default", policies=True)
    world.filled()
    found = world.publication.current.organization("default").discovery
    world.discovered(
        Discovery(found.org_id, found.management_account_id, "aws", found.entities, (Policy("p-1", "x"),))
    )
    assert "under p-1" in page_of(world).text


def test_reports_made_elsewhere_have_a_place_of_their_own(world):
    world.organizations("default", job_ids=("11112222-3333",))
    world.discovered()
    text = page_of(world).text
    assert text.index("Reports made elsewhere") < text.index("11112222-3333")


def test_what_keeps_aws_from_being_reached_is_told(world):
    world.publication.changed("default", trouble="ListRoots: AccessDenied: <no>")
    assert "ListRoots: AccessDenied: <no>" in page_of(world).text


def test_how_far_the_sweep_is_and_how_long_the_rest_takes(world):
    world.discovered()
    world.stood(report_of("r-root"), job_seconds=10.0)
    assert "Sweep33 % fresh, about 20 s to go; all of it takes 30 s" in page_of(world).text


@pytest.mark.parametrize(
    ("held", "holder", "said"),
    [
        (True, "", "this process"),
        (True, "a/1", "this replica, a/1"),
        (False, "b/2", "another replica, b/2"),
        (False, "", "nobody at the moment"),
    ],
)
def test_who_asks_aws_is_told(world, held, holder, said):
    world.publication.changed("default", lease_held=held, lease_holder=holder)
    assert f"AWS is asked by{said}" in page_of(world).text


def test_the_last_errors_are_listed_with_the_newest_first(world):
    world.filled()
    for entity_id, created in (("r-root", NOW - 60), ("111111111111", NOW - 30)):
        job = JobView(JobStatus.FAILED, created, created, "CODE", f"message of {entity_id}")
        world.stood(Standing(Subject(entity_id), None, job, failures=1))
    text = page_of(world).text
    assert text.index("Last errors") < text.index("message of 111111111111") < text.index("message of r-root")


def test_a_bar_shows_how_much_is_used(world):
    assert '<rect class="used" x="0.0" width="12.1" height="6"/>' in render(
        world.filled().publication.current.snapshot, Places(), NOW
    )


@pytest.mark.parametrize(
    ("only", "shown", "hidden"),
    [
        ("one", ["Root", "Unit", "One"], []),
        ("UNIT", ["Root", "Unit", "One"], []),
        ("r-root", ["Root", "Unit", "One"], []),
        ("999", ["Nothing matches the filter."], ["Root", "Unit", "One"]),
        ("fresh", ["Root", "Unit", "One"], []),
    ],
)
def test_the_filter_leaves_what_matches_with_the_way_to_it(server, only, shown, hidden):
    text = server.get("/", params={"filter": only}).text
    tree = text[text.index('class="tree"') :]
    assert [word for word in [*shown, *hidden] if word in tree] == shown


def test_the_filter_hides_what_is_beside_the_way(world):
    units = [entity(f"ou-{i}", "r-1", EntityType.ORGANIZATIONAL_UNIT, f"unit {i}") for i in range(3)]
    world.discovered(tree_of(entity("r-1", kind=EntityType.ROOT), *units))
    text = render(world.publication.current.snapshot, Places(), NOW, Wish("unit 1"))
    assert [name in text for name in ("unit 0", "<bdi>unit 1", "unit 2")] == [False, True, False]


def tree_of(*entities):
    return Discovery("o-org", "999999999999", "aws", entities)


def entity(entity_id, parent_id="", kind=EntityType.ACCOUNT, name="x"):
    return Entity(entity_id, kind, name, f"o-org/{entity_id}", parent_id)


def tree(world):
    view = world.publication.current.organization("default")
    return forest(view, all_lines(view, NOW))


def test_the_tree_is_as_deep_as_the_organization(world):
    world.discovered()
    [root] = tree(world)
    assert [child.entity.id for child in root.children] == ["ou-root-unit"]
    assert [child.entity.id for child in root.children[0].children] == ["111111111111"]
    assert root.size() == 2


def test_an_entity_whose_parent_is_out_of_scope_is_at_the_top(world):
    world.discovered(tree_of(entity("1", "ou-gone"), entity("2", "ou-gone")))
    tops = tree(world)
    assert [top.entity.id for top in tops] == ["1", "2"]


def test_entities_that_are_their_own_parents_do_not_hang_the_page(world):
    world.discovered(tree_of(entity("1", "2"), entity("2", "1"), entity("3", "3")))
    assert len(tree(world)) == 2


def test_failures_are_counted_for_all_that_is_below(world):
    world.filled()
    world.stood(Standing(Subject("111111111111"), failures=1))
    [root] = tree(world)
    assert root.failed() == 1


def test_a_large_tree_starts_closed_below_its_root(world):
    units = [entity(f"ou-{i}", "r-1", EntityType.ORGANIZATIONAL_UNIT) for i in range(4)]
    accounts = [entity(str(i), f"ou-{i % 4}") for i in range(400)]
    world.discovered(tree_of(entity("r-1", kind=EntityType.ROOT), *units, *accounts))
    text = render(world.publication.current.snapshot, Places(), NOW)
    assert (text.count("<details open "), text.count("<details class")) == (1, 4)


def test_a_small_tree_starts_open(world):
    text = render(world.filled().publication.current.snapshot, Places(), NOW)
    assert (text.count("<details open "), text.count("<details class")) == (2, 0)


def test_no_organization_at_all_is_a_page_too():
    assert "No organization is configured." in render(Snapshot(()), Places(), NOW)


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", '"><img src=x onerror=a>', "</style>", "a&amp;b"]
)
def test_a_hostile_name_is_text(world, name):
    world.discovered(tree_of(entity("1", name=name)))
    assert name in page_of(world).text


def test_a_name_cannot_turn_the_line_around(world):
    world.discovered(tree_of(entity("1", name="\u202eevil")))
    text = render(world.publication.current.snapshot, Places(), NOW)
    assert "<bdi>\u202eevil</bdi>" in text


def snapshot_of(name, entity_id, message):
    """A snapshot with these texts in every place that takes one."""
    each = Target(enabled=True, refresh=60.0, services=Services.ALL)
    wanted = Targets(each, each, each, each, each)
    policy = Policy(entity_id, name, (entity_id,))
    found = Discovery(name, name, name, (entity(entity_id, name=name),), (policy,), unattached=message)
    job = JobView(JobStatus.FAILED, NOW, NOW, message, message)
    subject = Subject(entity_id)
    standings = {subject: Standing(subject, None, job, failures=1)}
    work = plan(found, wanted, (message,))
    return Snapshot((OrganizationView(name, wanted, found, work, standings, running=subject),))


any_text = st.text(st.characters(codec=None), max_size=30)


@settings(max_examples=60)
@given(any_text, any_text, any_text)
def test_any_names_give_a_well_formed_page(name, entity_id, message):
    snapshot = snapshot_of(name, entity_id, message)
    text = render(snapshot, Places(), NOW, Wish(name))
    page = Page(text)
    assert page.open == []
    assert page.elements.isdisjoint({"img", "iframe"})
    assert text.count("<script") == 1


def test_an_entity_that_is_not_collected_says_so(world):
    world.organizations("default", accounts=False)
    world.discovered()
    assert "One 111111111111not collected" in page_of(world).text


def test_selectors_that_fit_nothing_are_told_on_the_page(world):
    world.discovered(replace(DISCOVERY, entities=(), unmatched=('include: "<prod>" matches nothing',)))
    page = render(world.publication.current.snapshot, Places(), NOW)
    assert "include: &quot;&lt;prod&gt;&quot; matches nothing" in page
    assert "leave nothing to report on" in page


def many(*, units=100, accounts=5000):
    ous = [entity(f"ou-{i}", "r-1", EntityType.ORGANIZATIONAL_UNIT, f"unit {i}") for i in range(units)]
    parents = [ou.id for ou in ous] or ["r-1"]
    below = [entity(str(i), parents[i % len(parents)], name=f"account {i}") for i in range(accounts)]
    return tree_of(entity("r-1", kind=EntityType.ROOT, name="Root"), *ous, *below)


@pytest.mark.parametrize("units", [100, 0])
def test_the_page_of_five_thousand_accounts_is_small(world, units):
    world.discovered(many(units=units))
    assert len(render(world.publication.current.snapshot, Places(), NOW)) < 400_000


def test_what_is_closed_is_shown_by_a_link_and_its_rest_by_another(world, serving):
    world.discovered(many(units=2, accounts=2400))
    with serving(world) as running:
        links = [link for link in Page(running.get("/").text).links if "below=" in link]
        assert links == ["/?below=ou-0", "/?below=ou-1"]
        page = running.get("/?below=ou-1")
        assert (page.text.count(">account "), "account 1<" in page.text) == (1000, True)
        assert "/?below=ou-1&from=1000" in Page(page.text).links
        assert "account 2399<" in running.get("/?below=ou-1&from=1000").text


def test_a_long_list_below_the_root_goes_on_by_a_link(world, serving):
    world.discovered(many(units=0, accounts=700))
    with serving(world) as running:
        assert "/?below=r-1&from=300" in Page(running.get("/").text).links
        assert ">account 699<" in running.get("/?below=r-1&from=300").text


@pytest.mark.parametrize(
    "query", ["show=x", "sort=x", "order=x", "from=-1", "from=x", "from=\u0663", "sort=name&sort=age"]
)
def test_a_view_that_there_is_not_is_refused(server, query):
    assert server.get(f"/?{query}").status == 400


def gaps(world):
    """Three accounts: one that used a service today, one long ago, one never; the last one's job failed."""
    accounts = [entity(f"00000000000{i}", name=name) for i, name in enumerate(("new", "old", "never"))]
    world.discovered(tree_of(*accounts))
    used = [
        (
            ServiceAccess("s3", "Amazon S3", "", "", at, None if at is None else 1),
            ServiceAccess("ec2", "Amazon EC2"),
        )
        for at in (NOW - 60, NOW - 100 * 86_400, None)
    ]
    for i, account in enumerate(accounts):
        world.stood(report_of(account.id, services=used[i], accessible=10 + i, not_accessed=3 * i))
    view = world.publication.current.organization("default").standings[Subject("000000000002")]
    world.stood(replace(view, failures=1))
    return world


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        (Wish(), ["new", "old", "never"]),
        (Wish(show="never"), ["never"]),
        (Wish(show="dormant"), ["old", "never"]),
        (Wish(show="failed"), ["never"]),
        (Wish(show="stale"), []),
        (Wish(sort="name"), ["never", "new", "old"]),
        (Wish(sort="unused", falling=True), ["never", "old", "new"]),
        (Wish(sort="used"), ["never", "old", "new"]),
        (Wish(only="old", sort="name"), ["old"]),
        (Wish(show="used"), ["new", "old"]),
        (Wish(service="s3"), ["new", "old", "never"]),
        (Wish(service="Amazon S3", show="used"), ["new", "old"]),
        (Wish(service="s3", show="never"), ["never"]),
        (Wish(service="s3", show="dormant", sort="name"), ["never", "old"]),
        (Wish(service="s3", show="failed"), ["never"]),
        (Wish(service="ec2", show="used"), []),
        (Wish(service="nothing of that name"), []),
    ],
)
def test_the_tree_is_sorted_and_narrowed_down_as_asked(world, wish, shown):
    text = render(gaps(world).publication.current.snapshot, Places(), NOW, wish)
    tree = text[text.index('class="tree"') : text.index("<h3>Collection")]
    found = [name for name in re.findall("<bdi>(.*?)</bdi>", tree) if name in {"new", "old", "never"}]
    assert found == shown


def test_a_tree_of_a_service_tells_when_each_used_it_and_leads_to_its_page(world):
    page = Page(render(gaps(world).publication.current.snapshot, Places(), NOW, Wish(service="s3")))
    assert "new 000000000000last used 2023-11-14 1 min ago" in page.text
    assert "never 000000000002last used never" in page.text
    assert ("Entities that may use Amazon S3" in page.text, "/services/s3" in page.links) == (True, True)


def test_a_service_that_no_report_lists_is_told(world):
    page = Page(render(gaps(world).publication.current.snapshot, Places(), NOW, Wish(service="<s4>")))
    assert "No report lists a service <s4>" in page.text


def test_what_is_closed_in_a_tree_of_a_service_is_of_that_service_too(world, serving):
    world.discovered(many(units=2, accounts=2400))
    world.stood(report_of("7", services=[ServiceAccess("s3", "Amazon S3")]))
    with serving(world) as running:
        assert ">account 7<" in running.get("/?service=s3").text
        text = running.get("/?service=s3&below=ou-1").text
    assert (text.count(">account "), ">account 7<" in text) == (1, True)


def test_the_widest_gaps_are_ranked(world):
    text = page_of(gaps(world)).text
    assert text.index("Widest gaps") < text.index("6 of 12 never used") < text.index("3 of 11 never used")


def test_the_page_begins_with_what_is_allowed_used_and_never_used(world):
    text = page_of(world.filled()).text
    assert "455 allowed" in text
    assert text.index("400 never used") < text.index("Not accessed") < text.index("Collection")


def test_states_are_of_the_moment_of_the_page(world):
    world.filled()
    text = Page(render(world.publication.current.snapshot, Places(), NOW + 86_400)).text
    assert "0 fresh3 stale" in text


def test_a_search_finds_services_too(server):
    page = Page(server.get("/?filter=amazon").text)
    assert "Services: 2" in page.text
    assert "/services/s3" in page.links


@pytest.mark.parametrize(("seconds", "same"), [(0, True), (4, True), (5, False), (-1, False)])
def test_the_page_is_kept_for_some_seconds(server, world, seconds, same):
    before = server.get("/").body
    world.moment += seconds
    assert (server.get("/").body == before) is same


def test_the_page_is_made_anew_for_what_has_changed(server, world):
    before = re.sub(r"\D", "", server.get("/").text)
    world.stood(report_of("r-root", accessible=123_456))
    after = re.sub(r"\D", "", server.get("/").text)
    assert ("123456" in before, "123456" in after) == (False, True)
