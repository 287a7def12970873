"""One log for everything: this program's events and the lines of the libraries it stands on.

A record is one line with ``ts`` (RFC 3339, UTC), ``level`` and ``event`` first. Events are named like
``report.completed`` and carry fields. Secrets are masked by the name of their key, and wherever else they are
known, or something looks like one.
"""

import logging
import sys
import traceback
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from exporter.redaction import MASK, redacted
from exporter.telemetry.lines import json_line, logfmt_line, plain
from exporter.telemetry.outlet import Outlet

LEVELS = ("debug", "info", "warning", "error")
FORMATS: dict[str, Callable[[Mapping[str, Any]], str]] = {"logfmt": logfmt_line, "json": json_line}

_LIBRARIES = ("aiohttp", "apscheduler", "asyncio", "boto3", "botocore", "s3transfer", "urllib3")
# Their DEBUG lines have session tokens, signed headers and the answers of STS in them.
_INDISCREET = ("boto3", "botocore", "s3transfer", "urllib3")
# What never comes from outside, and has to be found as it is.
_OURS = {"ts", "level", "logger", "organization", "stage", "api", "operation", "version"}
_SECRET_WORDS = (
    "externalid",
    "secret",
    "sessiontoken",
    "securitytoken",
    "authorization",
    "password",
    "privatekey",
    "credentials",
)


def _now() -> datetime:
    return datetime.now(UTC)


def configure(
    level: str = "info",
    format: str = "logfmt",  # noqa: A002 - it is the flag's name
    stream: TextIO | Outlet | None = None,
    *,
    now: Callable[[], datetime] = _now,
) -> None:
    """Send all logging of the process to ``stream`` (stderr). May be called again.

    ``level`` is one of ``LEVELS``, ``format`` a key of ``FORMATS``; ValueError for another. Libraries are
    heard from ``warning`` up (urllib3 from ``error``), at ``debug`` all they say except what would tell
    secrets.
    """
    if level not in LEVELS or format not in FORMATS:
        raise ValueError(f"no such log level or format: {level}, {format}")
    threshold = logging.getLevelNamesMapping()[level.upper()]
    debug = threshold <= logging.DEBUG
    steps = _steps(debug, now)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(steps, FORMATS[format]))
    root = logging.getLogger()
    for former in root.handlers[:]:
        if isinstance(former.formatter, ProcessorFormatter):
            root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(threshold)
    logging.captureWarnings(True)
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(_library_threshold(name, threshold, debug=debug))
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *steps, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        # Loggers made at import time have to follow a later call.
        cache_logger_on_first_use=False,
    )


def lines_lost(lines: int) -> None:
    """Say that so many lines were not taken by whoever reads the log."""
    structlog.get_logger().warning("log.lines_lost", lines=lines)


def _library_threshold(name: str, threshold: int, *, debug: bool) -> int:
    if debug:
        return logging.INFO if name in _INDISCREET else logging.DEBUG
    # What urllib3 warns of, as headers that are none, shows in the outcome of a call, which is told once.
    return max(threshold, logging.ERROR if name == "urllib3" else logging.WARNING)


def _steps(debug: bool, now: Callable[[], datetime]) -> list[Processor]:
    def stamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        moment = now().astimezone(UTC).isoformat(timespec="milliseconds")
        event["ts"] = moment.replace("+00:00", "Z")
        return event

    def explain(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return with_error(event, debug)

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        stamp,
        explain,
        mask,
        clean,
        in_order,
    ]


def _formatter(steps: list[Processor], render: Callable[[Mapping[str, Any]], str]) -> ProcessorFormatter:
    def line(_: WrappedLogger, __: str, event: EventDict) -> str:
        return render(event)

    return ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *steps],
        processors=[ProcessorFormatter.remove_processors_meta, line],
    )


def with_error(event: EventDict, debug: bool) -> EventDict:
    """``exc_info`` as one field ``error``; the traceback as another, at debug only."""
    event.pop("stack_info", None)
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event.setdefault("error", "".join(traceback.format_exception_only(error)).strip())
        if debug:
            event["traceback"] = "".join(traceback.format_exception(error))
    return event


def mask(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace what stands under a key that names a secret, however deep."""
    return {key: _masked(key, plain(value)) for key, value in event.items()}


def _masked(key: str, value: Any) -> Any:
    if any(word in key.lower().replace("_", "").replace("-", "") for word in _SECRET_WORDS):
        return value if value is None else MASK
    if isinstance(value, dict):
        return {inner: _masked(inner, item) for inner, item in value.items()}
    if isinstance(value, list):
        return [_masked("", item) for item in value]
    return value


def clean(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Take secrets out of every text, whoever it is from; names of ours are left as they are."""
    return {key: value if key in _OURS else _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list) else value


def in_order(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """``ts``, ``level`` and ``event`` first, then the fields as they were given."""
    first = {key: event.pop(key, "") for key in ("ts", "level", "event")}
    return {**first, **event}
