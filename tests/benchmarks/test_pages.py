"""Measured numbers in the documentation are those of the results."""

import pytest

from benchmarks import pages

PAGES = [path for path in sorted(pages.DOCS.glob("*.md")) if "<!-- measured" in path.read_text()]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_says_what_was_measured(path):
    text = path.read_text("utf-8")
    assert pages.written(text, pages.parts()) == text


def test_every_part_is_on_a_page():
    found = {name for path in PAGES for _, name, _ in pages._PART.findall(path.read_text("utf-8"))}
    assert found == set(pages.parts())


def test_an_unknown_part_is_an_error():
    with pytest.raises(KeyError, match="losses"):
        pages.written("<!-- measured: losses -->\n<!-- end -->", {})
