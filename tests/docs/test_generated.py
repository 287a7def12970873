"""What the documentation quotes from the code is what the code says."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import yaml

from exporter.config import parse

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def generate():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["generate"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["generate"]


def test_no_page_is_stale(generate):
    assert generate.stale() == []


def test_a_stale_page_is_found(generate, monkeypatch):
    monkeypatch.setitem(generate.PARTS, "metrics", lambda: "something else")
    assert generate.stale() == ["docs/metrics.md"]


@pytest.mark.parametrize("page", ["README.md", "docs/configuration.md"])
def test_every_configuration_in_the_docs_loads(page):
    blocks = re.findall(r"^ *```yaml\n(.*?)^ *```", (ROOT / page).read_text(), re.DOTALL | re.MULTILINE)
    configurations = [block for block in blocks if "organizations:" in block]
    assert configurations
    for text in configurations:
        assert parse(yaml.safe_dump(yaml.safe_load(text)), page).organizations


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")], ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_decisions_are_numbered_without_gaps_or_twins():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    said = [int(re.match(r"# (\d+)\. ", page.read_text())[1]) for page in pages]
    assert [int(page.name[:4]) for page in pages] == said == list(range(1, len(pages) + 1))
