"""Times and counts in answers: one that cannot be read costs no more than itself.

The AWS CLI may show times as AWS wrote them, and reading them into a date loses how.
"""

import re
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from typing import Any

from botocore.utils import parse_timestamp

# What is to be a number and is nothing: with or without attributes, in whichever namespace.
_EMPTY_COUNT = re.compile(
    rb"<((?:\w+:)?(?:TotalAuthenticatedEntities|NumberOfServices(?:Not)?Access(?:ed|ible)))(?:\s[^<>]*)?"
    rb"(?:/>|>\s*</\1\s*>)"
)
# How AWS writes times. What is written so, Python reads in a fiftieth of the time that botocore takes for it.
_USUAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{3})?Z")


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


def read_times(session: Any, *, as_wired: bool) -> None:
    """How every client of a botocore session reads times: ``as_wired`` as :class:`WireTime`.

    What is no time stays the text that it is: botocore would refuse the whole answer for one empty element.
    """
    parser = _wire_time if as_wired else _time
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=parser)


def forget_empty_counts(response_dict: dict[str, Any], **_: Any) -> None:
    """Take counts without a number out of an answer of IAM's: they are as good as not there.

    Blanks before it too, which no XML may begin with.
    """
    response_dict["body"] = _EMPTY_COUNT.sub(b"", response_dict["body"]).lstrip()


def _time(written: str | float) -> datetime | str:
    if isinstance(written, str) and _USUAL.fullmatch(written):
        with suppress(ValueError):  # no such day, or 24 o'clock
            return datetime.fromisoformat(written)
    try:
        moment: datetime = parse_timestamp(written)
    except (ValueError, OverflowError, TypeError, OSError, RuntimeError):  # all that botocore lets out
        return str(written)
    return moment


def _wire_time(written: str | float) -> WireTime | str:
    moment = _time(written)
    if isinstance(moment, str):
        return moment
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
