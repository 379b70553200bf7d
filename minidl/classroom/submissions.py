"""A folder of a class's submissions: found, and graded in an order that never changes."""

import dataclasses
import pathlib
import re

from minidl.classroom import checks, grader

_FILE = re.compile(r"(?:(?P<student>.+?)__)?(?P<exercise>(?P<number>\d\d)_[a-z0-9_]+)\.py")


@dataclasses.dataclass(frozen=True, order=True)
class Submission:
    """A student's file for an exercise."""

    student: str
    number: int
    path: pathlib.Path


def find(folder):
    """Return the submissions in a folder, in order, and the paths that are none.

    A file is known by where it lies or by its name alone: ``STUDENT/02_convolution.py`` or
    ``STUDENT__02_convolution.py``. Files and folders whose name begins with a point are passed
    over.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If it has no submission, or a student has two files for an exercise.
    """
    folder = pathlib.Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"there is no folder {str(folder)!r}")
    found, others = {}, []
    for path in sorted(_files(folder)):
        submission = _submission(path, path.parent.name if path.parent != folder else None)
        if submission is None:
            others.append(path)
            continue
        key = submission.student, submission.number
        if key in found:
            raise ValueError(
                f"{submission.student} has two files for exercise {submission.number}: "
                f"{found[key].path} and {path}"
            )
        found[key] = submission
    if not found:
        raise ValueError(
            f"{folder} has no submission: they are called STUDENT/02_convolution.py or "
            "STUDENT__02_convolution.py"
        )
    return sorted(found.values()), others


def grade(submissions, limits=None, progress=None):
    """Return a row (student, `grader.Result`) for each student and task, in order.

    A student who has no file for an exercise that another has handed in gets a row for each of
    its tasks, too. The same submissions get the same marks, in whatever order they come.

    Parameters
    ----------
    submissions : sequence of Submission
    limits : minidl.classroom.sandbox.Limits, optional
    progress : callable, optional
        Called with how many are done, and how many there are.
    """
    graded = {}
    for done, one in enumerate(sorted(submissions)):
        if progress is not None:
            progress(done, len(submissions))
        graded[one.student, one.number] = grader.check(
            checks.exercise(one.number), one.path, limits
        )
    rows = []
    for student in sorted({one.student for one in submissions}):
        for number in sorted({one.number for one in submissions}):
            results = graded.get((student, number)) or _missing(checks.exercise(number))
            rows += [(student, result) for result in results]
    return rows


def _missing(exercise):
    return [
        grader.Result(exercise.title, task.name, False, "not handed in", "There is no file.")
        for task in exercise.tasks
    ]


def _files(folder):
    """Return the files in a folder and in its folders."""
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from (each for each in path.iterdir() if each.name[0] != "." and each.is_file())
        else:
            yield path


def _submission(path, student):
    match = _FILE.fullmatch(path.name)
    if not match or int(match["number"]) not in checks.names():
        return None
    if match["exercise"] != checks.exercise(int(match["number"])).title:
        return None
    if (student is None) == (match["student"] is None):  # neither way, or both
        return None
    return Submission(student or match["student"], int(match["number"]), path)
