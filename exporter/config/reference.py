"""The configuration file's description, made from its schema: for editors (JSON schema) and for the docs."""

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import yaml
from pydantic import BaseModel

from exporter.config import schema
from exporter.model import Services


class Row(NamedTuple):
    """One key of the file: ``path`` such as ``organizations[].targets.root.refresh``."""

    path: str
    type: str
    default: str
    description: str


def json_schema() -> dict[str, Any]:
    """The published JSON schema. It promises less than ``load`` checks: uniqueness of names is beyond it."""
    written = schema.Root.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of org-access-exporter",
    } | {key: value for key, value in written.items() if key != "title"}


def reference() -> Iterator[Row]:
    """Every key of the file in its order, mappings before what they hold."""
    yield from _rows(schema.Root, "")


def _rows(model: type[BaseModel], prefix: str) -> Iterator[Row]:
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        path, hint = f"{prefix}{name}", hints[name]
        inner, listed = _model_in(hint), get_origin(hint) is list
        word = "mapping" if inner else _word(hint)
        yield Row(
            path,
            f"list of {word}s" if listed else word,
            "" if inner or field.is_required() else _shown(field.default),
            field.description or "",
        )
        if inner:
            yield from _rows(inner, f"{path}[]." if listed else f"{path}.")


def _model_in(hint: Any) -> type[BaseModel] | None:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint
    return next(filter(None, map(_model_in, get_args(hint))), None)


def _word(hint: Any) -> str:
    if hint is bool:
        return "boolean"
    kinds = [meta.name for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, schema.Kind)]
    return next(filter(None, [*kinds, *map(_word, get_args(hint))]), "")


def _shown(default: Any) -> str:
    return str(yaml.safe_dump(_plain(default), default_flow_style=True)).split("\n")[0]


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Services) else value
