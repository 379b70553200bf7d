"""What the grader found, as text: small arrays side by side, and as a table."""

import csv
import io

import numpy as np

WIDTH = 88
MOST_LINES = 24  # of one array
GAP = "    "


def lines(result, arguments=()):
    """Return the lines that show a `grader.Result`; `arguments` are the names of its inputs."""
    mark = "passed" if result.passed else "not yet"
    shown = [f"{result.task}: {mark}"]
    if result.passed:
        return shown
    if result.case is None:
        return [*shown, f"  {result.message}"]
    case = result.case
    names = arguments or [f"argument {n + 1}" for n in range(len(case.arguments))]
    shown += ["  The smallest failing input:"]
    shown += _indented(beside(zip(names, case.arguments, strict=True)))
    if case.error is None:
        shown += ["  Expected, and what came:"]
        shown += _indented(beside([("expected", case.expected), ("came", case.came)]))
    shown += [f"  {result.message}"]
    if result.mistake and (case.error is None or result.mistake != case.error.name):
        shown += [f"  The mistake: {result.mistake}."]
    if case.printed:
        shown += ["  It printed:", *_indented(case.printed.splitlines()[:MOST_LINES])]
    return shown


def beside(named):
    """Return the lines of values side by side, each below its name and shape.

    >>> for line in beside([("A", np.eye(2)), ("k", 3)]):
    ...     print(line)
    A (2, 2)    k
    1 0         3
    0 1
    """
    rows, width = [], 0
    blocks = [_block(name, value) for name, value in named]
    line = []
    for block in blocks:
        size = len(block[0]) + len(GAP)
        if line and width + size > WIDTH:
            rows += [*_joined(line)]
            line, width = [], 0
        line.append(block)
        width += size
    return rows + _joined(line)


def table(rows):
    """Return rows of (student, `grader.Result`) as the text of a CSV file, in order."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("student", "exercise", "task", "passed", "mistake", "message"))
    for student, result in rows:
        passed = "yes" if result.passed else "no"
        row = (student, result.exercise, result.task, passed, result.mistake, result.message)
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(text):
    """Return a text as a spreadsheet shows it, and never takes for a formula."""
    line = " ".join(text.split())
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line


def _joined(blocks):
    height = max((len(block) for block in blocks), default=0)
    padded = [[*block, *[" " * len(block[0])] * (height - len(block))] for block in blocks]
    return [GAP.join(parts).rstrip() for parts in zip(*padded, strict=True)]


def _block(name, value):
    """Return the lines of one value, all of one length."""
    shape = f" {value.shape}" if isinstance(value, np.ndarray) and value.ndim else ""
    body = _text(value).splitlines()[:MOST_LINES]
    width = max(len(name + shape), *map(len, body), 0)
    return [text.ljust(width) for text in (name + shape, *body)]


def _text(value):
    """Return a value as short as it can be read; arrays without their axes of length 1."""
    if isinstance(value, np.ndarray):
        squeezed = np.squeeze(value)
        return _array(np.atleast_1d(squeezed)) if value.size else "(empty)"
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return "\n".join(_text(item) for item in value) or repr(value)
    if callable(value):
        return (value.__doc__ or value.__name__).strip()
    return str(value)


def _array(array):
    """Return an array as rows of numbers, with an empty line between the matrices in it."""
    if array.ndim > 2:
        return "\n\n".join(_array(part) for part in array)
    rows = [[_number(item) for item in row] for row in np.atleast_2d(array)]
    width = max(len(item) for row in rows for item in row)
    return "\n".join(" ".join(item.rjust(width) for item in row) for row in rows)


def _number(item):
    return str(item) if isinstance(item, np.bool_) else f"{item:.6g}"


def _indented(some):
    return [f"    {line}".rstrip() for line in some]
