"""What an annotator says of one image: a class, boxes, masks, or that it is skipped.

Standard library only; tested by ``tests/label/test_annotation.py``.
"""

import itertools
from dataclasses import dataclass

LONGEST_NAME = 255  # characters of a class's or annotator's name
MOST_BOXES = 10_000
MOST_RUNS = 4_000_000  # of one mask


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels of the upright image: its left upper corner, and its size."""

    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Mask:
    """The pixels of one class, as COCO's run lengths.

    ``counts`` are the lengths of runs of pixels outside and inside in turn, outside first, with
    the pixels taken column by column; they add up to height · width.
    """

    label: str
    size: tuple[int, int]
    """Height and width."""
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Annotation:
    """All that is said of one image. Without class, boxes and masks: there is nothing in it."""

    label: str | None = None
    boxes: tuple[Box, ...] = ()
    masks: tuple[Mask, ...] = ()
    skipped: bool = False

    def classes(self):
        """Return the names in use, a set."""
        names = {part.label for part in (*self.boxes, *self.masks)}
        return names if self.label is None else names | {self.label}

    def to_json(self):
        """Return a dict for JSON; what is empty is left out.

        >>> Annotation("cat", (Box("nose", 1, 2, 3, 4),)).to_json()
        {'class': 'cat', 'boxes': [{'class': 'nose', 'x': 1, 'y': 2, 'width': 3, 'height': 4}]}
        """
        whole = {
            "class": self.label,
            "boxes": [
                {"class": b.label, "x": b.x, "y": b.y, "width": b.width, "height": b.height}
                for b in self.boxes
            ],
            "masks": [
                {"class": m.label, "size": list(m.size), "counts": list(m.counts)}
                for m in self.masks
            ],
            "skipped": self.skipped,
        }
        return {key: value for key, value in whole.items() if value}


def from_json(value):
    """Return the `Annotation` that `to_json` described, from whoever sent it.

    Raises
    ------
    ValueError
        If it is anything else: the message says what.
    """
    fields = _dict(value, "an annotation", optional=("class", "boxes", "masks", "skipped"))
    label = fields.get("class")
    skipped = fields.get("skipped", False)
    if not isinstance(skipped, bool):
        raise ValueError(f"'skipped' needs true or false, got {skipped!r}")
    boxes = _list(fields.get("boxes", []), "boxes", MOST_BOXES)
    masks = _list(fields.get("masks", []), "masks", MOST_BOXES)
    return Annotation(
        None if label is None else class_name(label),
        tuple(_box(box) for box in boxes),
        tuple(_mask(mask) for mask in masks),
        skipped,
    )


def check_fits(annotation, height, width):
    """Refuse boxes and masks that do not lie in an image of this size, or masks that overlap."""
    for box in annotation.boxes:
        inside = box.x >= 0 and box.y >= 0
        if not (inside and box.x + box.width <= width and box.y + box.height <= height):
            raise ValueError(f"a box does not lie in the image of {width} × {height} pixels: {box}")
    for mask in annotation.masks:
        if mask.size != (height, width):
            raise ValueError(f"a mask has size {mask.size}, the image {(height, width)}")
    if len({mask.label for mask in annotation.masks}) < len(annotation.masks):
        raise ValueError("a class needs one mask, not several")
    spans = sorted(span for mask in annotation.masks for span in _spans(mask))
    if any(end > start for (_, end), (start, _) in itertools.pairwise(spans)):
        raise ValueError("masks of two classes overlap: a pixel needs one class at most")


def class_name(value):
    """Return a name of a class or an annotator; refuse what is none."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME:
        raise ValueError(f"a name needs text of 1 to {LONGEST_NAME} characters, got {value!r:.40}")
    return value


def _box(value):
    fields = _dict(value, "a box", needed=("class", "x", "y", "width", "height"))
    numbers = [_number(fields[key], f"a box's {key!r}") for key in ("x", "y", "width", "height")]
    if min(numbers[2:]) <= 0:
        raise ValueError(f"a box needs width and height above 0, got {numbers[2]} × {numbers[3]}")
    return Box(class_name(fields["class"]), *numbers)


def _mask(value):
    fields = _dict(value, "a mask", needed=("class", "size", "counts"))
    size = _list(fields["size"], "a mask's size", 2)
    counts = _list(fields["counts"], "a mask's counts", MOST_RUNS)
    if len(size) != 2 or not all(type(n) is int and n >= 0 for n in (*size, *counts)):
        raise ValueError("a mask needs size [height, width] and counts, all whole numbers")
    if sum(counts) != size[0] * size[1]:
        raise ValueError(
            f"a mask's counts add up to {sum(counts)}, but its size is {size[0]} × {size[1]}"
        )
    return Mask(class_name(fields["class"]), tuple(size), tuple(counts))


def _spans(mask):
    """Yield (start, end) of each run inside a mask, in COCO's order of pixels."""
    position = 0
    for index, count in enumerate(mask.counts):
        if index % 2 and count:
            yield position, position + count
        position += count


def _number(value, what):
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e9:
        raise ValueError(f"{what} needs a number below 1e9, got {value!r:.40}")
    return value


def _list(value, what, most):
    if not isinstance(value, list) or len(value) > most:
        raise ValueError(f"{what}: needs a list of at most {most:,}")
    return value


def _dict(value, what, needed=(), optional=()):
    if not isinstance(value, dict):
        raise ValueError(f"{what} needs an object, got {type(value).__name__}")
    missing, unknown = set(needed) - set(value), set(value) - set(needed) - set(optional)
    if missing or unknown:
        wrong = f"lacks {sorted(missing)}" if missing else f"has unknown {sorted(unknown)}"
        raise ValueError(f"{what} {wrong[:80]}")
    return value
