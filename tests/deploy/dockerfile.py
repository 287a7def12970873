"""The instructions of a Dockerfile, and what its variables come to."""

import json
import re
import shlex
from pathlib import Path
from typing import NamedTuple

# ${NAME}, or ${NAME:+what there is if it has a value, itself with ${NAME}}.
_VARIABLE = re.compile(r"\$\{(\w+)(?::\+((?:[^${}]|\$\{\w+\})*))?\}")


class Instruction(NamedTuple):
    """One instruction, such as ``RUN``, and the rest of its line."""

    word: str
    rest: str


def instructions(file: Path) -> list[Instruction]:
    """All of a file's instructions; continued lines are joined."""
    lines = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [
        Instruction(word, rest)
        for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)
    ]


def filled(text: str, variables: dict[str, str]) -> str:
    """A text with the values of its variables."""

    def value(found: re.Match[str]) -> str:
        known = variables.get(found[1], "")
        return known if found[2] is None else filled(found[2], variables) if known else ""

    return _VARIABLE.sub(value, text)


def pairs(rest: str, variables: dict[str, str]) -> dict[str, str]:
    """What ENV, LABEL and ARG say, as names and values."""
    words = (filled(word, variables).partition("=") for word in shlex.split(rest))
    return {name: value for name, _, value in words}


def command(rest: str) -> list[str]:
    """ENTRYPOINT's and CMD's list of words."""
    words: list[str] = json.loads(rest)
    return words
