"""`minidl exercise`: started, checked, hinted at, and graded."""

import pathlib
import sys

import pytest

from minidl.classroom import checks, places

SOLUTIONS = pathlib.Path(__file__).parents[1] / "exercises"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder to be in, and a home of its own."""
    monkeypatch.setenv("MINIDL_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path, *parts):
    path.write_text("\n".join(p.read_text(encoding="utf-8") for p in parts), encoding="utf-8")


def test_start_copies_the_stub_and_overwrites_nothing(run, fails, folder):
    result = run("exercise", "start", "2")
    assert result.code == 0
    assert result.out.splitlines() == [
        "02_convolution.py",
        "Open it, fill it in, and check it: minidl exercise check 2",
    ]
    path = folder / "02_convolution.py"
    assert path.read_bytes() == places.exercise(2).read_bytes()
    path.write_text("mine", encoding="utf-8")
    assert "02_convolution.py exists, and is left as it is" in fails("exercise", "start", "2")
    assert path.read_text(encoding="utf-8") == "mine"
    assert run("exercise", "start", "2", "--to", "work").code == 0
    assert (folder / "work" / "02_convolution.py").is_file()
    assert "there is no exercise 99" in fails("exercise", "start", "99")


def test_check_says_what_is_wrong_until_all_is_right(run, folder):
    path = folder / "01_images.py"
    solution = SOLUTIONS / "01_images" / "solution.py"
    write(path, solution, SOLUTIONS / "01_images" / "wrong_bgr.py")
    result = run("exercise", "check", "1")
    assert result.code == 1
    lines = result.out.splitlines()
    assert lines[:2] == ["to_float: passed", "grey: not yet"]
    assert "  The mistake: red and blue are exchanged." in lines
    assert lines[-2:] == ["2 of 3 tasks pass.", "A hint: minidl exercise hint 1"]
    assert " 2 of 3 " in status_of(run, "images")

    write(path, solution)
    result = run("exercise", "check", "1")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[-1] == "3 of 3 tasks pass."
    assert " 3 of 3 " in status_of(run, "images")


def status_of(run, name):
    return next(line for line in run("exercise", "status").out.splitlines() if name in line)


def test_check_is_misused(fails, folder):
    assert "'minidl exercise start 2' puts one here" in fails("exercise", "check", "2")
    write(folder / "x.py", SOLUTIONS / "03_max_pooling" / "solution.py")
    error = fails("exercise", "check", "2", folder / "x.py")
    assert "x.py is for exercise 03_max_pooling, not for 02_convolution" in error
    assert "there is no exercise 0; there are 1, 2, " in fails("exercise", "check", "0")
    assert "Invalid value" in fails("exercise", "check", "two")


def test_a_file_without_the_functions_is_not_misuse(run, folder):
    (folder / "01_images.py").write_text("x = 1\n", encoding="utf-8")
    result = run("exercise", "check", "1")
    assert result.code == 1
    assert "  There is no to_float in the file." in result.out.splitlines()


def test_hints_come_one_by_one(run, fails):
    hints = checks.exercise(2).hints
    shown = [run("exercise", "hint", "2").out for _ in range(4)]
    for out, number in zip(shown, (1, 2, 3, 3), strict=True):
        assert out.startswith(f"Hint {number} of 3\n")
        assert " ".join(out.split()[4:]) == " ".join(hints[number - 1].split())
    assert run("exercise", "hint", "2", "--step", "1").out == shown[0]
    assert "3 of 3" in status_of(run, "convolution")
    assert "--step" in fails("exercise", "hint", "2", "--step", "4")


def test_what_cannot_be_remembered_is_said(run, folder, monkeypatch):
    (folder / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("MINIDL_HOME", str(folder / "file" / "home"))
    result = run("exercise", "hint", "2")
    assert result.code == 0
    assert result.err.startswith("minidl: this is not remembered: ")


def test_grade_writes_a_row_for_each_student_and_task(run, fails, folder):
    (folder / "class" / "ann").mkdir(parents=True)
    solution = SOLUTIONS / "01_images" / "solution.py"
    write(folder / "class" / "ann" / "01_images.py", solution)
    write(folder / "class" / "bob__01_images.py", places.exercise(1))
    (folder / "class" / "notes.txt").write_text("", encoding="utf-8")
    result = run("exercise", "grade", "class", "--csv", "marks.csv")
    assert result.code == 0
    assert [line.split()[-3:] for line in result.out.splitlines()[1:3]] == [
        ["3", "of", "3"],
        ["0", "of", "3"],
    ]
    assert "notes.txt is no submission, and is not graded" in result.err
    marks = (folder / "marks.csv").read_text(encoding="utf-8")
    assert marks.count("\nann,01_images,") == marks.count("\nbob,01_images,") == 3
    assert run("exercise", "grade", "class", "--csv", "-").out == marks
    assert "--csv: there is no folder" in fails("exercise", "grade", "class", "--csv", "no/x.csv")
    assert "there is no folder 'classes'" in fails("exercise", "grade", "classes")


def test_without_hypothesis_the_extra_is_named(fails, monkeypatch):
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    error = fails("exercise", "check", "1")
    assert error.endswith("pip install 'minidl[classroom]'\n")
