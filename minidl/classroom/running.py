"""A lesson run cell by cell, and the check that runs them all.

``python -m minidl.classroom.running [--out DIR] [N ...]`` runs the lessons, each in a process of
its own, and writes ``DIR/NN_name.json`` with what its cells have printed, and the figures beside
it. It fails if a lesson does.
"""

import argparse
import contextlib
import io
import json
import linecache
import multiprocessing
import pathlib
import re
import sys
import tempfile
import time
import traceback
from dataclasses import asdict, dataclass, field

from minidl.classroom import cells, places
from minidl.runtime import files

#: Seconds that a lesson may take, of the clock or of computing: the clock runs on while other
#: programs have the processor, and several threads compute at once.
LIMIT = 60
#: Seconds after which one that does not end is killed.
HANGING = 10 * LIMIT
_FIGURE = re.compile(r"^figure: (.+)(?:\n|\Z)", re.MULTILINE)


@dataclass(frozen=True)
class Result:
    """What a cell has left behind.

    Attributes
    ----------
    output : str
        What it printed, without the lines that name figures.
    figures : list of str
        Names of the files that a line ``figure: NAME.png`` told of, in the run's folder.
    seconds : float
        How long it took.
    error : str or None
        Why it broke off: a short traceback, with the lines of the lesson alone.
    """

    output: str = ""
    figures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    error: str | None = None


class Run:
    """A lesson whose code cells are run one by one, with the same variables.

    It is run as a script is: a cell shows what it prints, and works in `folder`, where figures
    are left. Cells are named by their position in `cells`.

    Attributes
    ----------
    cells : list of Cell
    namespace : dict
        The variables by name.
    results : dict of int to Result
        Of the cells that have been run.

    >>> run = Run(places.lesson(3), tempfile.gettempdir())
    >>> print(run.execute(1).output)
    k = 1:
    [[5 5 6]
    ...
    """

    def __init__(self, path, folder):
        self.path = pathlib.Path(path).resolve()
        self.folder = pathlib.Path(folder)
        self.cells = cells.read(path)
        self._edited = {}
        self.reset()

    def reset(self):
        """Forget all variables and results; what `edit` has changed stays."""
        self.namespace = {"__name__": "__main__", "__file__": str(self.path)}
        self.results = {}

    def source(self, number):
        """Return what a cell holds now: its own text, or what `edit` put there."""
        return self._edited.get(number, self.cells[number].source)

    def first_line(self, number):
        """Return the number of a cell's first line, as tracebacks have it."""
        return 1 if number in self._edited else self.cells[number].line

    def edit(self, number, source):
        """Put other code in a code cell's place, in this run."""
        self._edited[number] = source

    @property
    def edited(self):
        """The positions of cells that `edit` has changed."""
        return sorted(self._edited)

    def execute(self, number):
        """Run a code cell, keep its `Result` and return it: an error does not get out.

        `KeyboardInterrupt` does; the cell then counts as not run.
        """
        written = io.StringIO()
        began = time.perf_counter()
        error = None
        try:
            with (
                contextlib.chdir(self.folder),
                contextlib.redirect_stdout(written),
                contextlib.redirect_stderr(written),
            ):
                exec(self._compiled(number), self.namespace)
        except (Exception, SystemExit) as raised:
            error = self._short(raised)
        seconds = time.perf_counter() - began
        output = written.getvalue()
        named = _FIGURE.findall(output)
        error = error or self._wrong_figure(named)
        figures = [name for name in named if (self.folder / name).is_file()]
        result = Result(_FIGURE.sub("", output), figures, seconds, error)
        self.results[number] = result
        return result

    def code(self, begin=0, end=None):
        """Return the positions of the code cells from `begin` to before `end`."""
        return [i for i in range(len(self.cells))[begin:end] if self.cells[i].kind == "code"]

    def _wrong_figure(self, names):
        """Say which of the figures that a cell names has a foreign name, or was not written."""
        for name in names:
            if not re.fullmatch(rf"{re.escape(self.path.stem)}\w*\.png", name):
                return (
                    f"a figure's name is {self.path.stem}.png or {self.path.stem}_2.png, got {name}"
                )
            if not (self.folder / name).is_file():
                return f"the cell names a figure, but has not written it: {name}"
        return None

    def _compiled(self, number):
        """Compile a cell so that tracebacks have the lesson's file and lines."""
        cell, source = self.cells[number], self.source(number)
        if number not in self._edited:
            return compile(
                "\n" * (cell.line - 1) + source, str(self.path), "exec", dont_inherit=True
            )
        name = self._edited_name(number)
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        return compile(source, name, "exec", dont_inherit=True)

    def _edited_name(self, number):
        return f"{self.path.name}, cell {number + 1} as edited"

    def _short(self, error):
        """Return a traceback with the frames of the lesson alone."""
        names = {str(self.path): self.path.name}
        names |= {name: name for name in map(self._edited_name, self._edited)}
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in names]
        lines = []
        for frame in frames:
            within = "" if frame.name == "<module>" else f", in {frame.name}"
            lines.append(f"{names[frame.filename]}, line {frame.lineno}{within}\n")
            lines.append(f"    {frame.line}\n")
        lines += traceback.format_exception_only(error)
        return "".join(lines).rstrip().replace(f'File "{self.path}"', f'File "{self.path.name}"')


