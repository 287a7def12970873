"""``python -m tests.faults``: writes the table of the matrix into docs/reliability.md."""

import re
from pathlib import Path

from tests.faults.matrix import CASES

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
_MARKED = re.compile(r"(<!-- matrix -->\n).*(<!-- end -->)", re.DOTALL)


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


def filled(page):
    return _MARKED.sub(lambda found: f"{found[1]}\n{table()}\n\n{found[2]}", page)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
