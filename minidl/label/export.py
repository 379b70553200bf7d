"""Labels for other programs: a table of classes, COCO's JSON, or masks as PNG.

May import `minidl.data`, and `minidl.label` but the server. Tested by
``tests/label/test_export.py``.
"""

import csv
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from minidl.data import annotations as formats
from minidl.label import journal as journals
from minidl.label.agreement import settled
from minidl.label.annotation import Annotation
from minidl.runtime import files


@dataclass(frozen=True)
class Report:
    """What became of the images."""

    images: int
    written: int
    divided: int
    """Left out, since annotators disagree."""
    lost: tuple[str, ...] = ()
    """What else the format does not hold, in a line each."""


def write(folder, journal, target, classes=None, annotator=None):
    """Write the labels of a folder's images.

    Parameters
    ----------
    folder : minidl.label.folder.Folder
    journal : path
        Where the labels are. If there is no such file, the names of the folders that the images
        lie in are all that is known.
    target : pathlib.Path
        Its suffix chooses: ``.csv``, a table with the columns path and label; ``.json``, boxes
        and masks as `minidl.data.annotations.coco` writes them; none, a new folder of masks, as
        `minidl.data.annotations.masks` writes them.
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
    written, lost = writers[target.suffix.lower()](folder, labels, names, target)
    return Report(len(folder.images), written, divided, tuple(lost))


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
    return len(rows), []


def _write_coco(folder, labels, names, target):
    sized = [(image, each, folder.size(image)) for image, each in labels]
    found, lost = _annotations(sized, names)
    return len(found.images), lost + formats.coco.write(found, target)


def _write_masks(_folder, labels, names, target):
    if target.exists():
        raise ValueError(f"--export: {target} is there already; choose a new folder")
    painted = [(image, each, each.masks[0].size) for image, each in labels if each.masks]
    found, lost = _annotations(painted, names)
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name[:40]}-"))
    try:
        lost += formats.masks.write(found, temporary)
        temporary.chmod(0o755)
        temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return len(found.images), lost


def _annotations(labels, names):
    """Return `minidl.data.annotations.Annotations`, and what these cannot hold."""
    images, lost = [], []
    for image, each, (height, width) in labels:
        try:
            found = formats.AnnotatedImage(image.path, width, height, tuple(_shapes(each)))
        except ValueError as error:  # names with control characters, or that are no Unicode
            lost.append(f"{image.path}: left out: {error}")
        else:
            images.append(found)
    return formats.Annotations(tuple(names), tuple(images)), lost


def _shapes(annotation):
    if annotation.label is not None:
        yield formats.Tag(annotation.label)
    for box in annotation.boxes:
        yield formats.Box(box.label, box.x, box.y, box.width, box.height)
    for mask in annotation.masks:
        if any(mask.counts[1::2]):
            yield formats.Mask(mask.label, mask.size, mask.counts)
