"""What pydantic finds wrong with a document, as problems with their place and in words of this program."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from exporter.config.document import Document, Path
from exporter.config.quoting import describe
from exporter.errors import Problem

_WANTED = {
    "string_type": "a string",
    "string_sub_type": "a string",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def find(document: Document, model: type[BaseModel], error: ValidationError) -> list[Problem]:
    """Each of pydantic's errors, at its value or, where the key is wrong, at its key.

    Not those of a value that could not be read in the first place: the document has noted these.
    """
    noted = {(problem.line, problem.column) for problem in document.problems}
    found = [_problem(document, model, detail) for detail in error.errors(include_url=False)]
    return [problem for problem in found if (problem.line, problem.column) not in noted]


def _problem(document: Document, model: type[BaseModel], detail: ErrorDetails) -> Problem:
    path: Path = tuple(detail["loc"])
    if detail["type"] == "extra_forbidden":
        return document.at_key(path, _unknown_key(model, path))
    return document.at_value(path, _message(detail))


def _message(detail: ErrorDetails) -> str:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind in _WANTED:
        return f"must be {_WANTED[kind]}, not {describe(value)}{_advice(kind, value)}"
    if kind in {"enum", "literal_error"}:
        return f"must be one of {context['expected']}, not {describe(value)}"
    if kind == "missing":
        return "is missing"
    if kind == "too_short":
        return "must not be empty"
    return str(context.get("error", detail["msg"]))


def _advice(kind: str, value: Any) -> str:
    if kind == "string_type" and isinstance(value, bool | int | float):
        return " (put it in quotes)"
    if kind == "bool_type" and isinstance(value, str):
        return " (without quotes)" if value in {"true", "false"} else ""
    return ""


def _unknown_key(model: type[BaseModel], path: Path) -> str:
    known = sorted(_fields(model, path[:-1]))
    close = _nearest(str(path[-1]), known)
    hint = f"did you mean {close}?" if close else f"known here: {', '.join(known)}"
    return f"unknown key, {hint}"


def _nearest(key: str, known: Sequence[str]) -> str:
    """The known key that was meant, however its words are joined: misspelt, cut short, or only like it."""
    written = re.sub("(?<=[a-z0-9])(?=[A-Z])|[- .]", "_", key).lower()
    if misspelt := _alike(written, known, 0.85):
        return misspelt
    for name in known:
        whole, part = max(name.lower(), written, key=len), min(name.lower(), written, key=len)
        if len(part) > 1 and (whole.startswith(f"{part}_") or whole.endswith(f"_{part}")):
            return name
    return _alike(written, known, 0.6)


def _alike(written: str, known: Sequence[str], cutoff: float) -> str:
    by_spelling = {name.lower(): name for name in known}
    close = get_close_matches(written, by_spelling, n=1, cutoff=cutoff)
    return by_spelling[close[0]] if close else ""


def _fields(model: type[BaseModel], path: Path) -> set[str]:
    """The keys of the mapping at ``path``, following the models down."""
    for part in path:
        if isinstance(part, str):
            model = next(_models(model.model_fields[part].annotation))
    return {field.alias or name for name, field in model.model_fields.items()}


def _models(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
