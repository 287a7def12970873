"""``python -m tests.recommend``: writes the golden files anew; what changed in them, a person reads."""

from pathlib import Path

from tests.drafts import examples as drafts
from tests.plan import examples as plan
from tests.recommend import examples as recommend

if __name__ == "__main__":
    for of in (recommend, drafts, plan):
        for name in of.NAMES:
            (Path(of.__file__).parent / "testdata" / name).write_text(of.written(name), encoding="utf-8")
