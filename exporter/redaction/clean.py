"""The secrets of this process, and texts without them."""

from exporter.redaction.known import Secrets
from exporter.redaction.patterns import without_lookalikes

SECRETS = Secrets()
_MOST = 32 * 1024  # characters of a text that are looked at; what is behind them is left out


def remember(*values: str | None) -> None:
    """Secrets at hand: wherever they stand from now on, in whatever writing, they are replaced."""
    for value in values:
        if value:
            SECRETS.add(value)


def redacted(text: str) -> str:
    """``text`` without the secrets in it."""
    cut = text if len(text) <= _MOST else f"{text[:_MOST]}…"
    return SECRETS.taken_out(without_lookalikes(cut))
