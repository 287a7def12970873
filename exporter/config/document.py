"""YAML text as plain data, with the place of every key and value.

PyYAML composes the nodes; the data is built here, because its constructor forgets the places, lets a
duplicate key win silently and expands aliases without limit. Two dialects say what a plain scalar is:

- ``read`` takes YAML 1.2's view, in which ``no`` and ``on`` are text, and so is a number with a leading
  zero (an account id): only ``true`` and ``false`` are booleans, only ``null``, ``~`` and nothing are null.
- ``read_text`` keeps every scalar as the text written, marked with what YAML 1.1 takes it for (``Text``),
  which is how Go programs see it who decode into typed fields.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import yaml

from exporter.config.quoting import escape, quote
from exporter.config.scalars import MOST_DEPTH, ModernLoader, TextLoader, modern_value, text_value
from exporter.errors import ConfigError, Problem

Path = tuple[str | int, ...]
Scalar = Callable[[yaml.ScalarNode], Any]

# Far above any real file, far below what would hurt: a document may hold this many values after expansion.
_MOST_VALUES = 200_000
_MERGE = "tag:yaml.org,2002:merge"


class Place(NamedTuple):
    """Line and column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """``data`` is dicts, lists and scalars; ``keys`` and ``values`` have the place of each by its path."""

    file: str
    data: Any
    keys: dict[Path, Place]
    values: dict[Path, Place]
    problems: tuple[Problem, ...]

    def at_key(self, path: Path, message: str) -> Problem:
        """A problem of the key at the end of ``path``."""
        return _problem(self.file, self.keys.get(path) or self._nearest(path), path, message)

    def at_value(self, path: Path, message: str) -> Problem:
        """A problem of the value at ``path``, or of what should have held it."""
        return _problem(self.file, self._nearest(path), path, message)

    def _nearest(self, path: Path) -> Place:
        while path not in self.values and path:
            path = path[:-1]
        return self.values.get(path, Place(1, 1))


def read(text: str, file: str) -> Document:
    """The one document in ``text``, scalars as YAML 1.2 reads them. ConfigError if it is not YAML."""
    return _build(_compose(text, file, ModernLoader), file, modern_value)


def read_text(text: str, file: str) -> Document:
    """The one document in ``text``, each scalar as ``Text``. ConfigError if it is not YAML."""
    return _build(_compose(text, file, TextLoader), file, text_value)


def spell(path: Path) -> str:
    """``("organizations", 0, "name")`` as ``organizations[0].name``."""
    spelled = ""
    for part in path:
        if isinstance(part, int):
            spelled += f"[{part}]"
        else:
            plain = part.replace("_", "").replace("-", "").isalnum()
            spelled += ("." if spelled else "") + (part if plain and part.isprintable() else quote(part))
    return spelled


def _problem(file: str, place: Place, path: Path, message: str) -> Problem:
    return Problem(file, place.line, place.column, spell(path), message)


def _compose(text: str, file: str, loader_class: type[yaml.SafeLoader]) -> yaml.Node | None:
    try:
        loader = loader_class(text)
    except yaml.reader.ReaderError as error:
        raise ConfigError([_unreadable(text, file, error)]) from error
    try:
        node: yaml.Node | None = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = _place(mark) if mark else Place(1, 1)
        said = ", ".join(filter(None, (error.context, error.problem)))
        raise ConfigError([_problem(file, place, (), f"not valid YAML: {escape(said)}")]) from error
    except (ValueError, OverflowError) as error:
        # PyYAML lets these through for an impossible \U escape and for absurd %YAML versions.
        place = Place(loader.line + 1, loader.column + 1)
        raise ConfigError([_problem(file, place, (), "not valid YAML: a number is out of range")]) from error
    finally:
        loader.dispose()
    return node


