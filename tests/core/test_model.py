"""The values everything is made of."""

import pytest

from exporter.model import (
    Discovery,
    Entity,
    EntityType,
    Policy,
    Report,
    ServiceAccess,
    Services,
    Standing,
    Subject,
    Target,
    Targets,
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
