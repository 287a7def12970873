"""``python -m tests.faults``: writes the tables of what is tried into docs/reliability.md."""

import re
from pathlib import Path

from tests.faults.events import EVENTS, OCCASIONS
from tests.faults.matrix import CASES

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
_MATRIX = re.compile(r"(<!-- matrix -->\n).*?(<!-- end -->)", re.DOTALL)
_EVENTS = re.compile(r"(<!-- events -->\n).*?(<!-- end -->)", re.DOTALL)


def table():
    """The cases by operation: what goes wrong, when, for how long, and what is to be seen."""
    parts = [f"{len(CASES)} cases."]
    for operation in dict.fromkeys(case.operation for case in CASES):
        rows = [_row(case) for case in CASES if case.operation == operation]
        head = "| fault | begins | lasts | what is seen |\n| --- | --- | --- | --- |"
        parts.append(f"### {operation}\n\n{head}\n" + "\n".join(rows))
    return "\n\n".join(parts)


def _row(case):
    lasts = f"{case.times} calls" if case.times > 1 else "1 call" if case.times else "until it is healed"
    return f"| {case.name} | {case.moment} | {lasts} | {case.outcome.says} |"


def events():
    """What happens, when, and what is to be seen."""
    rows = [f"| {event.name} | {', '.join(event.during)} | {event.says} |" for event in EVENTS]
    head = "| what happens | when | what is seen |\n| --- | --- | --- |"
    return f"{len(OCCASIONS)} cases.\n\n{head}\n" + "\n".join(rows)


def filled(page):
    page = _MATRIX.sub(lambda found: f"{found[1]}\n{table()}\n\n{found[2]}", page)
    return _EVENTS.sub(lambda found: f"{found[1]}\n{events()}\n\n{found[2]}", page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
