"""That a listing is never taken for whole after its first page: by anybody, of any listing."""

import ast
from pathlib import Path

import pytest

import exporter
from exporter.aws.calls import Meter, Service, pages

SOURCES = [
    file for file in Path(exporter.__file__).parent.rglob("*.py") if "simulator" not in file.parts
]  # the simulator is the other side


class FakeService:
    """Gives the answers one by one, and keeps with which token each was asked for."""

    def __init__(self, *answers):
        self._answers = list(answers)
        self.tokens = []

    def page(self, _method, **parameters):
        self.tokens.append(parameters.get("NextToken"))
        return self._answers.pop(0)


def test_an_empty_page_with_a_token_is_followed():
    service = FakeService(
        {"Roots": [], "NextToken": "a"}, {"NextToken": "b"}, {"Roots": [{"Id": "r-ab12"}], "NextToken": None}
    )
    assert list(pages(service, "list_roots", "Roots")) == [{"Id": "r-ab12"}]
    assert service.tokens == [None, "a", "b"]


def test_pages_that_are_not_needed_are_not_asked_for():
    service = FakeService({"Roots": [{"Id": "r-ab12"}], "NextToken": "a"})
    assert next(pages(service, "list_roots", "Roots")) == {"Id": "r-ab12"}


def test_a_single_call_refuses_to_list():
    with pytest.raises(ValueError, match=r"read by pages\(\)"):
        Service(None, Meter(print, print)).call("list_roots")


def listings(file):
    """(line, how) for each call in a file that lists something, or asks for one page, past the pager."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        how = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        named = [one.value for one in node.args if isinstance(one, ast.Constant)]
        listed = any(isinstance(name, str) and name.startswith("list_") for name in named)
        listed &= how not in {"pages", "startswith"}
        one_page = how == "get_paginator" or (how == "page" and isinstance(node.func, ast.Attribute))
        if how.startswith("list_") or listed or one_page:
            yield node.lineno, how


def test_nothing_but_the_pager_lists():
    found = [(file.name, how) for file in SOURCES for _, how in listings(file)]
    assert found == [("calls.py", "page")] * 2  # what ``call`` is made of, and the pager


def test_a_listing_past_the_pager_would_be_found(tmp_path):
    file = tmp_path / "sly.py"
    sly = ("client.list_roots()", "service.call('list_roots')", "service.page(method)", "get_paginator('x')")
    file.write_text("\n".join((*sly, "pages(service, 'list_roots', 'Roots')", "name.startswith('list_')")))
    assert [line for line, _ in listings(file)] == [1, 2, 3, 4]
