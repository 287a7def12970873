"""Principals that a denial leaves alone, by the condition ``ArnNotLike`` on ``aws:PrincipalArn``.

For a session of a role that key holds the ARN of the role, with its path.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

KEY = "aws:PrincipalArn"
NONE = "none"
_PRESETS = ("control-tower", "sso", "sso=PERMISSION-SET", "break-glass=ROLE")
_PARTS = 6
# Nobody means these: a pattern that fits one of them fits everybody, or everybody with a path.
_STRANGERS = ("role/Zq0.Kx=7,vJ@w-2_hB", "role/zQ8/Kx7/vJ0.h=2,B@y-5")
_KINDS = ("role/", "user/", "root", "federated-user/", "*", "?")
_NAME = re.compile(r"[\w+=,.@*?/-]+", re.ASCII)


def exempted(wishes: Iterable[str], partition: str = "aws") -> tuple[str, ...]:
    """Patterns of ARNs, sorted, for what is wished: presets or patterns; ValueError for what is neither."""
    found = {arn for wish in wishes if wish != NONE for arn in _patterns(wish.strip(), partition)}
    return tuple(sorted(found))


def condition(patterns: Iterable[str]) -> dict[str, Any]:
    """The element that exempts them, to be merged into a statement; empty for none."""
    listed = sorted(patterns)
    return {"Condition": {"ArnNotLike": {KEY: listed}}} if listed else {}


def patterns_in(written: Any) -> tuple[str, ...] | None:
    """The patterns of a condition that is exactly ours; None for any other."""
    if not written:
        return ()
    match written:
        case {"ArnNotLike": {**keys}} if len(written) == 1 and [str(key).lower() for key in keys] == [
            KEY.lower()
        ]:
            (value,) = keys.values()
            return tuple(sorted(value if isinstance(value, list) else [value]))
    return None


def _patterns(wish: str, partition: str) -> tuple[str, ...]:
    roles = f"arn:{partition}:iam::*:role/"
    preset, equals, name = wish.partition("=")
    if wish == "control-tower":
        return (f"{roles}AWSControlTowerExecution", f"{roles}aws-controltower-*")
    if wish == "sso":
        return (f"{roles}aws-reserved/sso.amazonaws.com/*",)
    if equals and preset == "sso":
        return (f"{roles}aws-reserved/sso.amazonaws.com/*AWSReservedSSO_{_role(name, wish)}_*",)
    if equals and preset == "break-glass":
        return (_arn(name),) if name.startswith("arn:") else (roles + _role(name.lstrip("/"), wish),)
    if wish.startswith("arn:"):
        return (_arn(wish),)
    raise ValueError(f"{wish!r} is neither the ARN of a role or user nor one of {', '.join(_PRESETS)}")


def _role(name: str, wish: str) -> str:
    if not _NAME.fullmatch(name) or _fits_strangers(f"role/{name}"):
        raise ValueError(
            f"{wish!r}: {name!r} is no name of a role" if name else f"{wish!r}: a name is missing"
        )
    return name


def _arn(pattern: str) -> str:
    parts = pattern.split(":")
    if len(parts) != _PARTS or parts[3] or not re.fullmatch("[0-9*?]+", parts[4]):
        raise ValueError(f"{pattern!r} is not like arn:aws:iam::*:role/NAME")
    if parts[2] == "sts":
        raise ValueError(f"{pattern!r}: {KEY} holds the role of a session: arn:aws:iam::*:role/NAME")
    if parts[2] != "iam" or not parts[5].startswith(_KINDS) or not _NAME.fullmatch(parts[5]):
        raise ValueError(f"{pattern!r} is not like arn:aws:iam::*:role/NAME or arn:aws:iam::*:user/NAME")
    if _fits_strangers(parts[5]):
        raise ValueError(f"{pattern!r} would exempt every role: nothing would be denied")
    return pattern


def _fits_strangers(pattern: str) -> bool:
    return any(fnmatchcase(one, pattern) for one in _STRANGERS)
