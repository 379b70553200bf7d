"""Pascal VOC's XML: a file an image, with its boxes.

The format: Everingham & Winn, "The PASCAL Visual Object Classes Challenge 2012 Development Kit".
Tested by ``tests/data/annotations/test_voc.py``.
"""

import os
import xml.etree.ElementTree as ElementTree
from pathlib import Path, PurePosixPath
from xml.parsers import expat

from minidl.data.annotations import reading, writing
from minidl.data.annotations.model import Box
from minidl.data.annotations.reading import number
from minidl.runtime import files

HOLDS = ("Box",)
SIDES = ("xmin", "ymin", "xmax", "ymax")


def read(folder, images=None, classes=None):
    """Read the boxes in all XML files below a folder.

    VOC counts pixels from 1 and includes both ends: xmin = 1, xmax = 10 covers the first ten
    pixels, and is read as x = 0, width = 10. An image's path is its XML file's folder, below
    `folder`, and the file name in it. Objects marked as difficult are reported, and read as any
    other. Parts of objects, poses and what else a file may hold are ignored.

    Parameters
    ----------
    folder : path
    images, classes
        As for `minidl.data.annotations.table.read`; by default the classes are all that come,
        sorted by name.

    Returns
    -------
    annotations : Annotations
    problems : list of Problem
        Files and objects that were not used, each with file and line.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FileNotFoundError(f"there is no folder of XML files {str(root)!r}")
    paths = sorted(p for p in root.rglob("*") if p.suffix.lower() == ".xml")
    collector = reading.Collector(classes, images)
    difficult = 0
    for path in paths:
        try:
            tree = parse(path.read_bytes())
        except (OSError, ValueError) as error:
            collector.report(path, error)
            continue
        difficult += _take(collector, path, path.relative_to(root).parent.as_posix(), tree)
    if not paths:
        collector.report(root, "no XML file found in it")
    if difficult:
        collector.report(root, f"{difficult} object(s) marked as difficult are read as any other")
    if classes is None:
        collector.classes = dict.fromkeys(sorted(collector.classes))
    return collector.finish()


def write(annotations, folder):
    """Write an XML file for each image, each whole or not at all.

    ``cats/1.jpg`` goes to ``cats/1.xml``. Whole numbers are written as such, others, which VOC
    2012 has too, with their decimals.

    Returns
    -------
    list of str
        What the files do not hold: tags, polygons, masks, annotators, images of unknown size,
        and classes that nothing has, or an order that is not by name.

    Raises
    ------
    ValueError
        If two images would share a file.
    """
    places = writing.file_per_image(annotations, folder, ".xml")
    unknown = [image.path for image in annotations.images if image.width is None]
    for image in annotations.images:
        if image.width is not None:
            tree = ElementTree.ElementTree(_element(image))
            ElementTree.indent(tree)
            with files.replacing(places[image.path]) as temporary:
                tree.write(temporary, encoding="utf-8")
    lost = writing.dropped(annotations, HOLDS, "VOC's XML has boxes only")
    lost += writing.dropped_annotators(annotations, HOLDS, "VOC's XML has no place for it")
    lost += [f"{path}: its size is not known, which VOC needs" for path in unknown]
    back = sorted(writing.used_classes(annotations, HOLDS))
    return lost + writing.dropped_classes(annotations, back, "VOC's XML lists no classes")


def parse(data):
    """Return the root of an XML document, with each element's line as the attribute ``line``.

    A document type is refused: its entities could be made to fill the memory (the "billion
    laughs"), or to fetch files.

    >>> parse(b"<!DOCTYPE a [<!ENTITY e 'ha'>]><a>&e;</a>")
    Traceback (most recent call last):
    ...
    ValueError: line 1: a document type (DTD) is not allowed
    """

    def refuse(*_):
        raise ValueError(f"line {parser.CurrentLineNumber}: a document type (DTD) is not allowed")

    def start(name, attributes):
        builder.start(name, attributes | {"line": str(parser.CurrentLineNumber)})

    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        message = expat.errors.messages[error.code]
        raise ValueError(f"line {error.lineno}: not XML ({message})") from None
    return builder.close()


def _take(collector, path, parent, tree):
    """Take in one file; returns how many of its objects are difficult."""
    if tree.tag != "annotation":
        collector.report(path, f"not VOC: its root is <{tree.tag:.40}> instead of <annotation>")
        return 0
    name = (tree.findtext("filename") or "").strip()
    size = [(tree.findtext(f"size/{side}") or "").strip() for side in ("width", "height")]
    where = f"{path}, line {tree.get('line')}"
    if not name:
        collector.report(where, "no <filename>")
        return 0
    size = size if all(size) else (None, None)
    known = len(collector.drafts)
    draft = collector.image(where, str(PurePosixPath(parent, name)), *size)
    if draft is None:
        return 0
    if len(collector.drafts) == known:
        collector.report(where, f"there is a file for the image {draft.path!r} already")
        return 0
    difficult = 0
    for each in tree.findall("object"):
        line = f"{path}, line {each.get('line')}"
        difficult += (each.findtext("difficult") or "").strip() == "1"
        try:
            left, top, right, bottom = (_side(each, side) for side in SIDES)
        except ValueError as error:
            collector.report(line, error)
            continue
        label = (each.findtext("name") or "").strip()
        corner = left - 1, top - 1
        collector.add(line, draft, Box, label, *corner, right - corner[0], bottom - corner[1])
    return difficult


def _side(element, side):
    text = element.findtext(f"bndbox/{side}")
    if text is None:
        raise ValueError(f"no <{side}> in a <bndbox>")
    return number(text.strip())


def _element(image):
    """Return the XML of an image of which the size is known."""
    root = ElementTree.Element("annotation")
    _child(root, "folder", os.path.dirname(image.path))
    _child(root, "filename", os.path.basename(image.path))
    size = _child(root, "size")
    _child(size, "width", image.width)
    _child(size, "height", image.height)
    _child(size, "depth", 3)
    for box in image.of(Box):
        each = _child(root, "object")
        _child(each, "name", box.label)
        corners = _child(each, "bndbox")
        values = box.x + 1, box.y + 1, box.x + box.width, box.y + box.height
        for side, value in zip(SIDES, values, strict=True):
            _child(corners, side, int(value) if value == int(value) else repr(value))
    return root


def _child(parent, tag, text=None):
    child = ElementTree.SubElement(parent, tag)
    child.text = None if text is None else str(text)
    return child
