"""A log event as exactly one line: logfmt or JSON, whatever its values are."""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

# Everything a terminal, a log shipper or Python's splitlines could take for the end of a line, and halves
# of surrogate pairs, which no stream can encode.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BARE = re.compile(r"[^\s\"=\\]+")
_NO_KEY = re.compile(r"[^A-Za-z0-9_.-]")
_MOST_DEPTH = 8


def logfmt_line(event: Mapping[str, Any]) -> str:
    """``key=value key="two words"``; lists and mappings are written as JSON, None as nothing."""
    return " ".join(f"{_NO_KEY.sub('_', key) or '_'}={_logfmt_value(value)}" for key, value in event.items())


def json_line(event: Mapping[str, Any]) -> str:
    """A JSON object in ASCII; what JSON has no word for is written as a string."""
    return json.dumps(plain(event), ensure_ascii=True, allow_nan=False)


def _logfmt_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    shown = plain(value)
    text = json.dumps(shown, ensure_ascii=False) if isinstance(shown, dict | list) else str(shown)
    if _BARE.fullmatch(text) and not _UNSAFE.search(text):
        return text
    return _UNSAFE.sub(_escape, json.dumps(text, ensure_ascii=False))


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def plain(value: Any, depth: int = 0) -> Any:
    """``value`` in JSON's own types; what is nested deeper than eight levels becomes text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if depth < _MOST_DEPTH and isinstance(value, Mapping):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    if depth < _MOST_DEPTH and isinstance(value, list | tuple | set | frozenset):
        return [plain(item, depth + 1) for item in value]
    return str(value)
