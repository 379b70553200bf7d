"""Checks a learner's file: each task on many small inputs, against an independent judge.

Hypothesis runs here and makes the inputs; the learner's code runs in another process. A failure
comes with the smallest failing input found, and the mistake's name, if it is a known one.
"""

import dataclasses

import numpy as np

from minidl.classroom import answers, inputs
from minidl.classroom.sandbox import LearnerError, Sandbox

ENOUGH = 3  # examples on which the learner's answers are those of a mistake
SEARCHED = 400  # examples that are searched for them


@dataclasses.dataclass
class Case:
    """One input, the right answer, and what came of the learner's code.

    Attributes
    ----------
    arguments : tuple
    expected, came : object
    error : LearnerError or None
        What was raised, instead of an answer.
    difference : str or None
        How `came` differs from `expected`, or the error; None if all is right.
    printed : str
        What the learner's code has printed.
    """

    arguments: tuple
    expected: object
    came: object = None
    error: LearnerError | None = None
    difference: str | None = None
    printed: str = ""


@dataclasses.dataclass(frozen=True)
class Result:
    """What came of a task.

    Attributes
    ----------
    exercise : str
        As ``02_convolution``.
    task : str
    passed : bool
    mistake : str
        Its name, or "".
    message : str
        One sentence; "" if the task has passed.
    case : Case or None
        The smallest failing one, unless the code was stopped.
    """

    exercise: str
    task: str
    passed: bool
    mistake: str = ""
    message: str = ""
    case: Case | None = None


def check(exercise, path, limits=None):
    """Return a list of the `Result` of each task of an `Exercise`.

    Whatever the learner's code does, this returns: nothing of it runs in this process. After a
    time-out or a crash, the rest of that task is not tried.

    Parameters
    ----------
    exercise : minidl.classroom.task.Exercise
    path : str or pathlib.Path
        The learner's file.
    limits : minidl.classroom.sandbox.Limits, optional
    """
    with Sandbox(path, exercise.may_import, limits) as sandbox:
        return [_check_task(exercise.title, task, sandbox) for task in exercise.tasks]


def _check_task(exercise, task, sandbox):
    examination = _Examination(task, sandbox)
    inputs.explore(task.inputs, examination.look)
    failed = [case for case in examination.cases if case.difference]
    if examination.stopped:
        error = examination.stopped
        return Result(exercise, task.name, False, error.name, str(error))
    if not failed:
        return Result(exercise, task.name, True)
    name = next((n for n in task.mistakes if examination.makes(task.mistakes[n])), "")
    smallest = _smallest(task, sandbox) or failed[0]
    if not name and smallest.error:
        name = smallest.error.name
    elif not name and smallest.came is None:
        name = "returns None"
    return Result(exercise, task.name, False, name, smallest.difference, smallest)


def _smallest(task, sandbox):
    examination = _Examination(task, sandbox, insist=True)
    inputs.explore(task.inputs, examination.look, shrink=True)
    return next((case for case in reversed(examination.cases) if case.difference), None)


class _Examination:
    """What a task's examples have shown; `look` makes one more.

    Parameters
    ----------
    insist : bool
        Whether `look` raises AssertionError when the answer is wrong.
    """

    def __init__(self, task, sandbox, insist=False):
        self._task, self._sandbox, self._insist = task, sandbox, insist
        self.cases = []
        self.stopped = None

    def look(self, arguments):
        if self.stopped:
            return
        case = Case(arguments, self._task.judge(*arguments))
        try:
            self._sandbox.printed()
            case.came = self._task.answer(self._sandbox.learner, arguments)
            case.difference = answers.difference(
                case.expected, case.came, self._task.tolerance, self._task.dtype
            )
        except LearnerError as error:
            if error.stops:
                self.stopped = error
                return
            case.error, case.difference = error, str(error)
        case.printed = self._sandbox.printed()
        self.cases.append(case)
        if case.difference and self._insist:
            raise AssertionError(case.difference)

    def makes(self, mistaken):
        """Whether the learner's answers are those of a mistake, wherever that matters."""
        telling = [case for case in self.cases if self._is_told_apart(mistaken, case.arguments)]
        if not all(_is_made(self._task, mistaken, case) for case in telling):
            return False
        if len(telling) < ENOUGH:
            more = self._more(mistaken, ENOUGH - len(telling))
            if not all(_is_made(self._task, mistaken, case) for case in more):
                return False
            telling += more
        return len(telling) >= ENOUGH

    def _more(self, mistaken, count):
        """Return up to `count` cases on which a mistake that is seldom one is told apart."""
        further = _Examination(self._task, self._sandbox)
        known = len(self.cases)
        drawn = []

        def look(arguments):
            drawn.append(arguments)
            new = len(drawn) > known and len(further.cases) < count
            if new and self._is_told_apart(mistaken, arguments):
                further.look(arguments)

        inputs.explore(self._task.inputs, look, examples=SEARCHED)
        return further.cases

    def _is_told_apart(self, mistaken, arguments):
        expected, outcome = self._task.judge(*arguments), _outcome(mistaken, arguments)
        return not answers.agree(expected, outcome, self._task.tolerance, self._task.dtype)


def _outcome(mistaken, arguments):
    """Return a mistaken function's answer, or the class of what it raises."""
    try:
        with np.errstate(all="ignore"):
            return mistaken(*arguments)
    except Exception as error:
        return type(error)


def _is_made(task, mistaken, case):
    """Whether the learner's code has the outcome of a mistake."""
    outcome = _outcome(mistaken, case.arguments)
    if isinstance(outcome, type) or case.error:
        name = outcome.__name__ if isinstance(outcome, type) else None
        return case.error is not None and case.error.name == f"raises {name}"
    dtype = outcome.dtype if task.dtype else None
    return answers.agree(outcome, case.came, task.tolerance, dtype)
