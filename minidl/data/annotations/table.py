"""Annotations as a table: CSV with a row a shape. It holds everything.

Tested by ``tests/data/annotations/test_table.py``.
"""

import csv
import io
import os

from minidl.data.annotations import reading, writing
from minidl.data.annotations.model import Box, Mask, Polygon, Tag
from minidl.data.annotations.reading import number
from minidl.runtime import files

COLUMNS = (
    "path",
    "image_width",
    "image_height",
    "label",
    "x",
    "y",
    "width",
    "height",
    "polygon",
    "mask",
    "annotator",
)
CORNERS = ("xmin", "ymin", "xmax", "ymax")
#: Other names of columns that are in use.
SYNONYMS = {"filename": "path", "file_name": "path", "image": "path", "file": "path"} | {
    "class": "label",
    "class_name": "label",
}
HOLDS = writing.KINDS
LONGEST_FIELD = 1 << 27  # characters; masks are long


def read(path, images=None, classes=None):
    """Read annotations from a CSV file.

    The first line names the columns: ``path`` (or filename, file, image) and ``label`` (or
    class, class_name) are needed. A row without more is a class of the whole image; with x, y,
    width and height it is a box; with ``polygon`` ("0 0, 9 0, 9 5; …": corners, and parts
    behind semicolons) a polygon; with ``mask`` (run lengths, as in `Mask`) a mask. A row
    without a label says that there is such an image. Where boxes have the columns xmin, ymin,
    xmax, ymax, as in TensorFlow's tables, ``width`` and ``height`` are the image's.

    Parameters
    ----------
    path : path
    images : path, optional
        The folder of the images. If given, images that are not there are reported and left out.
    classes : sequence of str, optional
        The names that are known; others are reported and left out. By default all that come,
        in their order.

    Returns
    -------
    annotations : Annotations
    problems : list of Problem
        Rows that were not used, each with file, line and reason.

    Raises
    ------
    FileNotFoundError
        If there is no such file or folder.
    ValueError
        If it is not a table with the columns that are needed.
    """
    collector = reading.Collector(classes, images)
    name = os.fspath(path)
    text = io.StringIO(reading.text_of(path, "table"), newline="")
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        _read_rows(csv.reader(text, strict=True), name, collector)
    finally:
        csv.field_size_limit(before)
    return collector.finish()


def write(annotations, path):
    """Write annotations to a CSV file, whole or not at all.

    Returns
    -------
    list of str
        What the file does not hold: only classes that nothing has, or their order.

    >>> import pathlib, tempfile
    >>> from minidl.data.annotations import AnnotatedImage, Annotations
    >>> pets = Annotations(["cat"], [AnnotatedImage("a.png", 9, 6, [Box("cat", 1, 2, 3, 4)])])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(pets, f"{folder}/pets.csv")
    ...     print(pathlib.Path(folder, "pets.csv").read_text())
    ...     read(f"{folder}/pets.csv").annotations == pets
    []
    path,image_width,image_height,label,x,y,width,height,polygon,mask,annotator
    a.png,9,6,cat,1.0,2.0,3.0,4.0,,,
    <BLANKLINE>
    True
    """
    with files.replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as f:
        out = csv.DictWriter(f, COLUMNS, restval="", lineterminator="\n")
        out.writeheader()
        for image in annotations.images:
            start = {"path": image.path}
            if image.width is not None:
                start |= {"image_width": image.width, "image_height": image.height}
            out.writerows(start | _fields(shape) for shape in image.shapes)
            if not image.shapes:
                out.writerow(start)
    back = writing.used_classes(annotations, HOLDS)
    return writing.dropped_classes(annotations, back, "a table lists no classes")


def _read_rows(rows, name, collector):
    """Take in all rows, up to the first that is no CSV."""
    header = None
    where = f"{name}, line 1"
    try:
        header = next(rows, [])
        columns = _columns(header, name)
        where = f"{name}, line {rows.line_num + 1}"
        for row in rows:
            if row and len(row) != len(header):
                collector.report(where, f"{len(row)} fields instead of {len(header)}")
            elif row:
                _take(collector, where, {c: row[i].strip() for c, i in columns.items()})
            where = f"{name}, line {rows.line_num + 1}"
    except csv.Error as error:
        if header is None:
            raise ValueError(f"{where}: not CSV ({error})") from None
        collector.report(where, f"not CSV ({error}); from here on, nothing is used")


def _columns(header, name):
    """Return the place of each column that is known."""
    columns = {}
    for i, title in enumerate(header):
        column = title.strip().lower()
        column = SYNONYMS.get(column, column)
        if column in columns:
            raise ValueError(f"{name}, line 1: two columns for {column!r}")
        columns[column] = i
    for needed in ("path", "label"):
        if needed not in columns:
            raise ValueError(
                f"{name}, line 1: no column {needed!r}; got {', '.join(header) or 'nothing'}"
            )
    if set(CORNERS) <= set(columns):
        for side in ("width", "height"):
            if side in columns:
                columns[f"image_{side}"] = columns.pop(side)
    return {column: i for column, i in columns.items() if column in (*COLUMNS, *CORNERS)}


def _take(collector, where, fields):
    """Take in one row."""
    fields = {column: text for column, text in fields.items() if text}
    size = fields.get("image_width"), fields.get("image_height")
    if (size[0] is None) != (size[1] is None):
        collector.report(where, "only one of the image's width and height")
        return
    draft = collector.image(where, fields.get("path", ""), *size)
    if draft is None:
        return
    try:
        kind, arguments = _shape(fields, draft)
    except ValueError as error:
        collector.report(where, error)
        return
    if kind is None:
        return
    collector.add(
        where, draft, kind, fields["label"], *arguments, annotator=fields.get("annotator")
    )


def _shape(fields, draft):
    """Return the kind of shape that a row is, and its arguments after the label."""
    given = [c for c in (*COLUMNS[4:10], *CORNERS) if c in fields]
    if "label" not in fields:
        if given:
            raise ValueError(f"no label, but {given[0]!r}")
        return None, ()
    if given == ["polygon"]:
        parts = fields["polygon"].split(";")
        return Polygon, (tuple(tuple(map(_corner, part.split(","))) for part in parts),)
    if given == ["mask"]:
        if draft.height is None:
            raise ValueError("a mask needs the image's width and height")
        counts = [number(n) for n in fields["mask"].split()]
        counts = tuple(int(n) if n == int(n) else n for n in counts)
        return Mask, ((draft.height, draft.width), counts)
    if given == list(COLUMNS[4:8]):
        return Box, tuple(number(fields[c]) for c in given)
    if given == list(CORNERS):
        left, top, right, bottom = (number(fields[c]) for c in given)
        return Box, (left, top, right - left, bottom - top)
    if given:
        raise ValueError(f"{', '.join(given)}: not a box, a polygon or a mask")
    return Tag, ()


def _corner(text):
    values = text.split()
    if len(values) != 2:
        raise ValueError(f"a corner needs two numbers, got {text.strip()!r}")
    return number(values[0]), number(values[1])


def _fields(shape):
    """Return the fields of a row."""
    fields = {"label": shape.label, "annotator": shape.annotator or ""}
    if isinstance(shape, Box):
        fields |= {c: repr(getattr(shape, c)) for c in COLUMNS[4:8]}
    elif isinstance(shape, Polygon):
        parts = (", ".join(f"{x!r} {y!r}" for x, y in part) for part in shape.parts)
        fields["polygon"] = "; ".join(parts)
    elif isinstance(shape, Mask):
        fields["mask"] = " ".join(map(str, shape.counts))
    return fields
