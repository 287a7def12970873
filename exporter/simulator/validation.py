"""IAM's validation of parameters: every constraint that does not hold, in one ValidationError."""

import re
from collections.abc import Iterable

from exporter.simulator.messages import Refusal


def check(*found: str | None) -> None:
    problems = [problem for problem in found if problem]
    if problems:
        count = f"{len(problems)} validation error{'s' * (len(problems) > 1)} detected: "
        raise Refusal(400, "ValidationError", count + "; ".join(problems))


def string(
    name: str,
    value: str | None,
    pattern: re.Pattern[str] | None = None,
    length: tuple[int, int] | None = None,
    *,
    required: bool = False,
) -> str | None:
    if value is None:
        return (
            f"Value null at '{name}' failed to satisfy constraint: Member must not be null"
            if required
            else None
        )
    told = f"Value '{value}' at '{name}' failed to satisfy constraint: Member must "
    if length and not length[0] <= len(value) <= length[1]:
        return f"{told}have length between {length[0]} and {length[1]}"
    if pattern and not pattern.fullmatch(value):
        return f"{told}satisfy regular expression pattern: {pattern.pattern}"
    return None


def integer(name: str, value: str | None, least: int, most: int) -> str | None:
    if value is None:
        return None
    told = f"Value '{value}' at '{name}' failed to satisfy constraint: Member must "
    if not re.fullmatch(r"-?[0-9]{1,9}", value):
        return f"{told}be an integer"
    return None if least <= int(value) <= most else f"{told}have value between {least} and {most}"


def one_of(name: str, value: str, known: Iterable[str]) -> str | None:
    if value in known:
        return None
    told = f"Value '{value}' at '{name}' failed to satisfy constraint: Member must "
    return f"{told}satisfy enum value set: [{', '.join(known)}]"
