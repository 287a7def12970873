"""Lines of the two text formats, as bytes.

Sample lines are the same in both; only headers differ. Source: Prometheus' text format 0.0.4 and
OpenMetrics 1.0.0.
"""

import math
import sys
from collections.abc import Iterable
from enum import Enum
from functools import lru_cache

from exporter.families import Family, Sample, Type


class Format(Enum):
    """The formats served; the value is the content type."""

    TEXT = "text/plain; version=0.0.4; charset=utf-8"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


END = {Format.TEXT: b"", Format.OPENMETRICS: b"# EOF\n"}

# The formats end a line with LF alone, and can write LF in a value. The scanners of some readers take NUL for
# the end of the input, and others split lines where Python's splitlines does (Datadog's agent, scripts): of
# these each becomes a sign for itself, so that values that differ stay apart.
_SIGNS = {
    "\0": "\N{REPLACEMENT CHARACTER}",
    "\v": "\N{SYMBOL FOR VERTICAL TABULATION}",
    "\f": "\N{SYMBOL FOR FORM FEED}",
    "\r": "\N{SYMBOL FOR CARRIAGE RETURN}",
    "\x1c": "\N{SYMBOL FOR FILE SEPARATOR}",
    "\x1d": "\N{SYMBOL FOR GROUP SEPARATOR}",
    "\x1e": "\N{SYMBOL FOR RECORD SEPARATOR}",
    "\x85": "\N{SYMBOL FOR NEWLINE}",
    "\u2028": "\N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}",
    "\u2029": "\N{PILCROW SIGN}",
}
_LABEL = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", **_SIGNS})


@lru_cache(maxsize=1 << 16)
def escape(value: str) -> str:
    """A label value as both formats want it, in which nothing ends a line, whoever reads it."""
    return value.translate(_LABEL)


_LARGEST = int(sys.float_info.max)


def number(value: float) -> str:
    """A sample value: whole numbers without a fraction, others with every digit they need.

    What no float can hold is infinite: Prometheus refuses a whole scrape for one number out of range.
    """
    if isinstance(value, int) and -_LARGEST <= value <= _LARGEST:
        return str(value)
    if isinstance(value, int):
        return "+Inf" if value > 0 else "-Inf"
    if math.isfinite(value):
        return str(int(value)) if value.is_integer() else repr(value)
    if math.isnan(value):
        return "NaN"
    return "+Inf" if value > 0 else "-Inf"


def encode(text: str) -> bytes:
    """UTF-8; half a surrogate pair, which JSON can smuggle in, becomes a question mark."""
    return text.encode("utf-8", "replace")


def series(family: Family, constant: str, labels: Iterable[tuple[str, str]]) -> str:
    """A series up to its value: name and labels, ``constant`` being those already escaped."""
    own = ",".join([f'{name}="{escape(value)}"' for name, value in labels])
    inner = f"{constant},{own}" if constant and own else constant or own
    return f"{family.name}{{{inner}}} " if inner else f"{family.name} "


def sample_lines(family: Family, constant: str, samples: Iterable[Sample]) -> str:
    """One line per sample."""
    names = family.labels
    if len(names) == 1:
        head, tail = _around(family, constant, names[0])
        return "".join([f"{head}{escape(values[0])}{tail}{number(value)}\n" for values, value in samples])
    return "".join(
        [
            f"{series(family, constant, zip(names, values, strict=True))}{number(value)}\n"
            for values, value in samples
        ]
    )


def _around(family: Family, constant: str, label: str) -> tuple[str, str]:
    comma = "," if constant else ""
    return f'{family.name}{{{constant}{comma}{label}="', '"} '


@lru_cache(maxsize=1 << 10)
def header(family: Family, fmt: Format) -> bytes:
    """HELP, TYPE and (in OpenMetrics) UNIT of a family.

    OpenMetrics names counters without their suffix; text 0.0.4 says "untyped" for its "unknown".
    """
    name, kind = family.name, family.type
    if fmt is Format.OPENMETRICS:
        name = name.removesuffix("_total") if kind is Type.COUNTER else name
    word = "untyped" if kind is Type.UNKNOWN and fmt is Format.TEXT else kind.value
    lines = [f"# HELP {name} {_help(family.help, fmt)}", f"# TYPE {name} {word}"]
    if fmt is Format.OPENMETRICS and family.unit:
        lines.append(f"# UNIT {name} {family.unit}")
    return encode("\n".join(lines) + "\n")


def _help(text: str, fmt: Format) -> str:
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n")
    return escaped.replace('"', '\\"') if fmt is Format.OPENMETRICS else escaped
