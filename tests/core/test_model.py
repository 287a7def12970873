"""The values everything is made of."""

import pytest

from exporter.model import (
    SKEW,
    UNTOLD,
    Discovery,
    Entity,
    EntityType,
    News,
    NewsKind,
    Policy,
    Report,
    ServiceAccess,
    Services,
    Standing,
    Subject,
    Target,
    Targets,
    tallied,
)

ROOT, OUS, MANAGEMENT, ACCOUNTS, POLICIES = (
    Target(enabled=True, refresh=float(hours), services=Services.ALL) for hours in range(1, 6)
)
TARGETS = Targets(ROOT, OUS, MANAGEMENT, ACCOUNTS, POLICIES)


DENY = Policy("p-1", "Deny", ("r-exam",))
BEFORE = Discovery("o", "9", "aws", (), (DENY,))


def of_type(kind, path="o-org/r-exam"):
    return Entity("x", kind, "name", path)


@pytest.mark.parametrize(
    ("kind", "target"), list(zip(EntityType, (ROOT, OUS, MANAGEMENT, ACCOUNTS), strict=True))
)
def test_every_kind_of_entity_has_its_own_target(kind, target):
    assert TARGETS.of(of_type(kind)) is target


@pytest.mark.parametrize("kind", EntityType)
def test_an_entity_seen_through_a_policy_is_of_the_policies_target(kind):
    assert TARGETS.of(of_type(kind), "p-1") is POLICIES


@pytest.mark.parametrize(
    ("path", "depth"), [("o-org/r-exam", 0), ("o-org/r-exam/ou-1", 1), ("o-org/r-exam/ou-1/ou-2/1", 3)]
)
def test_depth_counts_from_the_root(path, depth):
    assert of_type(EntityType.ROOT, path).depth == depth


@pytest.mark.parametrize("entity_id", ["r-exam", "ou-exam-12345678", "111122223333"])
@pytest.mark.parametrize("policy_id", ["", "p-1"])
def test_what_has_the_id_of_an_entity_was_not_made_elsewhere(entity_id, policy_id):
    assert not Subject(entity_id, policy_id).foreign


@pytest.mark.parametrize(
    "job_id", ["2a3b4c5d-0000-4111-8222-333344445555", "11112222-3333-4444-5555-666677778888"]
)
def test_what_has_the_id_of_a_job_was_made_elsewhere(job_id):
    assert Subject(job_id).foreign


def told(**times):
    """A report with a row per namespace; None: the row has no time."""
    rows = tuple(ServiceAccess(namespace, last_authenticated=at) for namespace, at in times.items())
    return Report(1.0, 2.0, len(rows), 0, rows)


@pytest.mark.parametrize(
    ("reports", "known"),
    [
        ([told(s3=5.0)], {}),
        ([told(s3=None)], {}),
        ([told(s3=5.0), told(s3=7.0)], {}),
        ([told(s3=5.0, ec2=6.0), told(s3=None, ec2=6.0)], {"s3": 5.0}),
        ([told(s3=5.0), told(s3=None), told(s3=None)], {"s3": 5.0}),
        ([told(s3=5.0), told(s3=None), told(s3=9.0)], {}),
        ([told(s3=5.0), told(), told(s3=None)], {"s3": 5.0}),
        ([told(s3=0.0), told(s3=None)], {"s3": 0.0}),
        ([told(s3=5.0), None], {"s3": 5.0}),
        ([told(s3=5.0), None, told(s3=None)], {"s3": 5.0}),
    ],
)
def test_a_use_is_known_until_a_report_tells_of_another(reports, known):
    standing = Standing(Subject("r-exam"))
    for report in reports:
        standing = Standing(standing.subject, report, last_known=standing.known_beside(report))
    assert standing.last_known == known


@pytest.mark.parametrize(
    ("found", "policies", "unattached"),
    [
        ({"policies": (Policy("p-1", "Deny"),), "unattached": "denied"}, (DENY,), "denied"),
        ({"policies": (Policy("p-1", "Now", ()),)}, (Policy("p-1", "Now", ()),), ""),
        ({"policies": (Policy("p-2", "Two"),), "unattached": "denied"}, (Policy("p-2", "Two"),), "denied"),
        (
            {"policies": (Policy("p-1", "", ("ou-a",)),), "lacking": "x"},
            (Policy("p-1", "Deny", ("ou-a",)),),
            "",
        ),
        ({"lacking": "ListPolicies: denied"}, (DENY,), "ListPolicies: denied"),
        ({}, (), ""),
    ],
)
def test_what_a_discovery_could_not_learn_of_policies_stays_as_it_was(found, policies, unattached):
    completed = Discovery("o", "9", "aws", (), **found).completed(BEFORE)
    assert (completed.policies, completed.unattached, completed.lacking) == (policies, unattached, "")


def test_policies_are_found_by_what_they_are_attached_to():
    full = Policy("p-2", "Full", ("ou-a", "r-exam"))
    found = Discovery("o", "9", "aws", (), (DENY, full, Policy("p-3", "Unknown")))
    assert found.attached() == {"r-exam": (DENY, full), "ou-a": (full,)}


@pytest.mark.parametrize("policies", [(), (Policy("p-3", "Unknown"),)])
def test_what_is_attached_is_unknown_where_nobody_was_asked(policies):
    assert Discovery("o", "9", "aws", (), policies).attached() is None


@pytest.mark.parametrize(("known", "used"), [(4.0, 5.0), (7.0, 7.0)])
def test_the_later_of_two_uses_counts(known, used):
    assert Standing(Subject("1"), told(s3=5.0), last_known={"s3": known}).uses() == {"s3": used}


@pytest.mark.parametrize(("later", "known"), [(SKEW, True), (SKEW + 0.5, False), (-SKEW + 1, False)])
def test_a_later_use_than_a_report_tells_of_is_known_unless_it_lies_in_its_future(later, known):
    report = Report(1000.0, 1001.0, 1, 0, (ServiceAccess("s3", last_authenticated=900.0),))
    before = Standing(Subject("1"), last_known={"s3": 1000.0 + later})
    assert before.known_beside(report) == ({"s3": 1000.0 + later} if known else {})


def test_the_first_discovery_knows_of_policies_what_it_has_learned():
    found = Discovery("o", "9", "aws", (), (DENY,))
    assert found.completed(None) == found


def test_news_is_counted_by_its_kind_on_top_of_what_was_counted():
    news = [News(Subject("1"), NewsKind.RETURNED, "s3", at, at) for at in (5.0, 6.0)]
    counted = {NewsKind.RETURNED: 5, NewsKind.FIRST_USED: 1}
    nothing = dict.fromkeys(NewsKind, 0)
    assert tallied({NewsKind.RETURNED: 3, NewsKind.FIRST_USED: 1}, news) == nothing | counted
    assert tallied({}, ()) == nothing


@pytest.mark.parametrize(
    ("at", "accounts", "used"),
    [(5.0, 1, 5.0), (None, None, None), (None, 0, None), (None, -1, None), (None, 2, UNTOLD)],
)
def test_a_row_says_when_a_service_was_used_and_whether_at_all(at, accounts, used):
    row = ServiceAccess("s3", last_authenticated=at, authenticated_entities=accounts)
    assert row.used == used
