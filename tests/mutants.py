"""Runs mutmut over the pure core, and says which changes of the code no test notices: docs/mutants.md.

A survivor that ``survivors.toml`` does not give a reason for fails the command, and so does a score below
``LEAST``. Survivors are known by their function and by the lines that changed: line numbers move.
"""

import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "mutants.md"
REASONS = Path(__file__).with_name("survivors.toml")
LEAST = 90  # percent, of the whole and without the survivors that have a reason
NOTICED = {"killed", "timeout", "segfault"}
INTRODUCTION = """# Which changes of the code no test notices

Written by `make mutants`, which changes the pure core in one place at a time and runs the tests that reach it
([decision 18](decisions/0018-mutants.md)). A mutant is killed when a test fails, or no longer ends. Decorated
functions (so properties), constants and the fields of classes are not changed.
"""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A change that no test notices: ``was`` and ``became`` are the lines without their indentation."""

    function: str
    was: str
    became: str


def verdicts(results: str) -> dict[str, str]:
    """What ``mutmut results --all`` says of each mutant, by its name."""
    return dict(re.findall(r"^\s*(\S+__mutmut_\d+): (.+?)\s*$", results, re.MULTILINE))


def function(mutant: str) -> str:
    """The dotted name of the function that a mutant is one of."""
    module, _, name = mutant.rpartition("__mutmut_")[0].rpartition(".")
    return ".".join([module, *re.sub(r"^xǁ|^x_", "", name).split("ǁ")])


def survivor(mutant: str, difference: str) -> Survivor:
    """A survivor from the unified diff of its function."""
    lines = [line for line in difference.splitlines() if not re.match(r"---|\+\+\+", line)]
    was, became = (
        " ".join(line[1:].strip() for line in lines if line.startswith(sign) and line[1:].strip())
        for sign in "-+"
    )
    return Survivor(function(mutant), was, became)


def reasons(text: str) -> dict[Survivor, str]:
    """Why each known survivor may survive."""
    listed = tomllib.loads(text).get("survivor", [])
    return {Survivor(one["function"], one["was"], one["became"]): one["reason"] for one in listed}


def page(said: dict[str, str], survivors: Iterable[Survivor], known: dict[Survivor, str]) -> str:
    """The table and the survivors, as Markdown."""
    return "\n".join([INTRODUCTION, *_table(said), "", "## Survivors", "", *_list(survivors, known), ""])


def score(said: Iterable[str]) -> float:
    """How many mutants of a hundred were noticed; 100 of none."""
    counts = Counter(verdict in NOTICED for verdict in said)
    return 100 * counts[True] / counts.total() if counts else 100.0


def _table(said: dict[str, str]) -> Iterator[str]:
    yield "| module | mutants | killed | survivors | score |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    modules = sorted({_module(mutant) for mutant in said})
    for module in modules:
        yield _row(f"`{module}`", [verdict for mutant, verdict in said.items() if _module(mutant) == module])
    yield _row("all", list(said.values()))


def _module(mutant: str) -> str:
    return mutant.rpartition(".")[0]


def _row(name: str, said: list[str]) -> str:
    killed = sum(verdict in NOTICED for verdict in said)
    return f"| {name} | {len(said)} | {killed} | {len(said) - killed} | {score(said):.1f} % |"


def _list(survivors: Iterable[Survivor], known: dict[Survivor, str]) -> Iterator[str]:
    for one in sorted(survivors, key=lambda each: (each.function, each.was, each.became)):
        reason = known.get(one, "**no reason given**")
        yield f"- `{one.function}`: `{one.was}` became `{one.became}`: {reason}"


def _mutmut(*arguments: str) -> str:
    """What a command of mutmut prints."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def main() -> int:
    """Run all mutants, write the page, and name the survivors that nobody gave a reason for."""
    subprocess.run([sys.executable, "-m", "mutmut", "run", "--max-children", "2"], cwd=ROOT, check=True)
    said = verdicts(_mutmut("results", "--all", "True"))
    known = reasons(REASONS.read_text(encoding="utf-8"))
    lived = [mutant for mutant, verdict in said.items() if verdict not in NOTICED]
    survivors = {survivor(mutant, _mutmut("show", mutant)) for mutant in lived}
    PAGE.write_text(page(said, survivors, known), encoding="utf-8")
    new, gone = survivors - known.keys(), known.keys() - survivors
    for title, some in (("Survived, and nobody says why", new), ("Listed, and killed", gone)):
        for one in some:
            print(f"{title}: {one}")
    return int(bool(new or gone) or score(said.values()) < LEAST)


if __name__ == "__main__":
    sys.exit(main())
