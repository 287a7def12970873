"""Locks say what is installed, by its hash, and not from where: every registry and mirror will do."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATTERNS = (
    "requirements/*.txt",
    "tests/**/package-lock.json",
    "tests/**/go.sum",
    "tests/exposition/readers/*.txt",
)
LOCKS = sorted(lock for pattern in PATTERNS for lock in ROOT.glob(pattern))


def test_there_are_locks_for_python_node_and_go():
    assert {"package-lock.json", "go.sum", "serve.txt", "datadog.txt"} <= {lock.name for lock in LOCKS}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_a_lock_names_no_address(lock):
    assert [line for line in lock.read_text(encoding="utf-8").splitlines() if "://" in line] == []
