"""``python -m tests.recommend``: writes the golden files anew; what changed in them, a person reads."""

from pathlib import Path

from tests.recommend.examples import NAMES, written

TESTDATA = Path(__file__).parent / "testdata"

if __name__ == "__main__":
    for name in NAMES:
        (TESTDATA / name).write_text(written(name), encoding="utf-8")
