"""Writes what the documentation quotes from the code; with ``--check``, says what is no longer true.

Between two marks of a page, ``<!-- generated: NAME -->`` and ``<!-- end -->``, stands what the function of
that name in ``PARTS`` gives.
"""

import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import click

from exporter.cli import COMMANDS, cli
from exporter.config import json_schema, reference
from exporter.families import FAMILIES, Family, Group, OrganizationFamily, SubjectFamily
from exporter.recommend import COMPANIONS, NEVER, REVIEW_FIRST
from exporter.recommend import Group as ServiceGroup

sys.path.insert(0, str(Path(__file__).parent))
from manual import manual

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "docs/recommendations.md", "docs/metrics.md", "docs/flags.md", "docs/configuration.md")
_MARKED = re.compile(r"(<!-- generated: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    cells = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    lines = [list(head), ["---"] * len(head), *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _labels(family: Family) -> str:
    own = [f"`{label}`" for label in family.labels]
    if isinstance(family, SubjectFamily):
        return ", ".join(["`organization`", "`entity_id`", "[`policy_id`]", *own])
    shared = ["`organization`"] if isinstance(family, OrganizationFamily) else []
    return ", ".join([*shared, *own])


def metrics() -> str:
    """Every family, group by group."""
    parts = []
    for group in Group:
        rows = [
            (f"`{family.name}`", family.type.value, _labels(family), family.help)
            for family in FAMILIES
            if family.group is group
        ]
        parts.append(
            f"### Group `{group.value}`\n\n{table(('metric', 'type', 'labels', 'what it says'), rows)}"
        )
    return "\n\n".join(parts)


def metrics_short() -> str:
    """The families that are about reports and services, for the first page."""
    shown = {Group.REPORTS, Group.SERVICES, Group.AGES, Group.INFO}
    rows = [(f"`{family.name}`", family.help) for family in FAMILIES if family.group in shown]
    return table(("metric", "what it says"), rows)


def flags() -> str:
    """Every command with its flags."""
    context = click.Context(cli)
    parts = []
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        sections = (f"## `{name}`", _about(command), _flags(command), _examples(command))
        parts.append("\n\n".join(section for section in sections if section))
    return "\n\n".join(parts)


def _about(command: click.Command) -> str:
    paragraphs = (command.help or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _examples(command: click.Command) -> str:
    _, _, lines = (command.epilog or "").partition("Examples:\n")
    return f"```sh\n{textwrap.dedent(lines)}\n```" if lines else ""


def _flags(command: click.Command) -> str:
    context = click.Context(command, info_name=command.name)
    rows = [
        (
            f"`{max(option.opts, key=len)}`",
            _default(option, context),
            f"`{option.envvar}`" if option.envvar else "",
            option.help or "",
        )
        for option in command.params
        if isinstance(option, click.Option)
    ]
    return table(("flag", "default", "environment variable", "what it does"), rows) if rows else ""


def _default(option: click.Option, context: click.Context) -> str:
    shown = option.to_info_dict()["default"]
    given = shown if not callable(shown) else option.get_default(context)
    if given is None or given in ("", False):
        return ""
    return f"`{', '.join(given) if isinstance(given, list | tuple) else given}`"


def configuration() -> str:
    """Every key of the configuration file."""
    rows = [
        (f"`{row.path}`", row.type, f"`{row.default}`" if row.default else "", row.description)
        for row in reference()
    ]
    return table(("key", "type", "default", "what it does"), rows)


def _groups(groups: Iterable[ServiceGroup]) -> str:
    rows = [(group.name, ", ".join(f"`{name}`" for name in group.services), group.reason) for group in groups]
    return table(("group", "services", "why"), rows)


def protected() -> str:
    """What no recommendation denies."""
    return _groups(NEVER)


def reviewed() -> str:
    """What is denied only with ``--include-reviewed``."""
    return _groups(REVIEW_FIRST)


def companions() -> str:
    """What is kept while another service is in use."""
    rows = [(f"`{name}`", ", ".join(f"`{other}`" for other in others)) for name, others in COMPANIONS.items()]
    return table(("kept", "while one of these is in use"), rows)


PARTS: dict[str, Callable[[], str]] = {
    "metrics": metrics,
    "metrics-short": metrics_short,
    "flags": flags,
    "configuration": configuration,
    "protected": protected,
    "reviewed": reviewed,
    "companions": companions,
}


def filled(text: str) -> str:
    """A page with its parts as the code has them now."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]()}\n\n{found[3]}", text)


def files() -> dict[Path, str]:
    """What every generated file should hold."""
    wanted = {ROOT / page: filled((ROOT / page).read_text(encoding="utf-8")) for page in PAGES}
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    return {**wanted, ROOT / "docs/config.schema.json": schema, ROOT / "docs/org-access-exporter.1": manual()}


def stale() -> list[str]:
    """The files that say something else than the code."""
    return [
        str(path.relative_to(ROOT))
        for path, text in files().items()
        if path.read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str]) -> int:
    """Write all files, or with ``--check`` only compare them."""
    if "--check" in arguments:
        found = stale()
        print("\n".join(f"{name} is stale: run `make docs`" for name in found))
        return 1 if found else 0
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
