"""When a lease must be renewed, when it is over, and when another's may be taken: no I/O and no clock.

No time of one machine is ever compared with a time of another. Each side counts on its own clock, and only
seconds that surely lie inside the other's:

::

    holder     sent ─────── renewal lands ───────────────────┐
               └── may call AWS for 4/5 of the term ──▶│      │
    others                        └ … seen ── unchanged for a whole term ──▶ may take it

* The holder counts from *before* it sent the request that granted or renewed the lease: that request cannot
  have landed earlier.
* The others count from *after* the answer in which they first saw the record as it is: it was not written
  later. Any change of it begins a new count.
* The fifth between the two is for clocks that do not run equally fast, and for a request under way.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace

RENEWALS = 3  # per term: two may be lost before a third would be too late
USABLE = 0.8  # of the term


@dataclass(frozen=True, slots=True)
class Tenure:
    """A lease as its holder counts it.

    ``term`` is how many seconds it lasts unless renewed (infinity: for ever), ``sent`` when the request was
    sent that brought it, by the holder's own clock.
    """

    term: float
    sent: float

    @property
    def renew_at(self) -> float:
        """When the next renewal is due."""
        return self.sent + self.term / RENEWALS

    @property
    def ends(self) -> float:
        """From when on nothing may be done by its right."""
        return self.sent + self.term * USABLE

    def renewed(self, sent: float) -> "Tenure":
        """The same lease after a renewal that was sent at ``sent``."""
        return replace(self, sent=sent)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A lease as the others see it: its record, whatever that is, and since when it has not changed."""

    record: Hashable
    since: float

    def seen(self, record: Hashable, at: float) -> "Sighting":
        """After another look, whose answer came at ``at``."""
        return self if record == self.record else Sighting(record, at)

    def abandoned(self, term: float, now: float) -> bool:
        """Whoever held it has not renewed it for a whole term, and may no longer act by it."""
        return now >= self.since + term
