"""Lists that a labelling starts from: names of classes, and images that are suspected.

May import `minidl.label.annotation`; tested by ``tests/label/test_lists.py``.
"""

import csv
import json
from pathlib import Path

from minidl.label import annotation as annotations

PATHS = ("path", "image", "file", "filename", "file_name")  # the column or key of an image's path
LARGEST = 1 << 26  # bytes


def classes(text):
    """Return the names in "a,b,c", or in a label set, a file whose name ends with .json.

    A label set is a JSON list of names, or an object with such a list as "classes" or
    "class_names", or with COCO's "categories", which have a "name" each.

    >>> classes("cat, dog")
    ['cat', 'dog']
    """
    if text.lower().endswith(".json"):
        names, where = _label_set(_load_json(Path(text)), text), text
    else:
        names, where = [name.strip() for name in text.split(",")], "--classes"
    try:
        names = [annotations.class_name(name) for name in names]
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None or not names:
        wrong = f"has {twice!r} twice" if names else "is empty"
        raise ValueError(f"{where}: the list of classes {wrong}; it needs different names")
    return names


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


def _label_set(value, path):
    if isinstance(value, dict):
        value = next((value[k] for k in ("classes", "class_names", "categories") if k in value), 0)
    if not isinstance(value, list):
        raise ValueError(f'{path}: needs a list of names, or an object with one as "classes"')
    return [entry.get("name") if isinstance(entry, dict) else entry for entry in value]


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
