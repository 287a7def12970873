"""The AWS CLI's own two options: the parameters of a call as JSON, and what that looks like."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])

MAX_ITEMS = click.IntRange(1, 1000)
SORT_KEYS = click.Choice(
    [
        f"{key}_{order}"
        for key in ("SERVICE_NAMESPACE", "LAST_AUTHENTICATED_TIME")
        for order in ("ASCENDING", "DESCENDING")
    ]
)
_FILE = "file://"
_INPUT = "--cli-input-json"


class _Parameter(NamedTuple):
    """A parameter of AWS's: the option that says the same, and the values that it takes."""

    option: str
    kind: type
    values: click.ParamType[Any] = click.STRING


# Of GetOrganizationsAccessReport, and of GenerateOrganizationsAccessReport, which comes before it.
_PARAMETERS: Mapping[str, _Parameter] = {
    "JobId": _Parameter("job_id", str),
    "MaxItems": _Parameter("max_items", int, MAX_ITEMS),
    "Marker": _Parameter("marker", str),
    "SortKey": _Parameter("sort_key", str, SORT_KEYS),
    "EntityPath": _Parameter("entity_path", str),
    "OrganizationsPolicyId": _Parameter("policy_id", str),
}
_SUBJECT = {"job_id", "entity_path"}


def cli_input_json() -> Callable[[_Command], _Command]:
    """``--cli-input-json``; None where it is not given."""
    what = "The parameters as the AWS CLI takes them: JSON, or file://PATH. Other flags win over it."
    return click.option(_INPUT, metavar="JSON", help=what)


def generate_cli_skeleton() -> Callable[[_Command], _Command]:
    """``--generate-cli-skeleton``: ``input`` where it has no value, None where it is not given."""
    what = "Print a skeleton for --cli-input-json, or of the answer, as the AWS CLI does; ask AWS nothing."
    kinds = click.Choice(["input", "output"])
    return click.option("--generate-cli-skeleton", is_flag=False, flag_value="input", type=kinds, help=what)


def overlaid(options: Mapping[str, Any], given: str | None, subjects: tuple[str, ...]) -> dict[str, Any]:
    """The options, and what the JSON says of those that were not given; raises click.UsageError.

    Where one of ``subjects`` (what to report on) is among the options, none is taken from the JSON.
    """
    if given is None:
        return dict(options)
    said = _parameters(_parsed(_text(given)))
    if any(options[name] for name in subjects):
        said = {name: value for name, value in said.items() if name not in _SUBJECT}
    return {**options, **{name: value for name, value in said.items() if options[name] in {None, ""}}}


def _text(given: str) -> str:
    if not given.startswith(_FILE):
        return given
    path = Path(given.removeprefix(_FILE)).expanduser()
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise _wrong(f"{path} cannot be read: {why}") from error


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        hint = "" if text.lstrip().startswith("{") else f"; a file is named as {_FILE}PATH"
        raise _wrong(f"this is no JSON ({error}){hint}") from error
    if not isinstance(found, dict):
        raise _wrong(f"a JSON object is wanted, not {json.dumps(found)[:40]}")
    return found


def _parameters(found: Mapping[str, Any]) -> dict[str, Any]:
    unknown = [name for name in found if name not in _PARAMETERS]
    if unknown:
        raise _wrong(f"unknown parameter {unknown[0]!r}, must be one of: {', '.join(_PARAMETERS)}")
    return {_PARAMETERS[name].option: _value(name, value) for name, value in found.items()}


def _value(name: str, value: Any) -> Any:
    parameter = _PARAMETERS[name]
    if type(value) is not parameter.kind:
        kind = {str: "a string", int: "a number"}[parameter.kind]
        raise _wrong(f"{name} is {kind}, not {json.dumps(value)[:40]}")
    if value == "":
        raise _wrong(f"{name} is empty: leave it out")
    try:
        return parameter.values.convert(value, None, None)
    except click.BadParameter as error:
        raise _wrong(f"{name}: {error.message}") from error


def _wrong(what: str) -> click.UsageError:
    return click.BadParameter(what, param_hint=_INPUT)
