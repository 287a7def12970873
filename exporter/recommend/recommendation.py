"""What was asked for, and what came of it: frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from exporter.recommend.case import Attached, Case
from exporter.recommend.difference import Difference
from exporter.recommend.jury import Jury
from exporter.recommend.own import Own
from exporter.recommend.policies import LIMIT, Document, Variant
from exporter.recommend.verdict import Ground, Verdict

TRACKED = 400 * 86400.0  # s for which AWS keeps uses at least
UNUSED_FOR = 90 * 86400.0  # s without a use, where nobody says how many
SHORTEST = 7 * 86400.0  # s; AWS's data may be hours late, and a week has all kinds of days


@dataclass(frozen=True, slots=True)
class Counts:
    """AWS's NumberOfServicesAccessible and NumberOfServicesNotAccessed."""

    accessible: int
    not_accessed: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. ``window`` in seconds: unused for so long is unused.

    ``protect`` are services never to be denied beside ``PROTECTED``, with the reason; ``limit`` is the
    length of a policy in characters. ``least_age`` in seconds is how long an account has to be a member to
    be evidence (None: for the window), ``least_accounts`` how many of them it takes. ``reviewed``: services
    that should be looked at first have been. ``exempt`` are principals, by preset or ARN; None: as in ours
    in force. ``remarks`` are notes on how the wish came about.
    """

    window: float
    variant: Variant = Variant.DENY_LIST
    protect: Mapping[str, str] = field(default_factory=dict)
    limit: int = LIMIT
    least_age: float | None = None
    least_accounts: int = 1
    reviewed: bool = False
    exempt: tuple[str, ...] | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recommendation:
    """``policies`` is empty where nothing is to be denied; ``before`` and ``after`` count for the entity.

    ``exempt`` are the patterns of principals that the policies leave alone; ``own`` are the statements of
    ours in force that they take the place of; ``replaced`` are SCPs that have to be detached for them.
    """

    case: Case
    wish: Wish
    jury: Jury
    verdicts: tuple[Verdict, ...]
    policies: tuple[Document, ...]
    before: Counts
    after: Counts
    difference: Difference
    exempt: tuple[str, ...] = ()
    own: tuple[Own, ...] = ()
    replaced: tuple[Attached, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def denied(self) -> tuple[Verdict, ...]:
        """The services that the policies deny."""
        return tuple(verdict for verdict in self.verdicts if verdict.denied)

    @property
    def allowed(self) -> tuple[Verdict, ...]:
        """The services that would still be allowed."""
        return tuple(
            one for one in self.verdicts if not one.denied and one.ground is not Ground.ALREADY_DENIED
        )

    @property
    def grants(self) -> bool:
        """The policies allow what is left, instead of denying what is not."""
        return any(statement["Effect"] == "Allow" for one in self.policies for statement in one["Statement"])
