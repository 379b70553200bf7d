"""Every lesson runs from top to bottom, offline, and leaves its figure where it says."""

import pathlib
import runpy

import pytest

LESSONS = sorted((pathlib.Path(__file__).parents[2] / "lessons").glob("[0-9][0-9]_*.py"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(path))
    figures = [
        line.removeprefix("figure: ")
        for line in capsys.readouterr().out.splitlines()
        if line.startswith("figure: ")
    ]
    assert sorted(figures) == sorted(p.name for p in tmp_path.iterdir())
    assert all(p.read_bytes().startswith(b"\x89PNG") for p in tmp_path.iterdir())


def test_there_are_lessons():
    assert LESSONS
