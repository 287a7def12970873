"""Names as organizations give them, and names as only a test would."""

import itertools
from collections.abc import Iterator, Sequence

# Paths of OUs, each after its parent, so that any number of them from the front is a tree.
UNIT_PATHS: tuple[str, ...] = (
    "Security",
    "Infrastructure",
    "Workloads",
    "Workloads/Prod",
    "Workloads/Prod/Payments",
    "Sandbox",
    "Suspended",
    "Workloads/NonProd",
    "Workloads/Prod/Payments/PCI",
    "Workloads/Prod/Payments/PCI/Cardholder Data",
    "Data",
    "Data/Analytics",
    "Infrastructure/Networking",
    "Policy Staging",
    "Workloads/NonProd/Payments",
    "Workloads/Prod/Shop",
    "Data/Machine Learning",
    "Deployments",
    "Workloads/Prod/Mobile",
    "Individual Business Users",
)
TEAMS: Sequence[str] = (
    "payments", "checkout", "search", "catalog", "identity", "billing", "orders", "shipping", "pricing",
    "recommendations", "messaging", "mobile", "web", "fraud", "ledger", "reporting", "partners", "inventory",
)  # fmt: skip
_PEOPLE = (
    "alice",
    "bob",
    "carol",
    "dan",
    "erin",
    "frank",
    "grace",
    "heidi",
    "ivan",
    "judy",
    "mallory",
    "niaj",
)
_BY_UNIT: dict[str, Sequence[str]] = {
    "Security": ("log-archive", "security-tooling", "audit", "forensics"),
    "Infrastructure": ("shared-services", "dns", "backup", "identity-center"),
    "Networking": ("network-hub", "network-egress", "transit"),
    "Sandbox": tuple(f"sandbox-{person}" for person in _PEOPLE),
    "Suspended": tuple(f"retired-{team}" for team in TEAMS),
    "Prod": tuple(f"{team}-prod" for team in TEAMS),
    "NonProd": tuple(f"{team}-{stage}" for stage in ("dev", "staging") for team in TEAMS),
    "PCI": ("card-vault-prod", "tokenization-prod", "hsm-prod"),
    "Cardholder Data": ("card-data-prod", "card-data-keys"),
    "Payments": ("payments-prod", "settlement-prod", "payouts-prod"),
    "Analytics": ("warehouse", "lake-raw", "lake-curated", "bi"),
    "Machine Learning": ("training", "inference", "features"),
}
_ORDINARY = tuple(f"{team}-shared" for team in TEAMS)
_HOSTILE = (
    ' "quoted"', " back\\slash \\n", "\nsecond line", " \u00fcn\u00efc\u00f6d\u00e9 \u65e5\u672c\u8a9e",
    " \U0001f4b8", " a&b<c>]]>", "\ttab", " carriage\rreturn", ' {brace="1"}', " 'single'",
    " \u2028separator", " \u202eright-to-left", "",
)  # fmt: skip


def unit_names() -> Iterator[tuple[str, str]]:
    """Parent path and name of OUs without end; the parent path is "" below the root."""
    for path in UNIT_PATHS:
        parent, _, name = path.rpartition("/")
        yield parent, name
    # Beyond what one would think of: one OU per business unit, and one per team in it.
    for number in itertools.count(1):
        unit = f"Business Unit {number}"
        yield "", unit
        for team in TEAMS:
            yield unit, team.capitalize()


def account_names(unit: str) -> Iterator[str]:
    """Names for the accounts of an OU, without end and without repetition."""
    names = _BY_UNIT.get(unit, _ORDINARY)
    yield from names
    for number in itertools.count(2):
        yield from (f"{name}-{number}" for name in names)


def hostile(name: str, number: int) -> str:
    """The name with something in it that must be escaped somewhere; which, depends on ``number``."""
    return f"{name}{_HOSTILE[number % len(_HOSTILE)]}"
