"""Masks as pictures: an indexed PNG an image, whose pixels are class numbers.

As Pascal VOC's SegmentationClass: 0 is background, class number i of the list is i + 1, the
palette holds the classes' colours. Tested by ``tests/data/annotations/test_masks.py``.
"""

from pathlib import Path

import numpy as np

from minidl.data import listing
from minidl.data.annotations import reading, writing
from minidl.data.annotations.model import Mask, Polygon
from minidl.data.labelset import LabelSet
from minidl.runtime import files

CLASSES = "classes.json"
MOST_CLASSES = 254  # 0 is background, and 255 what VOC leaves open
VOID = 255


def read(folder, images=None, classes=None):
    """Read a mask a class from each PNG below a folder.

    Parameters
    ----------
    folder : path
        Holds PNGs whose pixels are class numbers, from 1 (with a palette, or grey), and the
        classes in "classes.json", a `LabelSet`. They are named as the images, with .png instead
        of the ending or behind it: ``a.png`` or ``a.jpg.png``, as ``minidl label`` exports them.
    images : path, optional
        The folder of the images: paths are then those of the images, ``a.jpg`` for ``a.png``;
        a mask without its image is reported. By default paths are those of the masks, or what
        stands before their .png if that is an image's name.
    classes : sequence of str, optional
        The names, in their order; by default those of "classes.json".

    Returns
    -------
    annotations : Annotations
    problems : list of Problem
        Files and pixels that were not used.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or no "classes.json" in it and no `classes`.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FileNotFoundError(f"there is no folder of masks {str(root)!r}")
    classes = LabelSet.load(root / CLASSES).names if classes is None else tuple(classes)
    collector = reading.Collector(classes, images)
    names = _image_names(collector.folder)
    for path in sorted(p for p in root.rglob("*") if p.suffix.lower() == ".png"):
        name = _image_name(path.relative_to(root), names)
        if name is None:
            collector.report(path, f"there is no image for it in {str(images)!r}")
            continue
        try:
            numbers = _numbers(path)
        except (OSError, ValueError) as error:
            collector.report(path, error)
            continue
        height, width = numbers.shape
        draft = collector.image(path, name, width, height)
        if draft is not None:
            _take(collector, path, draft, numbers, classes)
    return collector.finish()


def write(annotations, folder, labels=None):
    """Write a PNG for each image, and classes.json; each whole or not at all.

    ``cats/1.jpg`` goes to ``cats/1.png``. Polygons become the pixels whose centre they hold.
    Where shapes overlap, the later one is seen.

    Parameters
    ----------
    annotations : Annotations
    folder : path
    labels : LabelSet, optional
        Gives the palette, and must have the classes' names in their order. By default, colours
        are chosen.

    Returns
    -------
    list of str
        What the pictures do not hold: tags, boxes, annotators, outlines, what lies below
        another shape, which pixels of a class belong together, images of unknown size, and the
        endings of images' names other than .png.

    Raises
    ------
    ValueError
        If there are more than 254 classes, or two images would share a file.
    """
    if len(annotations.classes) > MOST_CLASSES:
        raise ValueError(
            f"masks: a PNG holds at most {MOST_CLASSES} classes, got {len(annotations.classes)}"
        )
    labels = LabelSet(annotations.classes) if labels is None else labels
    if labels.names != annotations.classes:
        raise ValueError(
            f"masks: labels has the classes {', '.join(labels.names)}, "
            f"the annotations have {', '.join(annotations.classes)}"
        )
    places = writing.file_per_image(annotations, folder, ".png")
    lost = _lost(annotations)
    for image in annotations.images:
        if image.width is None:
            lost.append(f"{image.path}: its size is not known, which a picture needs")
            continue
        numbers, remarks = _paint(image, annotations.classes)
        lost += [f"{image.path}: {remark}" for remark in remarks]
        _save(numbers, labels, places[image.path])
    labels.save(Path(folder, CLASSES))
    return lost


def _take(collector, path, draft, numbers, classes):
    """Take in the classes of one picture."""
    for value in np.unique(numbers[numbers > 0]).tolist():
        inside = numbers == value
        if value <= len(classes):
            mask = Mask.of(classes[value - 1], inside)
            collector.add(path, draft, Mask, mask.label, mask.size, mask.counts)
        elif value != VOID:
            collector.report(
                path,
                f"{np.count_nonzero(inside):,} pixels of the unknown class {value}: known are "
                f"1 to {len(classes)}",
            )


def _numbers(path):
    """Return a picture's class numbers, uint8 (H, W)."""
    from PIL import Image

    from minidl.data import decode

    try:
        with Image.open(path, formats=("PNG",)) as image:
            mode, numbers = image.mode, np.array(image)
    except Exception as error:  # of any kind, as in read_image
        raise ValueError(f"cannot read the mask: {decode.reason(error)}") from error
    if mode not in ("P", "L"):
        raise ValueError(f"a mask needs a palette or 8-bit grey, got the kind {mode!r}")
    return numbers


def _image_names(folder):
    """Return the paths of all images, by the names that their masks may have without .png."""
    if folder is None:
        return None
    images = [
        path.relative_to(folder)
        for path in sorted(folder.rglob("*"), reverse=True)
        if path.suffix.lower() in listing.EXTENSIONS
    ]
    stems = {image.with_suffix("").as_posix(): image.as_posix() for image in images}
    return stems | {image.as_posix(): image.as_posix() for image in images}


def _image_name(mask, names):
    """Return the path of the image that a mask belongs to, or None."""
    whole = mask.with_suffix("")
    if names is not None:
        return names.get(whole.as_posix())
    return (whole if whole.suffix.lower() in listing.EXTENSIONS else mask).as_posix()


def _paint(image, classes):
    """Return an image's class numbers, uint8 (H, W), and what was lost."""
    numbers = np.zeros((image.height, image.width), np.uint8)
    seen, covered, merged = set(), 0, 0
    for shape in image.of(Polygon, Mask):
        inside = (
            shape.pixels() if isinstance(shape, Mask) else shape.pixels(image.height, image.width)
        )
        covered += np.count_nonzero(numbers[inside])
        numbers[inside] = classes.index(shape.label) + 1
        merged += shape.label in seen
        seen.add(shape.label)
    remarks = []
    if covered:
        remarks.append(f"{covered} pixel(s) below another shape: a pixel has one class")
    if merged:
        remarks.append(f"{merged} shape(s) merged with others of their class")
    return numbers, remarks


def _save(numbers, labels, path):
    from PIL import Image

    image = Image.fromarray(numbers)
    colors = np.zeros((256, 3), np.uint8)
    colors[1 : len(labels) + 1] = labels.colors()
    colors[VOID] = 224, 224, 192  # as in VOC
    image.putpalette(colors.tobytes())
    with files.replacing(path) as temporary:
        image.save(temporary, "PNG")


def _lost(annotations):
    lost = writing.dropped(annotations, ("Polygon", "Mask"), "pictures have masks only")
    lost += writing.dropped(
        annotations, ("Tag", "Box", "Mask"), "outlines become pixels, to the nearest centre"
    )
    lost += writing.dropped_annotators(annotations, ("Polygon", "Mask"), "pixels do not tell")
    other = sum(not image.path.endswith(".png") for image in annotations.images)
    if other:
        lost.append(
            f"the endings of {other} image(s): read with images= to find them again, or they "
            "are named .png"
        )
    return lost
