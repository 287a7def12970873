"""The promise every store keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from exporter.model import NO_NEWS, Counts, Discovery, News, Standing, StartedJob, Subject


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write what is known of an organization, and to ask AWS for it.

    ``token`` grows whenever the lease changes hands, so that a store can tell a former holder from the
    present one whatever either of them believes.
    """

    organization: str
    token: int = 0


@dataclass(frozen=True, slots=True)
class Pulse:
    """What a holder says of itself with each renewal, for those who follow.

    ``up`` and ``job_seconds`` are those of its :class:`exporter.model.OrganizationView`.
    """

    up: bool = False
    job_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a store knows of one organization, or what changed of that.

    ``position`` says up to where this goes: it is what :meth:`Store.changes` wants to be asked with next.
    ``holder`` names who has the lease (empty: nobody, or nobody else can). ``started``: the job
    that runs now, or was left running, whatever else has changed. ``news`` are in no order; ``tally`` is None
    where nothing was ever told, or nothing since. ``unlogged`` is what of the news is in no log, as far as is
    known; it says something where ``tally`` does.
    """

    discovery: Discovery | None = None
    standings: Mapping[Subject, Standing] = field(default_factory=dict)
    started: StartedJob | None = None
    position: int = 0
    holder: str = ""
    pulse: Pulse | None = None
    news: Mapping[Subject, tuple[News, ...]] = field(default_factory=dict)
    tally: Counts | None = None
    unlogged: tuple[News, ...] = ()


class Store(Protocol):
    """Keeps what is known about organizations, by their configured name.

    Called from several threads. What ``keep`` and ``discovered`` were given is there after they return. All
    methods raise StateUnavailableError for what may work later (a full disk, a table that cannot be reached),
    StateError for what will not; those that take a lease raise LeaseLostError once somebody else has it, and
    then nothing was written.
    """

    @property
    def term(self) -> float:
        """Seconds that a lease lasts unless renewed; infinity where nobody else could take it."""

    def acquire(self, organization: str) -> Lease | None:
        """The lease of an organization; None while it is somebody else's."""

    def renew(self, lease: Lease, pulse: Pulse) -> None:
        """The lease lasts for another term."""

    def release(self, lease: Lease) -> None:
        """Let others have it at once. One that was lost before is not an error."""

    def started(self, lease: Lease, job: StartedJob) -> None:
        """AWS runs this job now, and no other of the organization; forgotten when its subject is kept."""

    def keep(
        self, lease: Lease, standing: Standing, news: Sequence[News] = (), tally: Counts = NO_NEWS
    ) -> None:
        """How one subject stands, in the place of what was kept of it before.

        With it, or not at all, what its reports told, beside what was kept of that before; and, where they
        told anything, how much the organization's ever have. To be given the same again changes nothing.
        This news is in no log, and all that was given before is: until ``logged`` is called.
        """

    def logged(self, lease: Lease, tally: Counts) -> None:
        """All news that was kept, which is so much, is in the log too."""

    def forget_news(self, lease: Lease, before: float) -> None:
        """What was told by reports that were created before this time is forgotten; the tally is not."""

    def discovered(self, lease: Lease, discovery: Discovery) -> None:
        """A successful discovery: what was kept of entities that it no longer has is forgotten, news too.

        Foreign subjects are of no entity, and stay.
        """

    def recall(self, organization: str) -> Remembered:
        """Everything that was kept of an organization; nothing is not an error."""

    def changes(self, organization: str, since: int) -> Remembered:
        """What others have kept since the position that an earlier look gave.

        A discovery among it means that what it no longer has is gone, as with ``discovered``.
        """

    def close(self) -> None:
        """Nothing will be asked of this store any more."""


class Unshared:
    """What a store is to which nobody else can write: a lease is granted to whoever asks, and never lost."""

    term = float("inf")

    def acquire(self, organization: str) -> Lease | None:
        return Lease(organization)

    def renew(self, lease: Lease, pulse: Pulse) -> None:
        """It lasts anyway."""

    def release(self, lease: Lease) -> None:
        """Nobody waits for it."""
