"""The values everything is made of."""

import pytest

from exporter.model import Entity, EntityType, Services, Subject, Target, Targets

ROOT, OUS, MANAGEMENT, ACCOUNTS, POLICIES = (
    Target(enabled=True, refresh=float(hours), services=Services.ALL) for hours in range(1, 6)
)
TARGETS = Targets(ROOT, OUS, MANAGEMENT, ACCOUNTS, POLICIES)


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
