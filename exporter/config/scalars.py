"""What a scalar of YAML is taken for, in the two dialects of ``exporter.config.document``."""

import math
import re
from collections.abc import Callable
from typing import Any, Self

import yaml

from exporter.config.quoting import quote

_TAG = "tag:yaml.org,2002:"
MOST_DEPTH = 50


class _Shallow(yaml.SafeLoader):
    """A loader that refuses deep nesting, as PyYAML's composer calls itself for each level."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            event = self.peek_event()  # type: ignore[no-untyped-call]  # untyped in types-PyYAML
            message = f"nested deeper than {MOST_DEPTH} levels"
            raise yaml.composer.ComposerError(None, None, message, event.start_mark)
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


class ModernLoader(_Shallow):
    """Plain scalars as YAML 1.2's core schema has them, but numbers only where no other reading exists."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's way: a class without its parent's


class TextLoader(_Shallow):
    """Plain scalars as go-yaml 2 has them."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's way: a class without its parent's

    def get_single_node(self) -> yaml.Node | None:
        """The first document: go-yaml does not look at what follows."""
        self.get_event()  # type: ignore[no-untyped-call]  # untyped in types-PyYAML
        if self.check_event(yaml.StreamEndEvent):
            return None
        return self.compose_document()


def _resolve(loader: type[yaml.SafeLoader], rules: dict[str, str]) -> None:
    for name, pattern in rules.items():
        loader.add_implicit_resolver(_TAG + name, re.compile(rf"(?:{pattern})\Z"), None)


_NULL = "~|null|Null|NULL|"
_resolve(
    ModernLoader,
    {
        "null": _NULL,
        "merge": "<<",
        "bool": "true|True|TRUE|false|False|FALSE",
        "int": "-?(?:0|[1-9][0-9]*)",
        "float": r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    },
)
_TRUE = ("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON")
_FALSE = ("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF")
_resolve(
    TextLoader,
    {
        "null": _NULL,
        "merge": "<<",
        "bool": "|".join(_TRUE + _FALSE),
        "int": "[-+]?(?:0|[0-9][0-9_]*|0x[0-9a-fA-F_]+|0b[01_]+|0o[0-7_]+)",
        "float": r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?",
    },
)


class Text(str):
    """A scalar as it is written; ``tag`` is what YAML takes it for: str, bool, int or float."""

    __slots__ = ("tag",)
    tag: str

    def __new__(cls, value: str, tag: str) -> Self:
        self = super().__new__(cls, value)
        self.tag = tag
        return self

    @property
    def truth(self) -> bool | None:
        """The boolean that is written here, None if it is not one."""
        return self in _TRUE if self.tag == "bool" else None

    @property
    def number(self) -> int | None:
        """The 64-bit number that is written here, without its fraction, None if it is not one."""
        if self.tag not in {"int", "float"} or len(self) > 100:
            return None
        try:
            number = _go_integer(self) if self.tag == "int" else int(float(self))
        except (ValueError, OverflowError):
            return None
        return number if abs(number) < 2**63 else None


def _go_integer(text: str) -> int:
    digits = text.replace("_", "")
    octal = re.fullmatch("([-+]?)0([0-7]+)", digits)
    return int(f"{octal[1]}0o{octal[2]}" if octal else digits, base=0)


def text_value(node: yaml.ScalarNode) -> Text | None:
    """The scalar as ``Text``, None for null; private tags change nothing. ValueError for !!binary etc."""
    kind = _kind(node) if node.tag.startswith(_TAG) else "str"
    return None if kind == "null" else Text(node.value, "str" if kind == "merge" else kind)


def modern_value(node: yaml.ScalarNode) -> Any:
    """The scalar as str, bool, int, float or None. ValueError for a tag that means nothing here."""
    kind = _kind(node)
    if kind == "null":
        return None
    if kind in {"bool", "int", "float"}:
        return _CONVERSIONS[kind](node.value.lower())
    return node.value


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(f"{quote(text)} is not a boolean: write true or false")
    return text == "true"


def _number(text: str) -> float:
    try:
        # Python refuses to convert thousands of digits; no number of this size means anything here.
        return int(text) if len(text) < 30 else math.inf
    except ValueError:
        return _float(text)


def _float(text: str) -> float:
    try:
        return float(text.replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        raise ValueError(f"{quote(text)} is not a number") from None


_CONVERSIONS: dict[str, Callable[[str], Any]] = {"bool": _boolean, "int": _number, "float": _float}


def _kind(node: yaml.ScalarNode) -> str:
    kind = node.tag.removeprefix(_TAG)
    if kind not in {"str", "bool", "int", "float", "null", "merge"}:
        raise ValueError(f"the tag {quote(node.tag.replace(_TAG, '!!'))} has no meaning here")
    if kind == "null" and node.value not in _NULL.split("|"):
        raise ValueError(f"{quote(node.value)} is not null")
    return kind
