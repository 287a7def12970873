"""Times as AWS wrote them: the AWS CLI shows them so, and reading them into a date loses how."""

from datetime import datetime
from typing import Any

from botocore.utils import parse_timestamp


class WireTime(datetime):
    """A moment that remembers how it was written."""

    written: str | float


def keep_wire_times(session: Any) -> None:
    """Let every client of a botocore session give times as :class:`WireTime`."""
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_wire_time)


def _wire_time(written: str | float) -> WireTime:
    moment = parse_timestamp(written)
    time = WireTime.combine(moment.date(), moment.timetz())
    time.written = written
    return time


def as_written(answer: Any) -> Any:
    """An answer, or a part of one, with every :class:`WireTime` as AWS wrote it."""
    if isinstance(answer, dict):
        return {name: as_written(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [as_written(item) for item in answer]
    return answer.written if isinstance(answer, WireTime) else answer
