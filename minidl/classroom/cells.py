"""A lesson's file as cells of text and of code.

The format is jupytext's *percent* format, of which two kinds of cell are used::

    # %% [markdown]
    # # 2 · Convolution, from the formula

    # %%
    print("code")
"""

import pathlib
import re
from dataclasses import dataclass

MARKERS = {"# %%": "code", "# %% [markdown]": "markdown"}
_TITLE = re.compile(r"# \d+ · (\S.*)")


@dataclass(frozen=True)
class Cell:
    """A part of a lesson.

    Attributes
    ----------
    kind : str
        "markdown" or "code".
    source : str
        Its text, without blank lines around it; Markdown without the ``# `` before each line.
    line : int
        Where that begins in the file, counted from 1.
    """

    kind: str
    source: str
    line: int


def read(path):
    """Return the cells of a lesson's file, as a list of `Cell`.

    Raises
    ------
    ValueError
        If it is not in the percent format: the message has the file's name and the line.
    """
    path = pathlib.Path(path)
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ValueError(f"{path.name}: a lesson needs to be UTF-8 text") from None
    except ValueError as error:
        raise ValueError(f"{path.name}, {error}") from None


def parse(text):
    r"""Return the cells of a lesson's text.

    >>> for cell in parse("# %% [markdown]\n# Two and two\n\n# %%\nprint(2 + 2)\n"):
    ...     print(cell)
    Cell(kind='markdown', source='Two and two', line=2)
    Cell(kind='code', source='print(2 + 2)', line=5)
    """
    cells, lines, kind, begin = [], [], None, 1
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("# %%"):
            lines.append(line)
            continue
        cells += _cell(kind, lines, begin)
        kind, lines, begin = MARKERS.get(line.rstrip()), [], number + 1
        if kind is None:
            markers = " or ".join(repr(marker) for marker in MARKERS)
            raise ValueError(f"line {number}: a cell begins with {markers}, got {line!r}")
    return cells + _cell(kind, lines, begin)


def title(cells):
    r"""Return the title of a lesson, from the heading ``# N · Title`` of its first cell.

    >>> title(parse("# %% [markdown]\n# # 4 · A derivative by hand\n"))
    'A derivative by hand'
    """
    heading = cells[0].source.partition("\n")[0] if cells else ""
    match = _TITLE.fullmatch(heading)
    if match is None:
        raise ValueError(f"a lesson begins with a heading '# N · Title', got {heading!r}")
    return match[1]


def _cell(kind, lines, begin):
    """Return the cell of these lines in a list, which is empty if they are blank."""
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if not filled:
        return []
    lines, begin = lines[filled[0] : filled[-1] + 1], begin + filled[0]
    if kind is None:
        raise ValueError(f"line {begin}: a lesson begins with the marker of a cell")
    if kind == "markdown":
        for number, line in enumerate(lines, begin):
            if line != "#" and not line.startswith("# "):
                raise ValueError(
                    f"line {number}: each line of a text begins with '# ', got {line!r}"
                )
        lines = [line[2:] for line in lines]
    return [Cell(kind, "\n".join(lines), begin)]
