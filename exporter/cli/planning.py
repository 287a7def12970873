"""``recommend --all-ous``: a plan for the whole tree, written into a directory."""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exporter.errors import UserError

if TYPE_CHECKING:
    from exporter.plan import Plan
    from exporter.recommend import Case, Wish

_INDEX = "plan.json"


def write_plan(cases: "Sequence[Case]", missing: Mapping[str, str], wished: "Wish", directory: Path) -> None:
    """Judge, place, prove and write; raises UserError where that cannot be done."""
    from exporter.output import console, plan_table  # noqa: PLC0415 - rich; --help has no use for it
    from exporter.plan import files, prove  # noqa: PLC0415 - as above

    planned = _planned(cases, missing, wished)
    proof = prove(planned)
    if proof.denied:
        told = "; ".join(proof.denied[:3])
        raise UserError(f"the plan is not written, since it would deny what is in use: {told}")
    _write(files(planned, proof), directory)
    console(sys.stdout).print(plan_table(planned, proof))
    click.echo(f"written to {directory}: begin with {directory / 'plan.md'}")


def _planned(cases: "Sequence[Case]", missing: Mapping[str, str], wished: "Wish") -> "Plan":
    from exporter.plan import plan  # noqa: PLC0415 - as above
    from exporter.recommend import recommend, shared  # noqa: PLC0415 - as above

    try:
        found = [recommend(case, wished) for case in shared(cases)]
        if not found:
            raise UserError("; ".join(missing.values()) or "no OU in scope has an account")
        return plan(found, missing)
    except ValueError as error:
        raise UserError(str(error)) from error


def _write(texts: Mapping[str, str], directory: Path) -> None:
    """All of it, and nothing of an earlier plan: what that listed and this one does not have is removed."""
    try:
        former = _listed(directory / _INDEX)
        for name, text in texts.items():
            path = directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f".{path.name}.unfinished")
            unfinished.write_text(text, encoding="utf-8")
            unfinished.replace(path)
        for name in former - texts.keys():
            with suppress(FileNotFoundError):
                (directory / name).unlink()
    except OSError as error:
        raise UserError(f"{error.filename or directory}: {error.strerror}") from error


def _listed(index: Path) -> set[str]:
    """The policies of an earlier plan, as far as it can be read."""
    try:
        document = json.loads(index.read_text(encoding="utf-8"))
        names = {str(name) for step in document["steps"] for name in step["files"]}
    except (OSError, ValueError, LookupError, TypeError):
        return set()
    return {name for name in names if name.startswith("scps/") and ".." not in Path(name).parts}
