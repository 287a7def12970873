"""What the AWS CLI prints for ``--generate-cli-skeleton``, out of botocore's model of the operation."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import botocore.session

OPERATION = "GetOrganizationsAccessReport"
_EPOCH = "1970-01-01T00:00:00"


class Skeleton(StrEnum):
    """What a skeleton is of."""

    INPUT = "input"
    OUTPUT = "output"


def skeleton(wanted: Skeleton) -> dict[str, Any]:
    """Every parameter with a value to replace, or every field of the answer with one of its kind.

    As in version 2 of the AWS CLI, an enumeration shows its first value: version 1 takes any.
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
