import subprocess
from pathlib import Path

import pytest

from exporter.cli import COMMANDS

PAGE = Path(__file__).parents[2] / "docs" / "org-access-exporter.1"


@pytest.mark.tool("groff")
def test_the_manual_page_is_one_that_groff_has_nothing_to_say_about(tool):
    ran = subprocess.run(
        [tool("groff"), "-man", "-Tutf8", "-ww", "-z", str(PAGE)], capture_output=True, text=True, check=True
    )
    assert ran.stderr == ""


def test_the_manual_page_has_every_command():
    text = PAGE.read_text()
    assert [name for name in COMMANDS if f".SS {name}".replace("-", r"\-") not in text] == []
