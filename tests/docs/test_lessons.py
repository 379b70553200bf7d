"""Pages of lessons say what the record of their run says, and nothing of an older run."""

import base64
import json

import pytest

from docs import lessons

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
LESSON = """# %% [markdown]
# # 7 · Sums
#
# Two and two.

# %%
print(2 + 2)
print("figure: 07_sums.png")
"""
RECORD = {
    "name": "07_sums",
    "title": "Sums",
    "cells": [
        {"kind": "markdown", "source": "# 7 · Sums\n\nTwo and two."},
        {
            "kind": "code",
            "source": 'print(2 + 2)\nprint("figure: 07_sums.png")',
            "output": "4\n",
            "figures": ["07_sums.png"],
        },
    ],
}


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with one lesson and the record of its run."""
    monkeypatch.setattr(lessons, "ROOT", tmp_path)
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons" / "07_sums.py").write_text(LESSON, encoding="utf-8")
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "07_sums.json").write_text(json.dumps(RECORD), encoding="utf-8")
    (tmp_path / "runs" / "07_sums.png").write_bytes(PNG)
    return tmp_path


def test_a_page_has_text_code_output_and_figure(checkout):
    pytest.importorskip("nbformat")
    lessons.stage(checkout / "pages", checkout / "runs")
    page = (checkout / "pages" / "07_sums.md").read_text(encoding="utf-8")
    parts = [
        "# 7 · Sums",
        "Two and two.",
        "print(2 + 2)",
        ":class: output\n\n4\n",
        "07_sums.png\n:",
    ]
    places = [page.find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert (checkout / "pages" / "07_sums.png").read_bytes() == PNG
    assert (checkout / "pages" / "07_sums.py").read_text(encoding="utf-8") == LESSON
    gallery = (checkout / "pages" / "index.md").read_text(encoding="utf-8")
    assert ":link: 07_sums\n" in gallery
    assert ":img-top: 07_sums.png\n" in gallery


def test_a_notebook_has_what_was_printed_and_drawn(checkout):
    nbformat = pytest.importorskip("nbformat")
    lessons.stage(checkout / "pages", checkout / "runs")
    notebook = nbformat.read(checkout / "pages" / "07_sums.ipynb", as_version=4)
    nbformat.validate(notebook)
    text, code = notebook.cells
    assert (text.cell_type, code.cell_type) == ("markdown", "code")
    printed, drawn = code.outputs
    assert printed.text == "4\n"
    assert base64.b64decode(drawn.data["image/png"]) == PNG


@pytest.mark.parametrize("change", ["no record", "another text"])
def test_a_lesson_needs_the_record_of_its_own_text(checkout, change):
    if change == "no record":
        (checkout / "runs" / "07_sums.json").unlink()
    else:
        lesson = checkout / "lessons" / "07_sums.py"
        lesson.write_text(LESSON.replace("2 + 2", "2 + 3"), encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"07_sums\.py has no record.*running --out"):
        lessons.stage(checkout / "pages", checkout / "runs")
