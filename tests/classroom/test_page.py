"""`minidl.classroom.page`: a lesson as one HTML page."""

import html.parser
import sys

import pytest

from minidl.classroom import cells, mathtext, page, places, running


class Seen(html.parser.HTMLParser):
    """The tags of a page, what they refer to, and whether each is closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.sources = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        attributes = dict(attributes)
        self.sources += [attributes[name] for name in ("src", "href") if name in attributes]
        if tag not in ("meta", "img", "br", "hr", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def html_of(path, folder):
    return page.html(running.record(path, folder), folder)


def test_a_page_is_complete_and_needs_no_network(lesson, tmp_path):
    text = html_of(lesson, tmp_path)
    seen = Seen(text)
    assert seen.open == []
    assert seen.sources == ["data:image/png;base64,iVBORw=="]
    assert "<h1>7 · Two cells</h1>" in text
    assert "<title>Two cells</title>" in text
    assert '<pre class="output">3</pre>' in text
    assert seen.tags.count("math") == 1
    assert "<msub>" in text


def test_text_that_looks_like_html_or_a_formula_in_code(write_lesson, tmp_path):
    path = write_lesson(
        "# %% [markdown]\n# # 7 · Less < more\n#\n# | a | b |\n# |---|---|\n# | $x$ | `$y$` |",
        "# %%\nprint('<b>&')",
        "# %%\n1 / 0",
    )
    text = html_of(path, tmp_path)
    assert Seen(text).open == []
    assert "<title>Less &lt; more</title>" in text
    assert '<pre class="output">&lt;b&gt;&amp;</pre>' in text
    assert "<td><math" in text
    assert "<td><code>$y$</code></td>" in text
    assert "ZeroDivisionError: division by zero</pre>" in text


def test_without_its_packages(monkeypatch):
    monkeypatch.setitem(sys.modules, "latex2mathml", None)
    with pytest.raises(RuntimeError, match=r"pip install 'minidl\[classroom\]'"):
        page.check_packages()


@pytest.mark.parametrize("path", places.lessons().values(), ids=lambda path: path.stem)
def test_the_texts_of_the_lessons(path):
    for cell in cells.read(path):
        if cell.kind == "markdown":
            formulas = [kind for kind, _ in mathtext.split(cell.source) if kind != "text"]
            text = page.text(cell.source)
            assert Seen(text).tags.count("math") == len(formulas)
            assert "<mi>\\" not in text  # a command that is not known
