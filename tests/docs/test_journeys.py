"""The pictures of docs/journeys.md show calls that the code makes."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "journeys.md"
CALL = re.compile(r"^    (\w+)->>(\w+): (.+)$", re.MULTILINE)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Picture:
    title: str
    modules: dict
    actors: tuple
    arrows: tuple

    @property
    def calls(self):
        """Caller's module, callee's module and the name of what is called, where both are ours."""
        return [
            (self.modules[start], self.modules[end], said.partition("(")[0])
            for start, end, said in self.arrows
            if {start, end} <= set(self.modules)
        ]


def pictures(text):
    for section in text.split("\n## ")[1:]:
        for drawn in re.findall(r"```mermaid\nsequenceDiagram\n(.*?)```", section, re.DOTALL):
            modules = dict(re.findall(r"participant (\w+) as ([\w.]+)", drawn))
            actors = tuple(re.findall(r"actor (\w+)", drawn))
            yield Picture(section.partition("\n")[0], modules, actors, tuple(CALL.findall(drawn)))


@cache
def tree(module):
    path = ROOT.joinpath("exporter", *module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text())


def defines(module, name):
    return any(isinstance(node, DEFINITIONS) and node.name == name for node in ast.walk(tree(module)))


def names(module, name):
    """Whether the module speaks of something by this name: calls it, or hands it on to be called."""
    nodes = list(ast.walk(tree(module)))
    return any(
        (isinstance(node, ast.Attribute) and node.attr == name)
        or (isinstance(node, ast.Name) and node.id == name)
        for node in nodes
    )


PICTURES = list(pictures(PAGE.read_text()))


def test_each_journey_has_its_picture():
    assert [picture.title for picture in PICTURES] == [
        "A report",
        "A scrape",
        "A reload",
        "A takeover",
        "A piece of news",
    ]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.title)
def test_every_arrow_is_between_participants(picture):
    drawn = {*picture.modules, *picture.actors}
    assert {end for arrow in picture.arrows for end in arrow[:2]} == drawn


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.title)
def test_what_is_called_is_defined_where_the_arrow_ends(picture):
    assert [call for call in picture.calls if not defines(call[1], call[2])] == []


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.title)
def test_what_is_called_is_named_where_the_arrow_begins(picture):
    assert [call for call in picture.calls if not names(call[0], call[2])] == []


def test_an_arrow_that_is_not_there_is_found():
    drawn = "participant a as job\n    participant b as news\n    a->>b: fly(x)\n"
    text = f"\n## X\n```mermaid\nsequenceDiagram\n    {drawn}```"
    (picture,) = pictures(text)
    assert [(defines(end, name), names(start, name)) for start, end, name in picture.calls] == [
        (False, False)
    ]


PACKAGES = sorted(path.relative_to(ROOT / "exporter") for path in (ROOT / "exporter").rglob("__init__.py"))


@pytest.mark.parametrize("path", PACKAGES, ids=str)
def test_each_package_says_what_it_is_and_what_it_never_does(path):
    said = ast.get_docstring(ast.parse((ROOT / "exporter" / path).read_text())) or ""
    first, _, more = said.partition("\n\n")
    assert ("\n" in first, "never" in more.partition("\n\n")[0]) == (False, True)