def _unreadable(text: str, file: str, error: yaml.reader.ReaderError) -> Problem:
    before = text[: error.position]
    place = Place(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
    return _problem(
        file, place, (), f"not valid YAML: the character U+{int(error.character):04X} is not allowed"
    )


def _place(mark: yaml.Mark) -> Place:
    return Place(mark.line + 1, mark.column + 1)


def _build(node: yaml.Node | None, file: str, scalar: Scalar) -> Document:
    builder = _Builder(file, scalar)
    data = None if node is None else builder.build(node, ())
    return Document(file, data, builder.keys, builder.values, tuple(builder.problems))


@dataclass(slots=True)
class _Builder:
    """Turns nodes into data and remembers places; what is wrong is noted and left out."""

    file: str
    scalar: Scalar
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    open_nodes: list[yaml.Node] = field(default_factory=list)
    built: int = 0

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.values[path] = _place(node.start_mark)
        self.count(node, path)
        if isinstance(node, yaml.ScalarNode):
            return self.checked_scalar(node, path)
        with self.inside(node, path):
            if isinstance(node, yaml.MappingNode):
                return self.mapping(node, path)
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]

    @contextmanager
    def inside(self, node: yaml.Node, path: Path) -> Iterator[None]:
        """While a node is being built. Aliases can make it deeper than the text is, or endless."""
        if any(node is outer for outer in self.open_nodes):
            self.stop(node, path, "an alias refers to what it is part of")
        if len(self.open_nodes) >= MOST_DEPTH:
            self.stop(node, path, f"nested deeper than {MOST_DEPTH} levels")
        self.open_nodes.append(node)
        yield
        self.open_nodes.pop()

    def checked_scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        if not node.value.isprintable() and any("\ud800" <= char <= "\udfff" for char in node.value):
            self.note(node, path, "half of a surrogate pair is not a character")
            return None
        try:
            return self.scalar(node)
        except ValueError as error:
            self.note(node, path, str(error))
            return None

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        own = [pair for pair in node.value if pair[0].tag != _MERGE]
        merged = [value for key, value in node.value if key.tag == _MERGE]
        data: dict[str, Any] = {}
        for key_node, value_node in own:
            self.entry(data, key_node, value_node, path)
        for value_node in merged:
            self.merge(data, value_node, path)
        return data

    def entry(self, data: dict[str, Any], key_node: yaml.Node, value_node: yaml.Node, path: Path) -> None:
        key = self.key(key_node, path)
        if key is None:
            return
        inner = (*path, key)
        if key in data:
            self.note(key_node, inner, f"the key is given twice, first in line {self.keys[inner].line}")
            return
        self.keys[inner] = _place(key_node.start_mark)
        data[key] = self.build(value_node, inner)

    def key(self, node: yaml.Node, path: Path) -> str | None:
        noted = len(self.problems)
        value = self.checked_scalar(node, path) if isinstance(node, yaml.ScalarNode) else None
        if isinstance(value, str):
            return str(value)
        if len(self.problems) == noted:
            self.note(node, path, "a key must be a string")
        return None

    def merge(self, data: dict[str, Any], node: yaml.Node, path: Path) -> None:
        """YAML's ``<<``: keys of the mapping itself win, then those of the mappings named first."""
        for source in self.sources(node, path):
            self.count(source, path)
            for key_node, value_node in source.value:
                if key_node.tag == _MERGE:
                    with self.inside(source, path):
                        self.merge(data, value_node, path)
                elif not (isinstance(key_node, yaml.ScalarNode) and key_node.value in data):
                    self.entry(data, key_node, value_node, path)

    def sources(self, node: yaml.Node, path: Path) -> Iterator[yaml.MappingNode]:
        for source in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if isinstance(source, yaml.MappingNode):
                yield source
            else:
                self.note(source, path, "<< takes a mapping or a list of mappings")

    def count(self, node: yaml.Node, path: Path) -> None:
        self.built += 1
        if self.built > _MOST_VALUES:
            self.stop(node, path, f"the document has more than {_MOST_VALUES} values (aliases expanded)")

    def note(self, node: yaml.Node, path: Path, message: str) -> None:
        self.problems.append(_problem(self.file, _place(node.start_mark), path, message))

    def stop(self, node: yaml.Node, path: Path, message: str) -> NoReturn:
        """Give up the document: going on would never end."""
        self.note(node, path, message)
        raise ConfigError(self.problems)
