"""`minidl.classroom.cells`, and that jupytext reads lessons the same."""

import jupytext
import pytest

from minidl.classroom import cells, places

TEXT = """\
# %% [markdown]
# # 7 · A title
#
# One line

# %%

a = 1

# a comment

# %%

# %% [markdown]
# The end.
"""


def test_cells_have_their_text_and_the_line_where_it_begins():
    assert cells.parse(TEXT) == [
        cells.Cell("markdown", "# 7 · A title\n\nOne line", 2),
        cells.Cell("code", "a = 1\n\n# a comment", 8),
        cells.Cell("markdown", "The end.", 15),
    ]


def test_the_title():
    assert cells.title(cells.parse(TEXT)) == "A title"


@pytest.mark.parametrize("text", ["", "# %%\n1\n", "# %% [markdown]\n# ## 7 · A title\n"])
def test_a_lesson_without_a_title(text):
    with pytest.raises(ValueError, match="begins with a heading '# N · Title'"):
        cells.title(cells.parse(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nimport numpy\n# %%\n", "line 2: a lesson begins with the marker"),
        ("# %%\n1\n# %% [raw]\n", "line 3: a cell begins with '# %%' or .*, got '# %% .raw.'"),
        ("# %% [markdown]\n# text\n#no space\n", "line 3: each line .*, got '#no space'"),
        ("# %% [markdown]\n# text\n\n# more\n", "line 3: each line of a text"),
    ],
)
def test_what_is_not_in_the_format_is_refused_with_its_line(tmp_path, text, message):
    path = tmp_path / "07_title.py"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=f"07_title.py, {message}"):
        cells.read(path)


def test_other_encodings_are_refused(tmp_path):
    path = tmp_path / "07_title.py"
    path.write_text("# %%\n# é\n", encoding="latin-1")
    with pytest.raises(ValueError, match=r"07_title\.py: a lesson needs to be UTF-8"):
        cells.read(path)


@pytest.mark.parametrize("path", places.lessons().values(), ids=lambda path: path.stem)
def test_jupytext_reads_the_same_cells(path):
    notebook = jupytext.read(path)
    theirs = [(cell.cell_type, cell.source) for cell in notebook.cells]
    assert theirs == [(cell.kind, cell.source) for cell in cells.read(path)]
