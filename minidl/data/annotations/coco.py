"""COCO's JSON: boxes, polygons and masks of a whole data set in one file.

The format: https://cocodataset.org/#format-data. Tested by
``tests/data/annotations/test_coco.py``.
"""

import json
import os

from minidl.data.annotations import reading, runs, writing
from minidl.data.annotations.model import Box, Mask, Polygon, Tag
from minidl.data.annotations.reading import number
from minidl.runtime import checks, files

HOLDS = ("Box", "Polygon", "Mask")
PARTS = ("images", "categories", "annotations")


def read(path, images=None, classes=None):
    """Read annotations from a COCO file.

    An annotation with a segmentation is a `Polygon`, or a `Mask` if it is given by run lengths,
    packed or not; its box follows from it. Any other is a `Box`, or a `Tag` if it has no "bbox",
    as ``minidl label`` writes images of which only the class is known. An annotation's "annotator",
    which COCO does not know, is taken over if it is there. Crowds ("iscrowd") are reported, and
    read as any other shape.

    Parameters, results and errors are those of `minidl.data.annotations.table.read`; problems
    name the file and the id. Classes are the categories, in their order, unless `classes` is
    given.
    """
    name = os.fspath(path)
    content = _content(path, name)
    ids = _categories(content["categories"], name)
    collector = reading.Collector(list(ids[0].values()) if classes is None else classes, images)
    for problem in ids[1]:
        collector.report(*problem)
    drafts = _images(content["images"], name, collector)
    seen = set()
    crowds = 0
    for place, entry in enumerate(content["annotations"]):
        where = _where(name, "annotation", entry, place)
        if not isinstance(entry, dict):
            collector.report(where, f"needs an object, got {entry!r:.40}")
            continue
        identity = _id(entry.get("id"))
        if identity is not None and identity in seen:
            collector.report(where, "there is an annotation of this id already")
            continue
        seen.add(identity)
        crowds += entry.get("iscrowd") == 1
        _take(collector, where, entry, drafts, ids[0])
    if crowds:
        collector.report(name, f"{crowds} crowd(s) ('iscrowd') are read as any other shape")
    return collector.finish()


def write(annotations, path):
    """Write annotations to a COCO file, whole or not at all.

    Classes get the ids 1, 2, …, as COCO has it. Masks are run lengths that are not packed.

    Returns
    -------
    list of str
        What the file does not hold: tags, since other programs rely on there being a box, and
        images of unknown size, which COCO needs.
    """
    images, shapes, unknown = [], [], []
    numbers = {name: number for number, name in enumerate(annotations.classes, 1)}
    for image in annotations.images:
        if image.width is None:
            unknown.append(image.path)
            continue
        size = {"width": image.width, "height": image.height}
        images.append({"id": len(images) + 1, "file_name": image.path} | size)
        for shape in image.of(Box, Polygon, Mask):
            start = {"id": len(shapes) + 1, "image_id": len(images)}
            start["category_id"] = numbers[shape.label]
            shapes.append(start | _entry(shape, image))
    categories = [{"id": number, "name": name} for name, number in numbers.items()]
    content = {"images": images, "categories": categories, "annotations": shapes}
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    files.write_text(path, text + "\n")
    lost = writing.dropped(annotations, HOLDS, "COCO has no classes of whole images")
    lost += [f"{each}: its size is not known, which COCO needs" for each in unknown]
    return lost


def _content(path, name):
    try:
        content = json.loads(reading.text_of(path, "file"))
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{name}, line {error.lineno}, column {error.colno}: not JSON ({error.msg})"
        ) from None
    except RecursionError:
        raise ValueError(f"{name}: not COCO, its JSON is nested too deep") from None
    if not isinstance(content, dict) or not all(
        isinstance(content.get(part), list) for part in PARTS
    ):
        raise ValueError(f"{name}: not COCO, which has the lists {', '.join(PARTS)}")
    return content


