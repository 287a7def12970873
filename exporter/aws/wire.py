"""Times as AWS wrote them: reading them into a date loses how, and the AWS CLI may show them so."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from botocore.utils import parse_timestamp


class TimeFormat(StrEnum):
    """The two values of the AWS CLI's ``cli_timestamp_format``.

    ``WIRE`` is what version 1 does by itself, ``ISO8601`` what version 2 does.
    """

    WIRE = "wire"
    ISO8601 = "iso8601"


class WireTime(datetime):
    """A moment that remembers how it was written."""

    written: str | float

    def shown(self, form: TimeFormat) -> str | float:
        """As the AWS CLI shows it."""
        return self.written if form is TimeFormat.WIRE else self.isoformat()


def keep_wire_times(session: Any) -> None:
    """Let every client of a botocore session give times as :class:`WireTime`."""
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_wire_time)


def _wire_time(written: str | float) -> WireTime:
    moment = parse_timestamp(written)
    time = WireTime.combine(moment.date(), moment.timetz())
    time.written = written
    return time


def shown(answer: Any, form: TimeFormat) -> Any:
    """An answer, or a part of one, with every :class:`WireTime` in this format."""
    if isinstance(answer, dict):
        return {name: shown(value, form) for name, value in answer.items()}
    if isinstance(answer, list):
        return [shown(item, form) for item in answer]
    return answer.shown(form) if isinstance(answer, WireTime) else answer
