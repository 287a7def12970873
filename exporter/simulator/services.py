"""The services of AWS: namespace and name, out of botocore's own service models."""

import gzip
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import botocore

_HEAD = 4096  # bytes; the metadata stand near the beginning of a model, which may have megabytes


@cache
def service_names() -> Mapping[str, str]:
    """Namespace → name of every service botocore knows, in the order of the namespaces.

    Models that share a namespace (``rds``, ``docdb``, ``neptune``) count once, under the name of the one
    that is called like the namespace, or else the first.
    """
    names: dict[str, str] = {}
    for model, metadata in _models():
        namespace = _namespace(metadata)
        if namespace == model or namespace not in names:
            names[namespace] = metadata["serviceFullName"]
    return dict(sorted(names.items()))


def _namespace(metadata: Mapping[str, Any]) -> str:
    name = metadata.get("signingName") or metadata["endpointPrefix"]
    return str(name).lower()


def _models() -> Iterator[tuple[str, Mapping[str, Any]]]:
    data = Path(botocore.__file__).parent / "data"
    for folder in sorted(data.iterdir()):
        versions = sorted(folder.glob("*/service-2.json.gz"))
        if versions:
            yield folder.name, _metadata(versions[-1])


def _metadata(model: Path) -> Mapping[str, Any]:
    # Parsing whole models would take ten seconds; their heads take a tenth of one.
    with gzip.open(model, "rt", encoding="utf-8") as text:
        head = text.read(_HEAD)
        try:
            return _parse_metadata(head)
        except ValueError:
            return _parse_metadata(head + text.read())


def _parse_metadata(text: str) -> Mapping[str, Any]:
    key = '"metadata":'
    start = text.index(key) + len(key)
    metadata: Mapping[str, Any]
    metadata, _ = json.JSONDecoder().raw_decode(text[start:].lstrip())
    return metadata
