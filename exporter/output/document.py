"""Reports as JSON, byte for byte as the AWS CLI writes it."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from exporter.output.reading import Reading


def one_document(document: Mapping[str, Any]) -> str:
    """A single report."""
    return json.dumps(document, indent=4, ensure_ascii=False) + "\n"


def many_documents(readings: Iterable[Reading]) -> str:
    """A list of reports, each with what Generate was asked for."""
    return json.dumps([_asked(reading) for reading in readings], indent=4, ensure_ascii=False) + "\n"


def _asked(reading: Reading) -> dict[str, Any]:
    policy = reading.subject.policy_id
    about = {"EntityPath": reading.path, **({"OrganizationsPolicyId": policy} if policy else {})}
    return {**about, **reading.document}
