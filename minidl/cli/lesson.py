"""``minidl lesson``: step through a lesson in the terminal, or read it as a page."""

import os
import pathlib
import sys
import webbrowser
from typing import Annotated

import typer

from minidl.classroom import cells, places
from minidl.classroom.progress import Place
from minidl.cli import remembered, terminal

FOLDER = "runs/lessons"
PIPE_WIDTH = 100


def lesson(
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", help="Which one. [default: list them]")
    ] = None,
    html: Annotated[
        bool,
        typer.Option("--html", help="Run it, write it as one HTML page and open that."),
    ] = False,
    out: Annotated[
        str | None,
        typer.Option(
            metavar="DIR", help=f"Folder for its figures and page. [default: {FOLDER}/<name>]"
        ),
    ] = None,
):
    """Step through a lesson: formula, code, figure.

    Enter shows and runs the next cell, and other keys go back, edit and print; what was finished
    is remembered. In a pipe, the lesson runs straight through. --html needs the extra
    'classroom'.
    """
    terminal.use_utf8()
    if number is None:
        if html or out is not None:
            raise ValueError("--html and --out need the number of a lesson")
        _list()
        return
    path = places.lesson(number)
    if html:
        from minidl.classroom import page

        page.check_packages()
    folder = pathlib.Path(out or pathlib.Path(FOLDER, path.stem))
    folder.mkdir(parents=True, exist_ok=True)
    if html:
        _write_page(path, folder)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        _step(path, folder)
    else:
        _run_through(path, folder)


def _list():
    progress = remembered.progress(Place)
    rows = []
    for number, path in places.lessons().items():
        read = cells.read(path)
        place = progress.of(path.stem)
        left = f"left at cell {place.cell + 1} of {len(read)}" if place.cell else ""
        state = ", ".join(filter(None, ["finished" if place.finished else "", left]))
        rows.append((number, cells.title(read), state or "–"))
    terminal.table(("", "lesson", ""), rows, left=3)
    terminal.say()
    terminal.say("Step through one: minidl lesson N")


def _step(path, folder):
    from minidl.classroom.running import Run
    from minidl.classroom.stepper import Stepper

    progress = remembered.progress(Place)
    run = Run(path, folder)
    failures = []

    def keep(place):
        try:
            progress.keep(path.stem, place)
        except OSError as error:
            failures.append(f"{progress.path}: {error.strerror}")

    finished = Stepper(run, _console(), keep).go(progress.of(path.stem))
    if any(folder.iterdir()):
        terminal.say(f"Figures are in {folder}.")
    if run.edited:
        terminal.say("The lesson's file is as it was: edited cells are not kept.")
    number = int(path.stem[:2])
    if failures:
        terminal.notice(f"minidl: where you are is not remembered: {failures[0]}")
    elif not finished:
        terminal.say(f"Go on with it: minidl lesson {number}")
    elif number + 1 in places.lessons():
        terminal.say(f"Finished. The next one: minidl lesson {number + 1}")
    else:
        terminal.say("Finished.")


def _run_through(path, folder):
    """Show all cells one after the other, as far as there is no error."""
    from minidl.classroom import view
    from minidl.classroom.running import Run

    run, console = Run(path, folder), _console()
    for number, cell in enumerate(run.cells):
        with console.capture() as captured:
            if cell.kind == "markdown":
                console.print(view.markdown(cell.source))
            else:
                console.print(view.code(cell.source, cell.line))
                view.result(console, run.execute(number), folder)
        for line in captured.get().splitlines():
            print(line.rstrip(), flush=True)
        print(flush=True)
        if number in run.results and run.results[number].error is not None:
            raise _broken_off(path, number)


def _write_page(path, folder):
    from minidl.classroom import page
    from minidl.classroom.running import record
    from minidl.runtime import files

    terminal.notice("running the lesson …")
    recorded = record(path, folder)
    target = folder / f"{path.stem}.html"
    files.write_text(target, page.html(recorded, folder))
    terminal.say(target)
    if _has_screen():
        webbrowser.open(target.resolve().as_uri())
    for number, cell in enumerate(recorded["cells"]):
        if cell.get("error"):
            raise _broken_off(path, number)


def _broken_off(path, number):
    return RuntimeError(f"lesson {int(path.stem[:2])} broke off in its cell {number + 1}")


def _has_screen():
    """Whether a browser would be a window: over SSH it would take the terminal."""
    windows = sys.platform in ("win32", "darwin")
    return windows or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _console():
    from rich.console import Console

    # Cells print to a sys.stdout of their own: this one is named for good.
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, width=width)
