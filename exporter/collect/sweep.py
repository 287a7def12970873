"""What was done since something was last due: the stuff of one log line."""

from dataclasses import dataclass


@dataclass(slots=True)
class Sweep:
    """``began`` is None while nothing is due."""

    began: float | None = None
    reports: int = 0
    failed: int = 0

    def begin(self, moment: float) -> None:
        """Something is due."""
        if self.began is None:
            self.began = moment
