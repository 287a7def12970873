"""How AWS writes its names: each function gives its argument back, or raises ValueError saying why not."""

import re
from datetime import date
from urllib.parse import urlsplit

from exporter.config.quoting import quote

POLICY_ID = "p-[0-9a-zA-Z_]{8,128}"
JOB_ID = "[0-9a-zA-Z-]{36}"
NAMESPACE = "[a-z0-9][a-z0-9-]*"
DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
ACCOUNT_ID = "[0-9]{12}"
OU_ID = "ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}"
REGION = "[a-z]{2,4}(?:-[a-z]+){1,2}-[0-9]{1,2}"
ROLE_ARN = r"arn:(aws(?:-[a-z]+)*):iam::[0-9]{12}:role/(?:[!-~]{1,510}/)?[A-Za-z0-9_+=,.@-]{1,64}"
SESSION_NAME = "[A-Za-z0-9_+=,.@-]{2,64}"
EXTERNAL_ID = "[A-Za-z0-9_+=,.@:/-]{2,1224}"
_PARTITIONS = {
    "cn-": "aws-cn",
    "us-gov-": "aws-us-gov",
    "us-iso-": "aws-iso",
    "us-isob-": "aws-iso-b",
    "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f",
    "eusc-": "aws-eusc",
}


def partition_of(region: str) -> str:
    """The partition a region lies in, by its prefix: ``aws`` unless it is one of the separate ones."""
    return next((name for prefix, name in _PARTITIONS.items() if region.startswith(prefix)), "aws")


def partition_of_arn(arn: str) -> str:
    """The second part of an ARN."""
    return arn.split(":", 2)[1]


def region(text: str) -> str:
    """A region such as ``us-east-1``."""
    return _matching(REGION, text, "is not an AWS region such as us-east-1")


def role_arn(text: str) -> str:
    """The ARN of an IAM role."""
    return _matching(ROLE_ARN, text, "is not the ARN of a role: arn:aws:iam::123456789012:role/NAME")


def session_name(text: str) -> str:
    """An STS role session name."""
    return _matching(SESSION_NAME, text, "is not a session name: 2 to 64 letters, digits or any of _+=,.@-")


def external_id(text: str) -> str:
    """An STS external id; the message does not repeat it."""
    if not re.fullmatch(EXTERNAL_ID, text):
        raise ValueError("not an external id: 2 to 1224 letters, digits or any of _+=,.@:/-")
    return text


def policy_id(text: str) -> str:
    """The id of a service control policy."""
    return _matching(POLICY_ID, text, "is not a policy id such as p-a1b2c3d4")


def namespace(text: str) -> str:
    """The namespace of a service: whether there is one of that name, only a report tells."""
    return _matching(NAMESPACE, text, "is not a service namespace such as s3 or access-analyzer")


def day(text: str) -> str:
    """A day of the calendar."""
    _matching(DAY, text, "is not a day such as 2027-06-30")
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{quote(text)} is not a day of the calendar") from None
    return text


def job_id(text: str) -> str:
    """The id of a report job: 36 characters."""
    return _matching(JOB_ID, text, "is not a job id: 36 letters, digits and dashes")


def selector(text: str) -> str:
    """An OU id, an account id or a glob for names; what begins like an id has to be one."""
    if text.isascii() and text.isdigit():
        return _matching(ACCOUNT_ID, text, "is not an account id: twelve digits, in quotes")
    if text.startswith("ou-") and not set(text) & set("*?["):
        return _matching(OU_ID, text, "is not an OU id such as ou-ab12-c3d4e5f6 (for a name, use a glob)")
    return present(text)


def present(text: str) -> str:
    """Any text but an empty or blank one."""
    if not text.strip():
        raise ValueError("must not be empty")
    return text


def url(text: str) -> str:
    """An http or https URL of an endpoint: a host, perhaps a port and a path, nothing else."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - urlsplit checks a port only when it is asked for
    except ValueError as error:
        raise ValueError(f"not a URL: {error}") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL with a user or password is not accepted here")
    written_well = text.isascii() and text.isprintable() and " " not in text
    if parts.scheme not in {"http", "https"} or not parts.hostname or not written_well:
        raise ValueError(f"{quote(text)} is not an http or https URL")
    if parts.query or parts.fragment:
        raise ValueError(f"{quote(text)} must end with its path: no query, no fragment")
    return text


def _matching(pattern: str, text: str, complaint: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError(f"{quote(text)} {complaint}")
    return text
