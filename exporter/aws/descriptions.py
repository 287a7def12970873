"""What botocore's descriptions of AWS tell: the Regions, and what a call and its answer look like."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any

import botocore.session
from botocore.loaders import Loader

OPERATION = "GetOrganizationsAccessReport"
_EPOCH = "1970-01-01T00:00:00"


@cache
def known_regions() -> frozenset[str]:
    """Every Region of every partition, as of botocore's version."""
    endpoints = Loader().load_data("endpoints")
    return frozenset(region for partition in endpoints["partitions"] for region in partition["regions"])


class Skeleton(StrEnum):
    """What a skeleton is of."""

    INPUT = "input"
    OUTPUT = "output"


def skeleton(wanted: Skeleton) -> dict[str, Any]:
    """Every parameter with a value to replace, or every field of the answer with one of its kind.

    It is what the AWS CLI prints for ``--generate-cli-skeleton``. As in its version 2, an enumeration shows
    its first value: version 1 takes any.
    """
    operation = botocore.session.get_session().get_service_model("iam").operation_model(OPERATION)
    shape = operation.input_shape if wanted is Skeleton.INPUT else operation.output_shape
    example: dict[str, Any] = _example(shape, "", named=wanted is Skeleton.OUTPUT)
    return example


def _example(shape: Any, member: str, *, named: bool) -> Any:
    if shape.type_name == "structure":
        return {name: _example(one, name, named=named) for name, one in shape.members.items()}
    if shape.type_name == "list":
        return [_example(shape.member, member, named=named)]
    if getattr(shape, "enum", None):
        return shape.enum[0]
    return _SCALARS[shape.type_name](member if named else "")


_SCALARS: Mapping[str, Callable[[str], Any]] = {
    "string": lambda name: name,
    "integer": lambda _: 0,
    "boolean": lambda _: True,
    "timestamp": lambda _: _EPOCH,
}
