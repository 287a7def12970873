"""What ``recommend --all-ous`` costs beside the reports themselves: judging, placing, and the proof.

A root and flat OUs, of which each uses some of the services that AWS has, and may use all.
"""

import json
import random
import time
from collections.abc import Iterator

from benchmarks.table import table
from exporter.model import Entity, EntityType, Report, ServiceAccess
from exporter.plan import Proof, plan, prove
from exporter.recommend import Attached, Case, Member, Wish, recommend, shared
from exporter.scp import effect
from exporter.services import service_names

UNITS = (10, 100, 1_000)
USED = 60  # of some 455 services, by an OU
NOW = 1_790_000_000.0
DAY = 86_400.0
ROOT = Entity("r-exam", EntityType.ROOT, "Root", "o-org/r-exam")
_EVERYTHING = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def report() -> str:
    """The table, as Markdown."""
    rows = [_measured(count) for count in UNITS]
    head = ["", "judged, s", "placed, s", "proved, s", "uses looked at", "ms per OU"]
    return "\n".join(
        [
            "## A plan for a whole tree",
            "",
            "CPU of `recommend --all-ous` once all reports are there.",
            "",
            table(head, rows),
            "",
            f"What a policy that denies 200 services does to {len(service_names())}: {_effect():.2f} ms.",
        ]
    )


def _measured(count: int) -> list[str]:
    cases = list(_cases(count))
    start = time.process_time()
    found = [recommend(case, Wish(90 * DAY)) for case in shared(cases)]
    judged = time.process_time()
    planned = plan(found, {})
    placed = time.process_time()
    proof = prove(planned)
    end = time.process_time()
    _hold(proof)
    each = (end - start) / (count + 1) * 1000
    times = (judged - start, placed - judged, end - placed)
    return [f"{count:,} OUs", *(f"{took:.2f}" for took in times), f"{proof.uses:,}", f"{each:.1f}"]


def _hold(proof: Proof) -> None:
    if proof.denied or not proof.uses:
        raise AssertionError(f"the plan is not one: {proof}")


def _cases(count: int) -> Iterator[Case]:
    names = sorted(service_names())
    draw = random.Random(count)
    used = {f"ou-exam-{number:08}": set(draw.sample(names, USED)) for number in range(count)}
    members = {unit: Member(f"{number:012}", unit, "ACTIVE", 0.0) for number, unit in enumerate(used)}
    attached = Attached(ROOT.id, "p-FullAWSAccess", "FullAWSAccess", _EVERYTHING)
    everywhere = set().union(*used.values())
    yield Case(ROOT, _report(names, everywhere, ""), tuple(members.values()), attached=(attached,))
    for unit, services in used.items():
        entity = Entity(unit, EntityType.ORGANIZATIONAL_UNIT, unit, f"{ROOT.path}/{unit}", ROOT.id)
        by = f"{entity.path}/{members[unit].id}"
        policies = (attached, Attached(unit, "p-FullAWSAccess", "FullAWSAccess", _EVERYTHING))
        yield Case(entity, _report(names, services, by), (members[unit],), attached=policies)


def _report(names: list[str], used: set[str], by: str) -> Report:
    rows = tuple(
        ServiceAccess(name, name, "eu-west-1", by, NOW - DAY, 1)
        if name in used
        else ServiceAccess(name, name, authenticated_entities=0)
        for name in names
    )
    return Report(NOW, NOW, len(rows), len(rows) - len(used), rows)


def _effect() -> float:
    names = sorted(service_names())
    denied = {"Effect": "Deny", "Action": [f"{name}:*" for name in names[:200]], "Resource": "*"}
    text = json.dumps({"Statement": [denied]})
    start = time.process_time()
    for _ in range(20):
        effect(text, names)
    return (time.process_time() - start) / 20 * 1000
