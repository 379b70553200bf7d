"""``minidl exercise``: start one, check it, take a hint; for teachers, grade a class."""

import dataclasses
import inspect
import pathlib
import re
import sys
import textwrap
from typing import Annotated

import typer

from minidl.cli import remembered, terminal
from minidl.runtime import extras, files

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Write the parts of a network yourself, and have them checked.",
)
NUMBER = typer.Argument(metavar="N", help="Which one: 'minidl exercise status' lists them.")
NOT_PASSED = 1
WIDTH = 88


@app.command("start")
def start(
    number: Annotated[int, NUMBER],
    to: Annotated[
        str, typer.Option("--to", metavar="DIR", help="Folder to put the file in.")
    ] = ".",
):
    """Copy an exercise to your folder: a file to fill in. A file that exists is left alone."""
    from minidl.classroom import places

    stub = places.exercise(number)
    target = pathlib.Path(to, stub.name)
    if target.exists():
        raise ValueError(f"{target} exists, and is left as it is; choose another folder with --to")
    target.parent.mkdir(parents=True, exist_ok=True)
    with files.replacing(target) as temporary:
        temporary.write_bytes(stub.read_bytes())
    where = "" if target.parent == pathlib.Path() else f" {target}"
    terminal.say(target)
    terminal.say(f"Open it, fill it in, and check it: minidl exercise check {number}{where}")


@app.command("check")
def check(
    number: Annotated[int, NUMBER],
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="[default: the one that 'start' puts here]"),
    ] = None,
):
    """Check an exercise: what is wrong, on the smallest input, and what the mistake is called.

    The exit code is 0 if every task passes, and 1 if one does not. Your file runs in a process of
    its own, with little time and memory.
    """
    from minidl.classroom import checks, grader, report

    extras.need("the grader", "classroom", "hypothesis")
    terminal.use_utf8()
    exercise = checks.exercise(number)
    path = pathlib.Path(file or f"{exercise.title}.py")
    _refuse_other_file(exercise, path, number)
    results = grader.check(exercise, path)
    for task, result in zip(exercise.tasks, results, strict=True):
        for line in report.lines(result, task.arguments):
            terminal.say(line)
    passed = [result.task for result in results if result.passed]
    _remember(exercise, passed=passed)
    terminal.say()
    terminal.say(f"{len(passed)} of {len(results)} tasks pass.")
    if len(passed) < len(results):
        terminal.say(f"A hint: minidl exercise hint {number}")
        raise typer.Exit(NOT_PASSED)


@app.command("hint")
def hint(
    number: Annotated[int, NUMBER],
    step: Annotated[
        int | None,
        typer.Option(
            min=1, max=3, help="1: a nudge, 2: the idea, 3: a sketch. [default: the next]"
        ),
    ] = None,
):
    """Give a hint: three of them, from a nudge to a sketch, one more each time."""
    from minidl.classroom import checks
    from minidl.classroom.progress import Standing

    terminal.use_utf8()
    exercise = checks.exercise(number)
    taken = remembered.progress(Standing).of(exercise.title).hints
    step = step or min(taken + 1, len(exercise.hints))
    terminal.say(f"Hint {step} of {len(exercise.hints)}")
    for line in inspect.cleandoc(exercise.hints[step - 1]).splitlines():
        for part in [line] if line.startswith(" ") else textwrap.wrap(line, WIDTH) or [""]:
            terminal.say(part)
    _remember(exercise, hints=max(step, taken))


@app.command("status")
def status():
    """List the exercises, with what passed when last checked, and the hints taken."""
    from minidl.classroom import checks
    from minidl.classroom.progress import Standing

    progress = remembered.progress(Standing)
    rows = []
    for number in checks.names():
        exercise = checks.exercise(number)
        standing = progress.of(exercise.title)
        passed = sum(task.name in standing.passed for task in exercise.tasks)
        rows.append(
            (
                number,
                exercise.name.replace("_", " "),
                f"{passed} of {len(exercise.tasks)}",
                f"{standing.hints} of {len(exercise.hints)}" if standing.hints else "–",
            )
        )
    terminal.table(("", "exercise", "tasks passed", "hints"), rows, left=2)
    terminal.say()
    terminal.say("Start one: minidl exercise start N")


@app.command("grade")
def grade(
    folder: Annotated[
        str,
        typer.Argument(
            metavar="DIR",
            help="Folder of submissions: STUDENT/02_convolution.py or STUDENT__02_convolution.py.",
        ),
    ],
    csv_file: Annotated[
        str | None,
        typer.Option("--csv", metavar="FILE", help="File for the marks; - for the terminal."),
    ] = None,
):
    """Grade a class's submissions: a row for each student and task.

    The same submissions give the same marks, every time. The exit code is 0, whatever they are.
    """
    from minidl.classroom import report, submissions

    extras.need("the grader", "classroom", "hypothesis")
    if csv_file not in (None, "-") and not pathlib.Path(csv_file).parent.is_dir():
        raise ValueError(f"--csv: there is no folder {str(pathlib.Path(csv_file).parent)!r}")
    found, others = submissions.find(folder)
    for path in others:
        terminal.notice(f"minidl: {path} is no submission, and is not graded")
    with terminal.progress("Grading") as progress:
        rows = submissions.grade(found, progress=progress)
    if csv_file == "-":
        sys.stdout.write(report.table(rows))
        return
    _show_marks(rows)
    if csv_file is not None:
        files.write_text(csv_file, report.table(rows), newline="")
        terminal.say()
        terminal.say(csv_file)


def _remember(exercise, **news):
    """Write down how far an exercise is; where that cannot be done, say so and go on."""
    from minidl.classroom.progress import Standing

    progress = remembered.progress(Standing)
    try:
        standing = dataclasses.replace(progress.of(exercise.title), **news)
        progress.keep(exercise.title, standing)
    except OSError as error:
        terminal.notice(f"minidl: this is not remembered: {progress.path}: {error.strerror}")


def _show_marks(rows):
    marks = {}
    for student, result in rows:
        marks.setdefault((student, result.exercise), []).append(result.passed)
    terminal.table(
        ("student", "exercise", "tasks passed"),
        [(*key, f"{sum(passed)} of {len(passed)}") for key, passed in marks.items()],
        left=2,
    )


def _refuse_other_file(exercise, path, number):
    """Refuse a file that is not there, or that is for another exercise, by what it defines."""
    from minidl.classroom import checks

    if not path.is_file():
        start = f"minidl exercise start {number}"
        raise FileNotFoundError(f"there is no file {str(path)!r}; '{start}' puts one here")
    text = path.read_text(encoding="utf-8", errors="replace")
    defined = set(re.findall(r"^(?:def|class)\s+(\w+)", text, re.MULTILINE))
    if defined & _names(exercise):
        return
    for other in map(checks.exercise, checks.names()):
        if defined & _names(other):
            raise ValueError(f"{path} is for exercise {other.title}, not for {exercise.title}")


def _names(exercise):
    return {task.definition for task in exercise.tasks}
