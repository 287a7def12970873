"""``python -m tests.recommend``: writes the golden files anew; what changed in them, a person reads."""

from pathlib import Path

from tests.recommend.examples import golden

TESTDATA = Path(__file__).parent / "testdata"

if __name__ == "__main__":
    for name, text in golden():
        (TESTDATA / name).write_text(text, encoding="utf-8")
