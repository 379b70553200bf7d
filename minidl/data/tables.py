"""Tables of image files and their labels: CSV with the columns ``path`` and ``label``.

Standard library only; tested by ``tests/data/test_tables.py``.
"""

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

COLUMNS = ("path", "label")


class LabelledFiles(NamedTuple):
    """The files that a table lists, in its order, and their labels."""

    paths: list[Path]
    labels: list[str]


def read_csv(path: str | os.PathLike, root: str | os.PathLike | None = None) -> LabelledFiles:
    r"""Read a table of image files and labels.

    The first line names the columns; ``path`` and ``label`` must be among them, in any order.
    The file is UTF-8 (a byte-order mark is allowed), with commas; names with commas, quotes or
    line breaks stand in double quotes, as RFC 4180 has it.

    Parameters
    ----------
    path : path
        The CSV file.
    root : path, optional
        Folder from which the paths in it lead; by default the CSV file's own.

    Returns
    -------
    LabelledFiles
        ``paths``, all of existing files below ``root``, and ``labels``, as text.

    Raises
    ------
    FileNotFoundError
        If there is no such CSV file, or a file that it lists does not exist.
    ValueError
        If a line has too few or too many fields, an empty label, a path that leads out of
        ``root``, or one that stood before. Every message names the file and the line.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("a.png", "b, c.png"):
    ...         Path(folder, name).touch()
    ...     _ = Path(folder, "pets.csv").write_text('path,label\na.png,cat\n"b, c.png",dog\n')
    ...     files = read_csv(f"{folder}/pets.csv")
    >>> [path.name for path in files.paths], files.labels
    (['a.png', 'b, c.png'], ['cat', 'dog'])
    """
    root = Path(path).parent if root is None else Path(root)
    paths, labels, lines = [], [], {}
    for where, line, row in rows(path, COLUMNS):
        file = inside(root, row["path"], where)
        if not row["label"]:
            raise ValueError(f"{where}: the label of {row['path']!r} is empty")
        if file in lines:
            raise ValueError(f"{where}: {row['path']!r} stands in line {lines[file]} already")
        if not file.exists():
            raise FileNotFoundError(f"{where}: there is no file {str(file)!r}")
        lines[file] = line
        paths.append(file)
        labels.append(row["label"])
    if not paths:
        raise ValueError(f"{os.fspath(path)!r} lists no files")
    return LabelledFiles(paths, labels)


def rows(path, columns) -> Iterator[tuple[str, int, dict[str, str]]]:
    """Yield ("file, line 3", 3, row) for each row of a CSV file that has at least `columns`."""
    name = repr(os.fspath(path))
    begins = 1
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            table = csv.reader(file, strict=True)
            heading = next(table, [])
            missing = [column for column in columns if column not in heading]
            if missing or len(set(heading)) < len(heading):
                raise ValueError(
                    f"{name}, line 1: needs one each of the columns {', '.join(columns)}, "
                    f"got {', '.join(heading) or 'nothing'}"
                )
            begins = table.line_num + 1
            for fields in table:
                where = f"{name}, line {begins}"
                if fields and len(fields) != len(heading):
                    raise ValueError(f"{where}: needs {len(heading)} fields, got {len(fields)}")
                if fields:  # an empty line is none
                    yield where, begins, dict(zip(heading, fields, strict=True))
                begins = table.line_num + 1
    except csv.Error as error:
        raise ValueError(f"{name}, line {begins}: {error}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{name}: it is not UTF-8 text ({error.reason})") from error


def inside(root: Path, name: str, where: str) -> Path:
    """Return the path of a file below `root`; a name that leads elsewhere is refused.

    >>> inside(Path("pets"), "../secret", "line 2")
    Traceback (most recent call last):
    ...
    ValueError: line 2: needs a relative path that stays in its folder, got '../secret'
    """
    relative = Path(name)
    if not relative.parts or relative.anchor or ".." in relative.parts or "\0" in name:
        raise ValueError(f"{where}: needs a relative path that stays in its folder, got {name!r}")
    return root / relative
