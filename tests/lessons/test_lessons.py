"""Every lesson is built alike; the two quickest are run.

All are run by ``python -m minidl.classroom.running``, which takes longer.
"""

import itertools
import re

import pytest

from minidl.classroom import cells, places, running

LESSONS = places.lessons()
MOST_CODE = 120
LONGEST = {"markdown": 1, "code": 2}  # cells of a kind in a row
QUICK = (2, 3)


@pytest.fixture(params=LESSONS.values(), ids=lambda path: path.stem)
def path(request):
    return request.param


def test_each_file_is_a_lesson_of_its_own_number():
    files = {path.name for path in places.folder().glob("*.py")}
    assert files == {path.name for path in LESSONS.values()}
    assert set(QUICK) <= set(LESSONS)


def test_its_name_and_title(path):
    assert re.fullmatch(r"\d\d_[a-z0-9_]+", path.stem)
    first = cells.read(path)[0]
    assert (first.kind, first.source.split(" · ")[0]) == ("markdown", f"# {int(path.stem[:2])}")
    assert cells.title(cells.read(path))


def test_text_and_code_take_turns(path):
    kinds = [cell.kind for cell in cells.read(path)]
    runs = [(kind, len(list(group))) for kind, group in itertools.groupby(kinds)]
    assert "code" in kinds
    assert all(length <= LONGEST[kind] for kind, length in runs)


def test_only_the_first_heading_is_of_the_first_level(path):
    texts = [cell.source for cell in cells.read(path) if cell.kind == "markdown"]
    headings = [line for text in texts for line in text.splitlines() if line.startswith("# ")]
    assert headings == [texts[0].splitlines()[0]]


def test_its_code_is_short(path):
    code = "\n".join(cell.source for cell in cells.read(path) if cell.kind == "code")
    lines = [line for line in code.splitlines() if line.strip()]
    assert len(lines) <= MOST_CODE
    assert "pyplot" not in code
    compile(code, path.name, "exec")


def test_its_figures_bear_its_name(path):
    text = path.read_text(encoding="utf-8")
    figures = re.findall(r"(?:figure: |savefig\([\"'])([^\"'{}]+)[\"']", text)
    assert all(re.fullmatch(rf"{path.stem}(_\d)?\.png", name) for name in figures)


def test_its_file_is_ready_for_git(path):
    data = path.read_bytes()
    assert data.endswith(b"\n")
    assert not data.endswith(b"\n\n")
    assert b"\r" not in data
    assert b"\t" not in data


@pytest.mark.parametrize("number", QUICK)
def test_quick_lessons_run(number, tmp_path):
    recorded = running.record(LESSONS[number], tmp_path)
    assert [cell["error"] for cell in recorded["cells"] if cell.get("error")] == []
    figures = [name for cell in recorded["cells"] for name in cell.get("figures", ())]
    assert sorted(figures) == sorted(path.name for path in tmp_path.iterdir())
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in figures)
