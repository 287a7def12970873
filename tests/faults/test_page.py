from tests.faults.__main__ import PAGE, filled


def test_the_page_tells_what_is_tried():
    page = PAGE.read_text(encoding="utf-8")
    assert filled(page) == page, "run `make docs`"
