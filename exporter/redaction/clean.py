"""The secrets of this process, and texts and errors without them."""

from exporter.redaction.known import Secrets
from exporter.redaction.patterns import without_lookalikes

SECRETS = Secrets()
_MOST = 32 * 1024  # characters of a text that are looked at; what is behind them is left out
_PROCESS = "custom-process"  # botocore's name for credential_process
_OWN = ("Unsupported version", "Missing required key in credential response", "Metadata")


def remember(*values: str | None) -> None:
    """Secrets at hand: wherever they stand from now on, in whatever writing, they are replaced."""
    for value in values:
        if value:
            SECRETS.add(value)


def redacted(text: str) -> str:
    """``text`` without the secrets in it."""
    cut = text if len(text) <= _MOST else f"{text[:_MOST]}…"
    return SECRETS.taken_out(without_lookalikes(cut))


def said(error: BaseException) -> str:
    """What an exception of a library says: on one line, without an answer and without secrets; may be empty.

    botocore's parser quotes all of an answer: one of STS has keys in it, and any may be huge. It also quotes
    what a program wrote that failed to give credentials, which may hold what that program signs in with.
    """
    kwargs = getattr(error, "kwargs", None)
    if isinstance(kwargs, dict) and kwargs.get("provider") == _PROCESS and _written(kwargs):
        return "credential_process ended with an error; what it wrote is not shown"
    told = str(error).split("\nb'")[0].split('\nb"')[0]
    return " ".join(redacted(told).split())


def _written(kwargs: dict[str, object]) -> bool:
    return not str(kwargs.get("error_msg", "")).startswith(_OWN)
