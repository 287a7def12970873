"""What comes in, what goes out, and how an operation says no."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request; the names of ``headers`` are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer. ``delay`` is how many seconds it is held back; after ``cut`` bytes of the body the
    connection is reset, before the status line if ``cut`` is 0; None: it is not.
    """

    status: int
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: int | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request. A report belongs to the access key and session token that asked for it."""

    access_key: str
    session_token: str
    account_id: str
    api: str


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault of ours
    """An operation's error answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        self.message = message
        super().__init__(f"{status} {code}: {message}")
