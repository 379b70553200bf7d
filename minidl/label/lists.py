"""Lists that a labelling starts from: names of classes, and images that are suspected.

May import `minidl.data`; tested by ``tests/label/test_lists.py``.
"""

import csv
import json
from pathlib import Path

from minidl.data.labelset import LabelSet

PATHS = ("path", "image", "file", "filename", "file_name")  # the column or key of an image's path
LARGEST = 1 << 26  # bytes


def classes(text):
    """Return the `LabelSet` that "a,b,c" names, or that a file holds whose name ends with .json.

    >>> classes("cat, dog").names
    ('cat', 'dog')
    """
    if text.lower().endswith(".json"):
        return LabelSet.load(text)
    try:
        return LabelSet(name.strip() for name in text.split(","))
    except ValueError as error:
        raise ValueError(f"--classes: {error}") from None


def suspects(path):
    """Return the images that a file lists, [(path, reason)], in its order.

    A CSV file has a column "path"; in a JSON list, there are paths, or objects with a "path". The
    reason is the column "reason", or all other columns with their names.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no such list.
    """
    path = Path(path)
    rows = _load_json(path) if path.suffix.lower() == ".json" else _load_csv(path)
    if not isinstance(rows, list):
        raise ValueError(f"{path}: needs a list of images, got {type(rows).__name__}")
    return [_suspect(row, number, path) for number, row in enumerate(rows, 1)]


def _suspect(row, number, path):
    if isinstance(row, str):
        return row, ""
    name = next((key for key in PATHS if key in row), None) if isinstance(row, dict) else None
    if name is None or not isinstance(row[name], str):
        raise ValueError(f"{path}: entry {number} needs the path of an image, got {row!r:.60}")
    others = [f"{key} {value}" for key, value in row.items() if key != name and value]
    return row[name], str(row.get("reason") or ", ".join(others))


def _load_json(path):
    try:
        return json.loads(_text(path))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: not JSON: {error}") from None


def _load_csv(path):
    rows = csv.DictReader(_text(path).splitlines(keepends=True), restval="")
    names = rows.fieldnames or ()
    if not set(names) & set(PATHS):
        raise ValueError(f"{path}: needs a column 'path', got {', '.join(names) or 'none'!r:.80}")
    try:
        return [{key: value for key, value in row.items() if key} for row in rows]
    except csv.Error as error:
        raise ValueError(f"{path}: not CSV: {error}") from None


def _text(path):
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {path}") from None
    if len(content) > LARGEST:
        raise ValueError(f"more than {LARGEST:,} bytes")
    # File names may be no Unicode; surrogates stand for such bytes, as in Python's paths.
    return content.decode("utf-8-sig", "surrogateescape")
