"""``python -m tests.exposition``: writes the golden files anew; what changed in them, a person reads."""

from pathlib import Path

from tests.exposition.examples import GOLDEN, golden

TESTDATA = Path(__file__).parent / "testdata"

if __name__ == "__main__":
    for name in GOLDEN:
        (TESTDATA / name).write_text(golden(name), encoding="utf-8")
