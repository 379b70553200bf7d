"""`minidl.classroom.submissions`: found by place or name, graded the same in any order."""

import pathlib
import random

import pytest

from minidl.classroom import checks, report, submissions
from minidl.classroom.sandbox import Limits

SOLUTIONS = pathlib.Path(__file__).parents[1] / "exercises"


@pytest.fixture
def write(tmp_path):
    """Write files of a class's folder, and return it."""

    def write(**files):
        for name, content in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
        return tmp_path

    return write


def test_files_are_known_by_their_folder_or_their_name(write):
    names = [
        "ann/02_convolution.py", "bob/02_convolution.py", "bob/01_images.py",
        "cy__d__01_images.py", "ann/notes.py", "02_convolution.py", "ann/02_pooling.py",
        "ann/x__02_convolution.py", "bob/99_images.py", ".cache/02_convolution.py", "ann/.DS_Store",
    ]  # fmt: skip
    folder = write(**dict.fromkeys(names, ""))
    found, others = submissions.find(folder)
    assert [(one.student, one.number) for one in found] == [
        ("ann", 2), ("bob", 1), ("bob", 2), ("cy__d", 1),
    ]  # fmt: skip
    assert sorted(str(path.relative_to(folder).as_posix()) for path in others) == [
        "02_convolution.py", "ann/02_pooling.py", "ann/notes.py", "ann/x__02_convolution.py",
        "bob/99_images.py",
    ]  # fmt: skip


def test_folders_that_cannot_be_graded(write, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder '.*nowhere'"):
        submissions.find(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="has no submission: they are called STUDENT/02_"):
        submissions.find(write(**{"ann/notes.txt": ""}))
    twice = {"ann/02_convolution.py": "", "ann__02_convolution.py": ""}
    with pytest.raises(ValueError, match="ann has two files for exercise 2: "):
        submissions.find(write(**twice))


def test_marks_are_the_same_in_any_order(write):
    solution = (SOLUTIONS / "01_images" / "solution.py").read_text(encoding="utf-8")
    mistake = (SOLUTIONS / "01_images" / "wrong_bgr.py").read_text(encoding="utf-8")
    folder = write(
        **{
            "ann/01_images.py": solution,
            "bob__01_images.py": solution + mistake,
            "cy/01_images.py": "import torch",
            "dee/01_images.py": solution + "\nwhile True: pass",
            "dee/03_max_pooling.py": "\0",
        }
    )
    found, _ = submissions.find(folder)
    seen = []
    limits = Limits(seconds=0.5)
    table = report.table(
        submissions.grade(found, limits, lambda done, total: seen.append((done, total)))
    )
    assert seen == [(n, 5) for n in range(5)]
    rows = [line.split(",") for line in table.splitlines()[1:]]
    assert len(rows) == 4 * (len(checks.exercise(1).tasks) + len(checks.exercise(3).tasks))
    assert [(row[0], row[2]) for row in rows if row[3] == "yes"] == [
        ("ann", "to_float"), ("ann", "grey"), ("ann", "standardise"),
        ("bob", "to_float"), ("bob", "standardise"),
    ]  # fmt: skip
    assert {(row[0], row[4]) for row in rows if row[3] == "no"} == {
        ("ann", "not handed in"), ("bob", "not handed in"), ("cy", "not handed in"),
        ("bob", "red and blue are exchanged"), ("cy", "refused"), ("dee", "takes too long"),
        ("dee", "is no Python"),
    }  # fmt: skip
    random.Random(0).shuffle(found)
    assert report.table(submissions.grade(found, limits)) == table
