"""A configuration file as a ``Config``, or every problem in it at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from exporter.config import document, schema
from exporter.config.document import Document
from exporter.config.document import Path as Place
from exporter.config.files import read_file
from exporter.config.findings import find
from exporter.config.quoting import quote
from exporter.config.settings import Config, settings
from exporter.config.syntax import partition_of, partition_of_arn
from exporter.errors import ConfigError, Problem


def load(path: str | Path) -> Config:
    """The configuration in a file. ConfigError has every problem, in the order of the file."""
    return parse(read_file(path), str(path))


def default() -> Config:
    """The configuration of a daemon without a file: one organization, default credential chain."""
    return settings(schema.Root())


def parse(text: str, file: str) -> Config:
    """The configuration in ``text``; ``file`` is its name in problems.

    A text without a document is refused: it is more often a write cut short or a lost ConfigMap than a wish
    for the defaults, and a reload of it would silently stop watching every organization.
    """
    written = document.read(text, file)
    if not isinstance(written.data, dict):
        raise ConfigError([*written.problems, written.at_value((), _no_mapping(written.data))])
    problems, root = list(written.problems), None
    try:
        root = schema.Root.model_validate(written.data)
    except ValidationError as error:
        problems += find(written, schema.Root, error)
    problems += _across_fields(written)
    if root is None or problems:
        raise ConfigError(sorted(problems))
    return settings(root)


def _no_mapping(data: Any) -> str:
    if data is None:
        return "the file is empty; write {} to run with the defaults"
    return "the file must be a mapping with the keys organizations and collection"


def _across_fields(written: Document) -> Iterator[Problem]:
    """What can be wrong between fields that are right one by one, whether or not others are wrong."""
    organizations = written.data.get("organizations")
    if not isinstance(organizations, list):
        return
    mappings = [(index, item) for index, item in enumerate(organizations) if isinstance(item, dict)]
    yield from _names_twice(written, mappings)
    for index, item in mappings:
        yield from _foreign_role(written, ("organizations", index, "role_arn"), item)


def _names_twice(written: Document, mappings: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, item in mappings:
        name = item.get("name", "default")
        if not isinstance(name, str):
            continue
        if name in seen:
            message = f"the name {quote(name)} is already that of organizations[{seen[name]}]"
            yield written.at_value(("organizations", index, "name"), message)
        seen.setdefault(name, index)


def _foreign_role(written: Document, place: Place, item: dict[str, Any]) -> Iterator[Problem]:
    try:
        checked = schema.Organization.model_validate(
            {key: item[key] for key in ("region", "role_arn") if key in item}
        )
    except ValidationError:
        return
    if checked.region is None or checked.role_arn is None:
        return
    here = partition_of(checked.region)
    if partition_of_arn(checked.role_arn) != here:
        there = partition_of_arn(checked.role_arn)
        yield written.at_value(
            place, f"the role is in partition {there}, but region {checked.region} is in {here}"
        )
