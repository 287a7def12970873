"""What a hostile AWS sends instead of an answer: raw bytes, pauses, and how the connection ends."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from exporter.simulator.messages import Answer

JSON = "application/x-amz-json-1.1"
STALL = 40.0  # s; longer than the exporter waits for a byte
_PAGE = b"<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><hr></body></html>"


class End(Enum):
    """What becomes of the connection."""

    KEPT = "kept"
    CLOSED = "closed"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Reply:
    """Bytes to send as they are; a float among them is a pause in seconds."""

    pieces: tuple[bytes | float, ...]
    end: End = End.KEPT


Fault = Callable[[Answer], Reply]


def head(status: int, length: int | None, kind: str = "text/xml", *more: str) -> bytes:
    """A status line and headers."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Type: {kind}", *more]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return "\r\n".join([*lines, "", ""]).encode()


def right(answer: Answer) -> Reply:
    """The answer itself."""
    return Reply((head(answer.status, len(answer.body), answer.content_type) + answer.body,))


def body(make: Callable[[Answer], bytes], status: int | None = None, kind: str = "") -> Fault:
    """The right head with another body."""

    def fault(answer: Answer) -> Reply:
        sent = make(answer)
        return Reply((head(status or answer.status, len(sent), kind or answer.content_type) + sent,))

    return fault


def edited(pattern: str, replacement: str) -> Fault:
    """The answer with every match of a regular expression replaced; where there is none, it is right."""
    return body(lambda answer: re.sub(pattern.encode(), replacement.encode(), answer.body, flags=re.DOTALL))


def error(status: int, code: str, message: str = "told so") -> Fault:
    """An error in the API's own format."""

    def make(answer: Answer) -> bytes:
        if _json(answer):
            return f'{{"__type": "{code}", "Message": "{message}"}}'.encode()
        told = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        return f"<ErrorResponse>{told}<RequestId>1</RequestId></ErrorResponse>".encode()

    return body(make, status)


def _json(answer: Answer) -> bool:
    return "json" in answer.content_type


def _nested(answer: Answer) -> bytes:
    depth = 100_000
    return b"[" * depth + b"]" * depth if _json(answer) else b"<a>" * depth + b"</a>" * depth


def _bomb(_: Answer) -> bytes:
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    return f'<!DOCTYPE a [<!ENTITY a0 "ha">{entities}]><a>&a11;</a>'.encode()


def _sent_to_a_file(_: Answer) -> bytes:
    return b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><JobId>&x;</JobId></a>'


def _halves(answer: Answer) -> tuple[bytes, bytes]:
    middle = len(answer.body) // 2
    return answer.body[:middle], answer.body[middle:]


def _reset(_: Answer) -> Reply:
    return Reply((), End.RESET)


def _reset_in_body(answer: Answer) -> Reply:
    first, _ = _halves(answer)
    return Reply((head(200, len(answer.body)) + first, 0.2), End.RESET)


def _closed(_: Answer) -> Reply:
    return Reply((), End.CLOSED)


def _closed_in_head(_: Answer) -> Reply:
    return Reply((b"HTTP/1.1 200 OK\r\nContent-Ty",), End.CLOSED)


def _closed_in_body(answer: Answer) -> Reply:
    first, _ = _halves(answer)
    return Reply((head(200, len(answer.body), answer.content_type) + first,), End.CLOSED)


def _stalled(_: Answer) -> Reply:
    return Reply((STALL,), End.CLOSED)


def _stalled_in_body(answer: Answer) -> Reply:
    first, second = _halves(answer)
    return Reply((head(200, len(answer.body), answer.content_type) + first, STALL, second), End.CLOSED)


def _dripping(answer: Answer) -> Reply:
    (whole,) = right(answer).pieces
    assert isinstance(whole, bytes)
    return Reply(tuple(piece for byte in whole for piece in (bytes([byte]), 1.0)))


def _slow(answer: Answer) -> Reply:
    size = max(1, len(answer.body) // 10)
    parts = [answer.body[i : i + size] for i in range(0, len(answer.body), size)]
    dripped = [piece for part in parts for piece in (part, 0.1)]
    return Reply((head(200, len(answer.body), answer.content_type), *dripped))


def _bad_chunks(answer: Answer) -> Reply:
    chunked = head(200, None, answer.content_type, "Transfer-Encoding: chunked")
    return Reply((chunked + b"zz\r\n" + answer.body[:20],), End.CLOSED)


def _chunked(answer: Answer) -> Reply:
    start = head(200, None, answer.content_type, "Transfer-Encoding: chunked")
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(half), half) for half in _halves(answer))
    return Reply((start + chunks + b"0\r\n\r\n",))


def _no_gzip(answer: Answer) -> Reply:
    start = head(200, len(answer.body), answer.content_type, "Content-Encoding: gzip")
    return Reply((start + answer.body,))


def _many_headers(answer: Answer) -> Reply:
    more = [f"X-Header-{i}: {i}" for i in range(500)]
    return Reply((head(200, len(answer.body), answer.content_type, *more) + answer.body,), End.CLOSED)


def _continues(answer: Answer) -> Reply:
    return Reply((b"HTTP/1.1 100 Continue\r\n\r\n" * 3, *right(answer).pieces))


def _endless(answer: Answer) -> Reply:
    return Reply((head(200, 10**12, answer.content_type), *[b"x" * (1 << 20)] * 64), End.CLOSED)


def _redirect(_: Answer) -> Reply:
    return Reply((head(301, 0, "text/html", "Location: http://169.254.169.254/latest/meta-data/"),))


# Lost or damaged on its way: each has to be counted and repeated, whatever was asked.
ON_THE_WAY: dict[str, Fault] = {
    "500 InternalFailure": error(500, "InternalFailure"),
    "503 ServiceUnavailable": error(503, "ServiceUnavailable"),
    "502 with a proxy's page": body(lambda _: _PAGE, 502, "text/html"),
    "200 with a proxy's page": body(lambda _: _PAGE, 200, "text/html"),
    "reset before the answer": _reset,
    "reset in mid-body": _reset_in_body,
    "closed without an answer": _closed,
    "closed in the headers": _closed_in_head,
    "closed in mid-body": _closed_in_body,
    "empty body": body(lambda _: b""),
    "truncated body": body(lambda answer: _halves(answer)[0]),
    "malformed body": body(lambda answer: _halves(answer)[0] + b"<\x00&{"),
    "not HTTP": lambda _: Reply((b"SSH-2.0-OpenSSH_9.2\r\n",), End.CLOSED),
    "500 headers": _many_headers,
    "chunks without lengths": _bad_chunks,
    "nested 100,000 deep": body(_nested),
    "endless body": _endless,
    "not UTF-8": body(lambda answer: b"\xff\xfe" + answer.body),
}
ENTITIES: dict[str, Fault] = {
    "entity expansion": body(_bomb),
    "external entity": body(_sent_to_a_file),
}
STALLS: dict[str, Fault] = {
    "no answer for 40 s": _stalled,
    "40 s without a byte in mid-body": _stalled_in_body,
}
DRIPPING: dict[str, Fault] = {"headers a byte a second": _dripping}
HARMLESS: dict[str, Fault] = {
    "slow body": _slow,
    "chunked body": _chunked,
    "100 Continue, thrice": _continues,
    "said to be compressed, and not": _no_gzip,
    "content type text/plain": body(lambda answer: answer.body, kind="text/plain"),
}
REDIRECT: Fault = _redirect
