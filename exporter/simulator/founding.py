"""Founds the simulated organization: names, ids, tree, accounts and policies, all out of the seed."""

import random
import string
from collections.abc import Iterator, Mapping

from exporter.model import Entity, EntityType
from exporter.simulator.names import account_names, hostile, unit_names
from exporter.simulator.options import SimulationOptions
from exporter.simulator.organization import ControlPolicy, Organization
from exporter.simulator.policies import (
    ALLOW_LISTS,
    FULL_ACCESS,
    OWN_POLICIES,
    ROOT,
    standing_policies,
)

_LETTERS = string.ascii_lowercase + string.digits
_DAY = 86400.0
_OLDEST = 2000 * _DAY  # s; the longest an account has been here
_YOUNG = 0.1  # the share of accounts that joined in the last 60 days
_STATES = {"ACTIVE": 0.94, "SUSPENDED": 0.03, "PENDING_CLOSURE": 0.02, "CLOSED": 0.01}
# How many accounts chance puts there, where 1 is usual.
_FEWER = {"Suspended": 0.2, "Workloads": 0.2, "Security": 0.4, "Infrastructure": 0.5, "Policy Staging": 0.1}


def found(options: SimulationOptions) -> Organization:
    """The organization of these options; ``options.clock`` only sets when its accounts joined."""
    return _Founder(options).found()


class _Founder:
    def __init__(self, options: SimulationOptions) -> None:
        self._options = options
        self._chance = random.Random(options.seed)  # noqa: S311 - a simulation, repeatable by its seed
        self._org_id = f"o-{self._letters(10)}"
        self._taken: set[str] = set()
        self._account_names: set[str] = set()
        self._numbered = 0
        root_id = f"r-{self._letters(4)}"
        self._root = Entity(root_id, EntityType.ROOT, "Root", f"{self._org_id}/{root_id}")
        self._units: dict[str, Entity] = {ROOT: self._root}
        self._unit_names = {root_id: "Root"}

    def found(self) -> Organization:
        management = self._account(self._root, EntityType.MANAGEMENT_ACCOUNT, "management", "ACTIVE")
        self._add_units()
        accounts = [management, *self._member_accounts()]
        policies = standing_policies([f"p-{self._letters(8)}" for _ in range(OWN_POLICIES)])
        entities = {entity.id: entity for entity in [*self._units.values(), *accounts]}
        return Organization(
            id=self._org_id,
            partition=self._options.partition,
            root=self._root,
            management_account=management,
            entities=entities,
            children=_children(entities),
            joined=self._joined(accounts),
            policies={policy.id: self._christened(policy) for policy, _ in policies.values()},
            attachments=self._attachments(entities, policies),
        )

    def _add_units(self) -> None:
        for parent_path, name in unit_names():
            if len(self._units) > self._options.ous:
                return
            parent = self._units[parent_path]
            unit_id = f"ou-{self._root.id.removeprefix('r-')}-{self._letters(8)}"
            unit = Entity(
                unit_id,
                EntityType.ORGANIZATIONAL_UNIT,
                self._christen(name),
                f"{parent.path}/{unit_id}",
                parent.id,
            )
            self._units[f"{parent_path}/{name}" if parent_path else name] = unit
            self._unit_names[unit_id] = name

    def _member_accounts(self) -> Iterator[Entity]:
        homes = list(self._units.values())[1:] or [self._root]
        names = {home.id: account_names(self._unit_names[home.id]) for home in homes}
        weights = [_FEWER.get(self._unit_names[home.id], 1.0) for home in homes]
        chosen = self._chance.choices(homes, weights, k=self._options.accounts)
        # Every OU has an account before chance decides, so that none is without activity.
        for home in [*homes, *chosen][: self._options.accounts]:
            name = next(name for name in names[home.id] if name not in self._account_names)
            self._account_names.add(name)
            yield self._account(home, EntityType.ACCOUNT, name, self._state(home))

    def _account(self, home: Entity, kind: EntityType, name: str, state: str) -> Entity:
        account_id = self._account_id()
        return Entity(account_id, kind, self._christen(name), f"{home.path}/{account_id}", home.id, state)

    def _state(self, home: Entity) -> str:
        if self._unit_names[home.id] == "Suspended":
            return "SUSPENDED"
        return self._chance.choices(list(_STATES), list(_STATES.values()))[0]

    def _joined(self, accounts: list[Entity]) -> Mapping[str, float]:
        now = self._options.clock()
        return {
            account.id: now
            - (60 * _DAY if self._chance.random() < _YOUNG else _OLDEST) * self._chance.random()
            for account in accounts
        }

    def _attachments(
        self, entities: Mapping[str, Entity], policies: Mapping[str, tuple[ControlPolicy, str | None]]
    ) -> Mapping[str, tuple[str, ...]]:
        attached = {entity_id: [FULL_ACCESS] for entity_id in entities}
        for policy_id, (policy, path) in policies.items():
            unit = self._units.get(path) if path is not None else None
            if unit is None or policy_id == FULL_ACCESS:
                continue
            if policy.name in ALLOW_LISTS:
                attached[unit.id].remove(FULL_ACCESS)
            attached[unit.id].append(policy_id)
        return {entity_id: tuple(ids) for entity_id, ids in attached.items()}

    def _account_id(self) -> str:
        while (account_id := f"{self._chance.randrange(10**12):012d}") in self._taken:
            pass
        self._taken.add(account_id)
        return account_id

    def _letters(self, count: int) -> str:
        return "".join(self._chance.choices(_LETTERS, k=count))

    def _christened(self, policy: ControlPolicy) -> ControlPolicy:
        name = policy.name if policy.aws_managed else self._christen(policy.name)
        return ControlPolicy(policy.id, name, policy.description, policy.content, policy.aws_managed)

    def _christen(self, name: str) -> str:
        self._numbered += 1
        return hostile(name, self._numbered) if self._options.hostile_names else name


def _children(entities: Mapping[str, Entity]) -> Mapping[str, tuple[Entity, ...]]:
    below: dict[str, list[Entity]] = {}
    for entity in entities.values():
        below.setdefault(entity.parent_id, []).append(entity)
    return {parent: tuple(children) for parent, children in below.items()}