def _categories(entries, name):
    """Return {id: name}, and problems."""
    names, problems = {}, []
    for place, entry in enumerate(entries):
        where = _where(name, "category", entry, place)
        identity = _id(entry.get("id")) if isinstance(entry, dict) else None
        if identity is None:
            problems.append((where, 'needs an "id" and a "name"'))
            continue
        try:
            title = checks.line(entry.get("name"), "a name")
        except ValueError as error:
            problems.append((where, error))
            continue
        if identity in names:
            problems.append((where, f"the id belongs to {names[identity]!r} already"))
        elif title in names.values():
            problems.append((where, f"there is a category {title!r} already"))
        else:
            names[identity] = title
    return names, problems


def _images(entries, name, collector):
    """Return {id: draft}; None for those that cannot be used."""
    drafts = {}
    for place, entry in enumerate(entries):
        where = _where(name, "image", entry, place)
        identity = _id(entry.get("id")) if isinstance(entry, dict) else None
        if identity is None:
            collector.report(where, 'needs an "id" and a "file_name"')
        elif identity in drafts:
            collector.report(where, "there is an image of this id already")
        else:
            before = len(collector.drafts)
            size = entry.get("width"), entry.get("height")
            size = size if None not in size else (None, None)
            drafts[identity] = collector.image(where, entry.get("file_name"), *size)
            if drafts[identity] is not None and len(collector.drafts) == before:
                collector.report(where, f"there is an image {entry['file_name']!r} already")
    return drafts


def _take(collector, where, entry, drafts, categories):
    """Take in one annotation."""
    image, category = _id(entry.get("image_id")), _id(entry.get("category_id"))
    if image not in drafts:
        collector.report(where, f"there is no image of id {entry.get('image_id')!r:.40}")
    elif drafts[image] is None:
        pass  # the image was reported
    elif category not in categories:
        collector.report(where, f"there is no category of id {entry.get('category_id')!r:.40}")
    else:
        try:
            kind, arguments = _shape(entry)
        except (ValueError, TypeError) as error:
            collector.report(where, error)
            return
        who = entry.get("annotator")
        collector.add(where, drafts[image], kind, categories[category], *arguments, annotator=who)


def _shape(entry):
    """Return the kind of shape that an annotation is, and its arguments after the label."""
    region = entry.get("segmentation")
    if isinstance(region, dict):
        size, counts = region.get("size"), region.get("counts")
        if isinstance(counts, str):
            counts = runs.unpack(counts)
        if not isinstance(size, list) or len(size) != 2 or not isinstance(counts, list | tuple):
            raise ValueError('a mask needs "size" [height, width] and "counts"')
        return Mask, (tuple(size), tuple(counts))
    if region:
        if not isinstance(region, list) or not all(
            isinstance(part, list) and len(part) % 2 == 0 for part in region
        ):
            raise ValueError("a polygon needs lists of x1, y1, x2, y2, …")
        parts = [[number(n) for n in part] for part in region]
        return Polygon, (tuple(tuple(zip(p[::2], p[1::2], strict=True)) for p in parts),)
    if "bbox" not in entry:
        return Tag, ()
    box = entry["bbox"]
    if not isinstance(box, list) or len(box) != 4:
        raise ValueError(f'needs a "bbox" [x, y, width, height], got {box!r:.60}')
    return Box, tuple(map(number, box))


def _entry(shape, image):
    """Return what COCO says of a shape."""
    box = shape.box
    entry = {"bbox": [box.x, box.y, box.width, box.height], "iscrowd": 0}
    if isinstance(shape, Box):
        entry |= {"area": box.width * box.height, "segmentation": []}
    elif isinstance(shape, Polygon):
        region = [[value for corner in part for value in corner] for part in shape.parts]
        area = int(shape.pixels(image.height, image.width).sum())
        entry |= {"area": area, "segmentation": region}
    else:
        region = {"size": list(shape.size), "counts": list(shape.counts)}
        entry |= {"area": sum(shape.counts[1::2]), "segmentation": region}
    return entry if shape.annotator is None else entry | {"annotator": shape.annotator}


def _id(value):
    """Return an id, which is a number or text; None if it is none."""
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def _where(name, kind, entry, place):
    identity = entry.get("id") if isinstance(entry, dict) else None
    known = _id(identity) is not None
    return f"{name}, {kind} {identity!r:.40}" if known else f"{name}, {kind} number {place + 1}"
