"""The grader, proved on itself: stubs fail, solutions pass, mistakes are called by their names.

``wrong_*.py`` hold only what differs from ``solution.py``, and are read as if they stood below
it. The suite grades a few exercises only, with two wrong solutions each; with the environment
variable ``MINIDL_PROOF=full`` it takes them all, and grades a class of two hundred.
"""

import ast
import csv
import doctest
import os
import pathlib
import random
import subprocess
import sys
import types

import pytest

from minidl.classroom import checks, grader, report, submissions
from minidl.classroom.task import STEPS

HERE = pathlib.Path(__file__).parent
STUBS = HERE.parents[1] / "lessons" / "exercises"
FULL = os.environ.get("MINIDL_PROOF") == "full"
FEWEST = 8  # wrong solutions of an exercise
QUICK = (2, 5, 12)  # of the suite: functions of arrays, a class, several calls
EXERCISES = [checks.exercise(number) for number in checks.names()]
WRONG = {e.title: sorted((HERE / e.title).glob("wrong_*.py")) for e in EXERCISES}


def text(path):
    return path.read_text(encoding="utf-8")


def solution(exercise):
    return text(HERE / exercise.title / "solution.py")


def graded():
    """Return the exercises that are graded: all, or a few."""
    return [exercise for exercise in EXERCISES if FULL or exercise.number in QUICK]


def taken():
    """Return the wrong solutions of these that are tried: all, or two of each."""
    chosen = []
    for exercise in graded():
        paths = WRONG[exercise.title]
        for path in paths if FULL else paths[:2]:
            chosen.append(pytest.param(exercise, path, id=f"{exercise.title}-{path.stem[6:]}"))
    return chosen


each_exercise = pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.title)
each_graded = pytest.mark.parametrize("exercise", graded(), ids=lambda e: e.title)


@each_graded
def test_the_stub_fails_every_task(exercise):
    results = grader.check(exercise, STUBS / f"{exercise.title}.py")
    assert [(r.passed, r.mistake) for r in results] == [(False, "not written yet")] * len(results)


@each_graded
def test_the_reference_solution_passes_every_task(exercise):
    results = grader.check(exercise, HERE / exercise.title / "solution.py")
    assert [r for r in results if not r.passed] == []
    assert [r.task for r in results] == [task.name for task in exercise.tasks]


def submit(exercise, path, target):
    """Write a wrong solution as a learner's file; return its diagnosis."""
    first, _, rest = text(path).partition("\n")
    target.write_text(f"{solution(exercise)}\n\n{rest}", encoding="utf-8")
    return first.removeprefix("# diagnosis: ")


@pytest.mark.parametrize(("exercise", "path"), taken())
def test_a_wrong_solution_fails_with_its_diagnosis(exercise, path, tmp_path):
    submission = tmp_path / f"{exercise.title}.py"
    diagnosis = submit(exercise, path, submission)
    failed = [r for r in grader.check(exercise, submission) if not r.passed]
    assert {r.mistake for r in failed} == {diagnosis}
    assert all(r.message for r in failed)


@each_exercise
def test_there_are_wrong_solutions_and_hints_enough(exercise):
    assert len(WRONG[exercise.title]) >= FEWEST
    assert len(exercise.hints) == STEPS
    assert all(exercise.hints)


@each_exercise
def test_the_stub_defines_what_is_asked_and_nothing_is_solved_in_it(exercise):
    defined = {
        node.name: ast.get_docstring(node)
        for node in ast.parse(text(STUBS / f"{exercise.title}.py")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert set(defined) == {task.definition for task in exercise.tasks}
    assert all(defined.values())


@each_exercise
def test_the_examples_in_the_stub_are_what_the_solution_gives(exercise):
    stub, solved = types.ModuleType("stub"), {}
    exec(compile(text(STUBS / f"{exercise.title}.py"), "stub", "exec"), vars(stub))
    exec(compile(solution(exercise), "solution", "exec"), solved)
    runner = doctest.DocTestRunner(verbose=False)
    for example in doctest.DocTestFinder().find(stub, "stub", globs={}):
        example.globs = dict(solved)
        runner.run(example)
    assert runner.failures == 0
    assert runner.tries >= len({task.definition for task in exercise.tasks})


@pytest.mark.skipif(not FULL, reason="takes minutes: MINIDL_PROOF=full")
def test_two_hundred_submissions_get_the_same_marks_in_any_order(tmp_path):
    folder = tmp_path / "class"
    folder.mkdir()
    wrong = [(exercise, path) for exercise in EXERCISES for path in WRONG[exercise.title]]
    diagnoses = {}
    for student in range(200):
        exercise, path = wrong[student * 7 % len(wrong)]
        target = folder / f"s{student:03}__{exercise.title}.py"
        diagnoses[f"s{student:03}"] = submit(exercise, path, target)
    marks = tmp_path / "marks.csv"
    command = [sys.executable, "-m", "minidl", "exercise", "grade", folder, "--csv", marks]
    # Both at a time: marks do not depend on how busy the machine is either.
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=HERE.parents[1]) as other:
        found, others = submissions.find(folder)
        assert (len(found), others) == (200, [])
        random.Random(0).shuffle(found)
        table = report.table(submissions.grade(found))
    assert other.returncode == 0
    assert table == text(marks)
    named = {}
    for row in csv.DictReader(text(marks).splitlines()):
        if row["passed"] == "no" and row["mistake"] != "not handed in":
            named.setdefault(row["student"], set()).add(row["mistake"])
    assert named == {student: {diagnosis} for student, diagnosis in diagnoses.items()}
