"""YOLO's text files: one an image, with a line for each box or polygon.

As Ultralytics has it: images/a.jpg, labels/a.txt, data.yaml. Tested by
``tests/data/annotations/test_yolo.py``.
"""

import json
from pathlib import Path

from minidl.data import listing
from minidl.data.annotations import reading, writing
from minidl.data.annotations.model import Box, Polygon
from minidl.data.annotations.names import read_names
from minidl.data.annotations.reading import number
from minidl.runtime import files

HOLDS = ("Box", "Polygon")
NAMES = ("data.yaml", "data.yml", "classes.txt", "labels/classes.txt")


def read(folder, images=None, classes=None):
    """Read the boxes and polygons of a data set in YOLO's layout.

    A line is "class x y width height", the box's centre and size, or "class x1 y1 x2 y2 x3 y3
    …", a polygon's corners; all are shares of the image's width and height. The sizes are not
    in the files, so the images must be there. One without a text file has nothing in it.

    Parameters
    ----------
    folder : path
        Holds the folder "labels" (or the text files themselves), and the classes' names in
        data.yaml or classes.txt.
    images : path, optional
        The folder of the images; by default "images" in `folder`.
    classes : sequence of str, optional
        The names, in their order; by default those of data.yaml or classes.txt.

    Returns
    -------
    annotations : Annotations
    problems : list of Problem
        Lines and files that were not used, each with file and line.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no file with the classes' names.
    ValueError
        If the file with the names cannot be understood.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FileNotFoundError(f"there is no folder {str(root)!r}")
    pictures = root / "images" if images is None else Path(images)
    labels = root / "labels" if (root / "labels").is_dir() else root
    classes = list(_names(root) if classes is None else classes)
    collector = reading.Collector(classes, pictures)
    texts = {
        path.relative_to(labels).with_suffix("").as_posix(): path
        for path in sorted(labels.rglob("*.txt"))
        if path.name != "classes.txt"
    }
    for path in sorted(pictures.rglob("*")):
        if path.suffix.lower() not in listing.EXTENSIONS or not path.is_file():
            continue
        name = path.relative_to(pictures)
        text = texts.pop(name.with_suffix("").as_posix(), None)
        draft = collector.image(path, name.as_posix())
        if draft is not None and text is not None:
            _take(collector, text, draft, classes)
    for path in texts.values():
        collector.report(path, f"there is no image for it in {str(pictures)!r}")
    return collector.finish()


def write(annotations, folder):
    """Write labels/…txt for each image, and data.yaml; each whole or not at all.

    The images themselves belong to ``images`` in `folder`; they are not copied.

    Returns
    -------
    list of str
        What the files do not hold: tags, masks, polygons of several parts, annotators, and
        images of unknown size, without which there are no shares.

    Raises
    ------
    ValueError
        If two images would share a file.
    """
    places = writing.file_per_image(annotations, Path(folder, "labels"), ".txt")
    numbers = {name: number for number, name in enumerate(annotations.classes)}
    lost = writing.dropped(annotations, HOLDS, "YOLO's text has boxes and polygons only")
    lost += writing.dropped_annotators(annotations, HOLDS, "YOLO's text has no place for it")
    for image in annotations.images:
        if image.width is None:
            lost.append(f"{image.path}: its size is not known, which YOLO's shares need")
            continue
        shapes = image.of(Box, Polygon)
        whole = [s for s in shapes if isinstance(s, Box) or len(s.parts) == 1]
        if len(whole) < len(shapes):
            lost.append(
                f"{image.path}: {len(shapes) - len(whole)} polygon(s) of several parts, which "
                "YOLO's text cannot hold"
            )
        lines = [f"{numbers[shape.label]} {_line(shape, image)}\n" for shape in whole]
        files.write_text(places[image.path], "".join(lines))
    # JSON's text in quotes is YAML's too, but for characters that JSON writes as two halves.
    names = [
        f"  {number}: {json.dumps(name, ensure_ascii=False)}\n" for name, number in numbers.items()
    ]
    head = "path: .\ntrain: images\nval: images\nnames:\n"
    files.write_text(Path(folder, "data.yaml"), head + "".join(names))
    return lost


def _names(root):
    for name in NAMES:
        if (root / name).is_file():
            return read_names(root / name)
    raise FileNotFoundError(
        f"{str(root)!r} holds none of {', '.join(NAMES)}, which name the classes; write one, or "
        "give classes"
    )


def _take(collector, path, draft, classes):
    """Take in the lines of one file."""
    try:
        lines = reading.text_of(path, "file").splitlines()
    except (OSError, ValueError) as error:
        collector.report(path, error)
        return
    for i, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{path}, line {i}"
        try:
            label, kind, arguments = _shape(line.split(), draft, classes)
        except ValueError as error:
            collector.report(where, error)
        else:
            collector.add(where, draft, kind, label, *arguments)


def _shape(fields, draft, classes):
    """Return the label of a line, the kind of shape, and its arguments after the label."""
    if not fields[0].isdecimal() or not int(fields[0]) < len(classes):
        raise ValueError(f"unknown class {fields[0]!r:.40}: known are 0 to {len(classes) - 1}")
    label = classes[int(fields[0])]
    values = [number(field) for field in fields[1:]]
    x = [value * draft.width for value in values[::2]]
    y = [value * draft.height for value in values[1::2]]
    if len(values) == 4:
        (x, width), (y, height) = x, y
        return label, Box, (x - width / 2, y - height / 2, width, height)
    if len(values) >= 6 and len(values) % 2 == 0:
        return label, Polygon, ((tuple(zip(x, y, strict=True)),),)
    raise ValueError(
        f"{len(values)} numbers after the class; a box has 4, a polygon an even number from 6 on"
    )


def _line(shape, image):
    """Return a shape's numbers, as shares of the image."""
    if isinstance(shape, Box):
        pairs = [
            (shape.x + shape.width / 2, shape.y + shape.height / 2),
            (shape.width, shape.height),
        ]
    else:
        pairs = shape.parts[0]
    return " ".join(f"{x / image.width!r} {y / image.height!r}" for x, y in pairs)
