"""Labels for other programs: a table of classes, COCO's JSON, or masks as PNG.

May import `minidl.label` but the server; tested by ``tests/label/test_export.py``.
"""

import csv
import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from minidl.label import journal as journals
from minidl.label.agreement import pixels, settled
from minidl.label.annotation import Annotation
from minidl.runtime import files

MOST_CLASSES = 255  # that the pixels of a mask tell apart, beside 0 for the background


@dataclass(frozen=True)
class Report:
    """What became of the images."""

    images: int
    written: int
    divided: int
    """Left out, since annotators disagree."""


def write(folder, journal, target, classes=None, annotator=None):
    """Write the labels of a folder's images.

    Parameters
    ----------
    folder : minidl.label.folder.Folder
    journal : path
        Where the labels are. If there is no such file, the names of the folders that the images
        lie in are all that is known.
    target : pathlib.Path
        Its suffix chooses: ``.csv``, a table with the columns path and label; ``.json``, COCO's
        form of boxes and masks; none, a new folder with a PNG for each image that has masks, and
        ``classes.json``. A pixel of class i of that list is i + 1, of no class 0.
    classes : sequence of str, optional
        The order of the classes; those that it lacks follow.
    annotator : str, optional
        Whose labels; by default, what the annotators of an image agree on (`settled`).

    Returns
    -------
    Report
    """
    writers = {".csv": _write_csv, ".json": _write_coco, "": _write_masks}
    if target.suffix.lower() not in writers:
        raise ValueError(f"--export needs FILE.csv, FILE.json or a new folder, got {target}")
    state = journals.read(journal) if Path(journal).exists() else journals.State()
    labels, divided = _labels(folder, state, annotator)
    names = _names(labels, [*(classes or folder.classes()), *state.classes])
    written = writers[target.suffix.lower()](folder, labels, names, target)
    return Report(len(folder.images), written, divided)


def _labels(folder, state, annotator):
    """Return [(image, annotation)] of what holds, and of how many images nothing does."""
    labels, divided = [], 0
    opinions, given = state.all(), folder.classes()
    for image in folder.images.values():
        told = opinions.get(image.path, {})
        if annotator is not None:
            told = {annotator: told[annotator]} if annotator in told else {}
        holds = settled(told.values())
        if not told and image.folder in given:
            holds = Annotation(image.folder)
        if holds:
            labels.append((image, holds))
        elif any(not each.skipped for each in told.values()):
            divided += 1
    return labels, divided


def _names(labels, first):
    used = set().union(*(annotation.classes() for _, annotation in labels))
    return list(dict.fromkeys([*first, *sorted(used)]))


def _write_csv(_folder, labels, _names, target):
    rows = [(image.path, each.label) for image, each in labels if each.label is not None]
    # Names of files that are no Unicode are written as the bytes that they are.
    with (
        files.replacing(target) as temporary,
        open(temporary, "w", newline="", encoding="utf-8", errors="surrogateescape") as file,
    ):
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("path", "label"))
        table.writerows(rows)
    return len(rows)


def _write_coco(folder, labels, names, target):
    """Write COCO's form: images, categories, and an annotation for each box and each mask.

    Boxes are [x, y, width, height], masks run lengths (``iscrowd`` 1, as COCO has it for them).
    An image of which only the class is known gets an annotation without ``bbox``.
    """
    category = {name: number for number, name in enumerate(names, 1)}
    images, annotations = [], []
    for number, (image, each) in enumerate(labels, 1):
        height, width = folder.size(image)
        images.append({"id": number, "file_name": image.path, "width": width, "height": height})
        for label, fields in _coco_parts(each):
            known = {"id": len(annotations) + 1, "image_id": number, "category_id": category[label]}
            annotations.append({**known, **fields})
    coco = {
        "images": images,
        "categories": [{"id": number, "name": name} for name, number in category.items()],
        "annotations": annotations,
    }
    with files.replacing(target) as temporary:
        temporary.write_text(json.dumps(coco, indent=1), encoding="ascii")
    return len(images)


def _coco_parts(annotation):
    """Yield (class, what COCO says) of each box and mask, or of the class alone."""
    for box in annotation.boxes:
        yield (
            box.label,
            {
                "bbox": [box.x, box.y, box.width, box.height],
                "area": box.width * box.height,
                "iscrowd": 0,
            },
        )
    for mask in annotation.masks:
        rows, columns = np.nonzero(pixels(mask))
        if not rows.size:
            continue
        x, y = int(columns.min()), int(rows.min())
        width, height = int(columns.max()) - x + 1, int(rows.max()) - y + 1
        yield (
            mask.label,
            {
                "bbox": [x, y, width, height],
                "area": rows.size,
                "iscrowd": 1,
                "segmentation": {"size": list(mask.size), "counts": list(mask.counts)},
            },
        )
    if annotation.label is not None and not (annotation.boxes or annotation.masks):
        yield annotation.label, {"iscrowd": 0}


def _write_masks(_folder, labels, names, target):
    from PIL import Image

    if len(names) > MOST_CLASSES:
        raise ValueError(f"--export: a PNG tells {MOST_CLASSES} classes apart, not {len(names)}")
    if target.exists():
        raise ValueError(f"--export: {target} is there already; choose a new folder")
    painted = [(image, annotation.masks) for image, annotation in labels if annotation.masks]
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name[:40]}-"))
    try:
        (temporary / "classes.json").write_text(json.dumps(names, indent=1), encoding="ascii")
        for image, masks in painted:
            values = np.zeros(masks[0].size, np.uint8)
            for mask in masks:
                values[pixels(mask)] = names.index(mask.label) + 1
            file = temporary / f"{image.path}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(values).save(file, "PNG")
        temporary.chmod(0o755)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return len(painted)