def record(path, folder):
    """Run a lesson from top to bottom and return what there is to show, for JSON.

    Parameters
    ----------
    path : path
        Of the lesson.
    folder : path
        Where its figures go.

    Returns
    -------
    dict
        "name" (the file's, without ``.py``), "title", "seconds" of the clock and of "computing",
        and "cells": dicts with the attributes of a `Cell` and, for code that was run, of its
        `Result`. The cell that has an "error" is the last that was run.
    """
    began = time.process_time()
    run = Run(path, folder)
    shown = [asdict(cell) for cell in run.cells]
    for number in run.code():
        result = run.execute(number)
        shown[number] |= asdict(result)
        if result.error is not None:
            break
    return {
        "name": run.path.stem,
        "title": cells.title(run.cells),
        "seconds": sum(result.seconds for result in run.results.values()),
        "computing": time.process_time() - began,
        "cells": shown,
    }


def check(path, folder):
    """Record a lesson in a process of its own: the JSON file and the figures go to `folder`.

    Returns
    -------
    str or None
        What is wrong with the lesson, if anything is.
    """
    with tempfile.TemporaryDirectory(dir=folder) as work, tempfile.TemporaryDirectory() as beside:
        written = pathlib.Path(beside, f"{path.stem}.json")
        process = multiprocessing.get_context("spawn").Process(
            target=_record_to, args=(path, work, written)
        )
        process.start()
        process.join(HANGING)
        if process.exitcode is None:
            process.kill()
            process.join()
            return f"it has not ended after {HANGING} s"
        if process.exitcode != 0:
            return f"its process ended with {process.exitcode}"
        recorded = json.loads(written.read_text(encoding="utf-8"))
        left = sorted(pathlib.Path(work).iterdir())
        for figure in left:
            figure.replace(pathlib.Path(folder, figure.name))
    files.write_json(pathlib.Path(folder, written.name), recorded)
    return _wrong(recorded, [file.name for file in left])


def main(arguments=None):
    """Check lessons: all, or those of the numbers given. Return 0, or 1 if one fails."""
    parser = argparse.ArgumentParser(prog="python -m minidl.classroom.running")
    parser.add_argument("--out", metavar="DIR", help="folder for what the lessons leave behind")
    parser.add_argument("numbers", metavar="N", type=int, nargs="*", help="lessons; default: all")
    options = parser.parse_args(arguments)
    try:
        paths = [places.lesson(number) for number in options.numbers or places.lessons()]
    except ValueError as error:
        parser.error(str(error))
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        out = pathlib.Path(options.out or temporary)
        out.mkdir(parents=True, exist_ok=True)
        for path in paths:
            began = time.perf_counter()
            wrong = check(path, out)
            failed += wrong is not None
            seconds = time.perf_counter() - began
            print(f"{path.stem:24} {'FAILED' if wrong else 'passed'} {seconds:6.1f} s", flush=True)
            if wrong:
                print(wrong, flush=True)
    return int(failed > 0)


def _record_to(path, folder, written):
    files.write_json(written, record(path, folder))


def _wrong(recorded, left):
    """Say what is wrong with a lesson that left these files behind, or return None."""
    errors = [cell["error"] for cell in recorded["cells"] if cell.get("error")]
    if errors:
        return errors[0]
    if min(recorded["seconds"], recorded["computing"]) > LIMIT:
        return f"it takes {recorded['seconds']:.0f} s; {LIMIT} s are allowed"
    named = [name for cell in recorded["cells"] for name in cell.get("figures", ())]
    surplus = sorted(set(left) - set(named))
    return f"it leaves behind what it does not name: {', '.join(surplus)}" if surplus else None


if __name__ == "__main__":
    sys.exit(main())
