"""Reports as one HTML file for mail and paper: nothing in it is loaded from elsewhere, and no script runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from exporter.hypertext import NONE, code, day, facts, minute, name, render_advice, source_of, text
from exporter.model import ServiceAccess
from exporter.output.reading import Reading
from exporter.recommend import Recommendation

_STYLE = files(__package__).joinpath("paper.css").read_text("utf-8")
_POLICY = f"default-src 'none'; style-src {source_of(_STYLE)}"
_COLUMNS = ("Service", "Namespace", "Last used", "Accounts", "Region", "Last used by")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One report, and the policy that is recommended by it, or why there is none."""

    reading: Reading
    advice: Recommendation | str


def paper(leaves: Sequence[Leaf], now: float, version: str) -> str:
    """The whole file; ``now`` in Unix seconds."""
    title = _title(leaves[0]) if len(leaves) == 1 else "Access reports"
    organizations = ", ".join(dict.fromkeys(leaf.reading.organization for leaf in leaves))
    named = len(leaves) > 1
    sections = "".join(_section(number, leaf, named=named) for number, leaf in enumerate(leaves, start=1))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{text(_POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>{name(title)}</h1>\n<p>AWS organization {name(organizations)}; written {minute(now)} "
        f"by org-access-exporter {text(version)}</p></header>\n<main>\n{_contents(leaves)}{sections}</main>\n"
        "</body>\n</html>\n"
    )


def _title(leaf: Leaf) -> str:
    entity = leaf.reading.entity
    return (entity.name if entity else "") or leaf.reading.title


def _contents(leaves: Sequence[Leaf]) -> str:
    if len(leaves) < 2:
        return ""
    rows = "".join(_line(number, leaf) for number, leaf in enumerate(leaves, start=1))
    heads = ("Entity", "Id", "Allowed", "Never used", "To deny")
    return f"<section><h2>Contents</h2>{_table(heads, rows)}</section>\n"


def _line(number: int, leaf: Leaf) -> str:
    reading = leaf.reading
    counts = (_count(reading.report.accessible), _count(reading.report.not_accessed), _denied(leaf.advice))
    cells = "".join(f"<td>{count}</td>" for count in counts)
    link = f'<a href="#e{number}">{name(_title(leaf))}</a>'
    return f"<tr><td>{link}</td><td>{_id(reading)}</td>{cells}</tr>"


def _denied(advice: Recommendation | str) -> str:
    return NONE if isinstance(advice, str) else str(len(advice.denied))


def _section(number: int, leaf: Leaf, *, named: bool) -> str:
    reading = leaf.reading
    rows = sorted(reading.report.services, key=lambda row: (-(row.last_authenticated or 0.0), row.namespace))
    names = {} if isinstance(leaf.advice, str) else leaf.advice.case.names
    body = "".join(_row(row, names.get(row.account_id, "")) for row in rows)
    heading = f"<h2>{name(_title(leaf))}</h2>" if named else ""
    level = 3 if named else 2
    return (
        f'<section id="e{number}">{heading}{facts(_facts(reading))}'
        f"<h{level}>Recommended service control policy</h{level}>{_advice(number, leaf.advice)}"
        f"<h{level}>Every service that is allowed, by its last use</h{level}>{_table(_COLUMNS, body)}"
        "</section>\n"
    )


def _advice(number: int, advice: Recommendation | str) -> str:
    if isinstance(advice, str):
        return f"<p>{name(advice)}</p>"
    return render_advice(advice, f"e{number}", buttons=False, folded=False)


def _facts(reading: Reading) -> Iterator[tuple[str, str]]:
    yield "Id", _id(reading)
    if reading.path:
        yield "Path", code(reading.path)
    yield "Report of", minute(reading.report.created)
    yield "Allowed", f"{_count(reading.report.accessible)} services"
    yield "Never used", f"{_count(reading.report.not_accessed)} services"


def _id(reading: Reading) -> str:
    policy = f" under {code(reading.subject.policy_id)}" if reading.subject.policy_id else ""
    return code(reading.subject.entity_id) + policy


def _count(number: int | None) -> str:
    return NONE if number is None else str(number)


def _row(row: ServiceAccess, called: str) -> str:
    last = row.used
    who = f"{name(called)} {code(row.account_id)}" if called else code(row.account_id)
    cells = (
        name(row.name or row.namespace),
        code(row.namespace),
        "never" if last is None else day(last),
        _count(row.authenticated_entities),
        text(row.region) if last is not None else NONE,
        who if last is not None and row.account_id else NONE,
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _table(heads: Sequence[str], rows: str) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
