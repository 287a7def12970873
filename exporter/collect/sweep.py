"""What was done while something was due: the stuff of one log line.

After the first pass, each subject becomes due at a moment of its own, and a sweep may be one report long.
Lines about sweeps are kept ``QUIET`` seconds apart; what one leaves out, the next one counts.
"""

from dataclasses import dataclass

QUIET = 300.0


@dataclass(slots=True)
class Sweep:
    """Moments are monotonic seconds; ``began`` is None while nothing is due, ``busy`` counts what is over."""

    began: float | None = None
    reports: int = 0
    failed: int = 0
    busy: float = 0.0
    quiet_until: float = float("-inf")

    def begin(self, moment: float) -> None:
        """Something is due."""
        if self.began is None:
            self.began = moment

    def rest(self, moment: float) -> "Sweep | None":
        """Nothing is due any more: all that was done since the last line, if there should be one now."""
        if self.began is not None:
            self.busy += moment - self.began
            self.began = None
        if not self.busy or moment < self.quiet_until:
            return None
        told = Sweep(None, self.reports, self.failed, self.busy)
        self.reports, self.failed, self.busy, self.quiet_until = 0, 0, 0.0, moment + QUIET
        return told
