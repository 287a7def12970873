"""What there is to make."""

import re

from tests.docs.blocks import ROOT


def test_whatever_there_is_to_make_is_made_though_a_directory_has_its_name():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert set(re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE)) == set(phony.split())
