"""Blocks of commands in the documentation: where they stand, and what stands in them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted(ROOT.glob("docs/**/*.md")),
    # The chart's page is generated; what it comes of is not one that anybody reads.
    *sorted(ROOT.glob("deploy/**/README.md")),
]
_BLOCK = re.compile(
    r"^(?:(?P<indent> *)<!-- not run: (?P<reason>\S[^\n]*) -->\n)?"
    r"(?P<fence> *)```(?P<kind>sh|bash|zsh|shell|console)\n(?P<text>.*?)^(?P=fence)```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """``text`` is what one pastes or, of kind ``console``, sees; ``reason`` is why nobody runs it here."""

    page: str
    line: int
    kind: str
    text: str
    reason: str | None

    @property
    def place(self):
        return f"{self.page}:{self.line}"


def blocks():
    """Every block of every page."""
    for page in PAGES:
        content = page.read_text(encoding="utf-8")
        for found in _BLOCK.finditer(content):
            text = re.sub(rf"^{found['fence']}", "", found["text"], flags=re.MULTILINE)
            line = content.count("\n", 0, found.start("fence")) + 1
            yield Block(str(page.relative_to(ROOT)), line, found["kind"], text, found["reason"])
