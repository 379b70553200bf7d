"""A lesson's cells in a terminal: text with readable formulas, code, and what it printed."""

import re
import string

from rich.console import Group
from rich.markdown import Markdown
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from minidl.classroom import mathtext

_SIGNS = re.compile(f"([{re.escape(string.punctuation)}])")


def markdown(source):
    """Return a text as something that rich's console prints."""
    parts, text = [], ""
    for kind, piece in mathtext.split(source):
        if kind == "block":
            formula = Padding(Text(mathtext.readable(piece), style="bold"), (1, 0, 1, 4))
            parts += [Markdown(text), formula]
            text = ""
        elif kind == "inline":
            text += _SIGNS.sub(r"\\\1", mathtext.readable(piece))
        else:
            text += piece
    return Group(*parts, Markdown(text)) if text.strip() else Group(*parts)


def code(source, line):
    """Return code with its line numbers, of which `line` is the first."""
    return Syntax(
        source,
        "python",
        theme="ansi_dark",
        background_color="default",
        line_numbers=True,
        start_line=line,
        word_wrap=True,
    )


def result(console, result, folder):
    """Print what a cell left behind, after a blank line; figures with their path."""
    if result.output.strip() or result.figures or result.error:
        console.print()
    if result.output.strip():
        console.print(Text(result.output.rstrip()), soft_wrap=True)
    for name in result.figures:
        console.print(Text(f"figure: {folder / name}", style="green"), soft_wrap=True)
    if result.error is not None:
        console.print(Text(result.error, style="red"), soft_wrap=True)
