"""Small cases, said in few words."""

import json

from exporter.model import Entity, EntityType, Report, ServiceAccess
from exporter.recommend import Attached, Case, Member, Wish, recommend

NOW = 1_790_000_000.0
DAY = 86400.0
UNIT = Entity("ou-ab12-cdefghij", EntityType.ORGANIZATIONAL_UNIT, "Unit", "o-a/r-b/ou-ab12-cdefghij", "r-b")
OLD = Member("111111111111", "old", "ACTIVE", NOW - 500 * DAY)
YOUNG = Member("222222222222", "young", "ACTIVE", NOW - 10 * DAY)
CLOSED = Member("333333333333", "closed", "SUSPENDED", NOW - 500 * DAY)
WISH = Wish(90 * DAY)


def row(namespace, days=None, accounts=0, by=OLD.id, region="eu-west-1"):
    if days is None:
        return ServiceAccess(namespace, namespace.upper(), authenticated_entities=0)
    path = f"{UNIT.path}/{by}"
    return ServiceAccess(namespace, namespace.upper(), region, path, NOW - days * DAY, accounts)


IN_USE = row("in-use", 1, 1)


def report(*rows):
    return Report(NOW, NOW, len(rows), 0, rows)


def case(*rows, members=(OLD,), **more):
    """A report of these rows, and of one service that is in use."""
    return Case(UNIT, report(IN_USE, *rows), members, **more)


def scp(effect, *actions, entity="r-b", policy="p-12345678", name="", **more):
    statement = {"Effect": effect, "Action": list(actions), "Resource": "*", **more}
    return Attached(entity, policy, name, json.dumps({"Statement": [statement]}))


FULL = (scp("Allow", "*"), scp("Allow", "*", entity=UNIT.id))


def in_force(*policies, name="deny-unused"):
    """Our policies as AWS has them once they are attached."""
    return (
        *FULL,
        *(Attached(UNIT.id, f"p-ours{n:04}", name, json.dumps(one)) for n, one in enumerate(policies)),
    )


def verdict(namespace, found_case, wish=WISH):
    return next(one for one in recommend(found_case, wish).verdicts if one.namespace == namespace)


def denied(recommended):
    return {one.namespace for one in recommended.denied}
