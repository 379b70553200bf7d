"""What the commands say, and where: results on stdout, remarks and errors on stderr.

On a terminal, tables have lines; in a pipe there are plain lines without control characters.
"""

import contextlib
import os
import sys

FAILED = 2  # the exit code after any error
INTERRUPTED = 130  # the exit code after Ctrl-C, as of any program that this signal ended


def prepare():
    """Let names that the terminal's encoding lacks appear escaped, instead of as an error."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")


def use_utf8():
    """Read and write UTF-8, whatever the locale says: for texts with formulas."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def silence():
    """Send what is still to be written to stdout nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(text=""):
    """Print a line of the result."""
    print(printable(text), flush=True)


def notice(text):
    """Print a remark on stderr."""
    print(printable(text), file=sys.stderr, flush=True)


def error(text):
    """Print an error on stderr, in one line."""
    notice(f"minidl: error: {text}")


def printable(text):
    r"""Return `text` in one line, with control characters written out.

    >>> print(printable("a\nb \x1b[31m"))
    a b \x1b[31m
    """
    return "".join(
        c if c.isprintable() else " " if c == "\n" else c.encode("unicode_escape").decode()
        for c in str(text)
    )


def table(headings, rows, left=1):
    """Print a table whose first `left` columns are left-justified, the others right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    watched = sys.stdout.isatty()
    # Class names are not markup; in a pipe, nothing is wrapped.
    console = Console(highlight=False, markup=False, emoji=False, width=None if watched else 10_000)
    lines = Table(
        box=box.SIMPLE_HEAD if watched else None,
        show_header=any(headings),
        show_edge=False,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="bold",
    )
    for number, heading in enumerate(headings):
        lines.add_column(heading, justify="left" if number < left else "right", overflow="fold")
    for row in rows:
        lines.add_row(*(printable(cell) for cell in row))
    with console.capture() as captured:
        console.print(lines)
    for line in captured.get().splitlines():
        print(line.rstrip(), flush=True)


@contextlib.contextmanager
def progress(what):
    """Give a function of (done, total) that shows a bar on stderr, or None in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def percent(share):
    """Return a share as text.

    >>> percent(0.97625)
    '97.6 %'
    """
    return f"{100 * share:.1f} %"


def compiling():
    """Say why the first run takes longer: for `kernels.jit.on_compile`."""
    notice("compiling the kernels, on the first run only: this takes some seconds …")
