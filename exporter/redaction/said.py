"""What an exception of a library says, fit to be shown."""

from exporter.redaction.clean import redacted

_PROCESS = "custom-process"  # botocore's name for credential_process
_OWN = ("Unsupported version", "Missing required key in credential response", "Metadata")


def said(error: BaseException) -> str:
    """On one line, without the answer that it may be about, and without secrets; may be empty.

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
