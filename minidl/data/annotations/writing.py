"""What all writers share: saying what a format cannot hold, and where files go.

Tested with every format.
"""

import os
from collections import Counter
from pathlib import Path, PurePosixPath

KINDS = ("Tag", "Box", "Polygon", "Mask")


def dropped(annotations, holds, why):
    """Return a line for each kind of shape that is not in `holds`, with how many there are."""
    counts = Counter(type(s).__name__ for image in annotations.images for s in image.shapes)
    lines = []
    for kind in KINDS:
        if counts[kind] and kind not in holds:
            plural = {"Box": "boxes"}.get(kind, f"{kind.lower()}s")
            noun = plural if counts[kind] > 1 else kind.lower()
            lines.append(f"{counts[kind]} {noun}: {why}")
    return lines


def dropped_annotators(annotations, holds, why):
    """Return a line if shapes of the kinds that are held have an annotator."""
    count = sum(
        shape.annotator is not None and type(shape).__name__ in holds
        for image in annotations.images
        for shape in image.shapes
    )
    return [f"who made {count} shape(s): {why}"] if count else []


def dropped_classes(annotations, read_back, why):
    """Return a line if a reader will not find the same classes in the same order."""
    if tuple(read_back) == annotations.classes:
        return []
    unused = [name for name in annotations.classes if name not in read_back]
    if unused:
        return [f"class(es) that nothing has, {', '.join(map(repr, unused))}: {why}"]
    return [f"the order of the classes: {why}"]


def used_classes(annotations, holds):
    """Return the classes in the order in which shapes of the kinds in `holds` first have them."""
    return list(
        dict.fromkeys(
            shape.label
            for image in annotations.images
            for shape in image.shapes
            if type(shape).__name__ in holds
        )
    )


def file_per_image(annotations, folder, suffix):
    """Return the path of each image's own file, {image's path: path}; make all folders.

    Raises
    ------
    ValueError
        If two images would share one, as a.png and a.jpg do: before anything is written.
    """
    places = {}
    for image in annotations.images:
        place = str(PurePosixPath(image.path).with_suffix(suffix))
        if place.lower() in places:  # some file systems do not tell A from a
            other = places[place.lower()][0]
            raise ValueError(
                f"{other!r} and {image.path!r} would share the file {place!r}: this format names "
                "files after images without their ending; rename one"
            )
        places[place.lower()] = (image.path, Path(folder, place))
    os.makedirs(folder, exist_ok=True)
    for _, path in places.values():
        os.makedirs(path.parent, exist_ok=True)
    return dict(places.values())
