"""Annotations, whatever file they come from: images, and what is in them.

Lengths are in pixels of the image as it is stored, as floats: the image's left upper corner is
(0, 0), its right lower corner (width, height), so the pixel in row r and column c covers c … c + 1
by r … r + 1. Everything here is frozen and checked when it is made. Tested by
``tests/data/annotations/test_model.py``.
"""

import math
import numbers
import re
from dataclasses import dataclass

import numpy as np

from minidl.data.annotations import runs
from minidl.runtime import checks

MOST_PIXELS = 1 << 28  # of a mask; a file of a few bytes could ask for any number


@dataclass(frozen=True)
class Tag:
    """A class of the whole image."""

    label: str
    annotator: str | None = None

    def __post_init__(self):
        """Refuse an empty name."""
        _check_names(self)


@dataclass(frozen=True)
class Box:
    """A rectangle: its left upper corner, and its size."""

    label: str
    x: float
    y: float
    width: float
    height: float
    annotator: str | None = None

    def __post_init__(self):
        """Refuse what has no area."""
        _check_names(self)
        values = [_number(v, "a box") for v in (self.x, self.y, self.width, self.height)]
        if not (values[2] > 0 and values[3] > 0):
            raise ValueError(
                f"a box needs width and height above 0, got {values[2]:g} × {values[3]:g}"
            )
        for name, value in zip(("x", "y", "width", "height"), values, strict=True):
            object.__setattr__(self, name, value)

    @property
    def box(self):
        """The box itself, as every shape has one."""
        return self


@dataclass(frozen=True)
class Polygon:
    """A region with an outline; of several parts, if something stands in front of it."""

    label: str
    parts: tuple[tuple[tuple[float, float], ...], ...]
    """Each part's corners (x, y), at least three; the last is joined to the first."""
    annotator: str | None = None

    def __post_init__(self):
        """Refuse parts that are no polygons."""
        _check_names(self)
        try:
            parts = [[(x, y) for x, y in part] for part in self.parts]
        except (TypeError, ValueError):
            raise ValueError(
                f"a polygon needs parts of corners (x, y), got {self.parts!r:.60}"
            ) from None
        parts = tuple(
            tuple((_number(x, "a polygon"), _number(y, "a polygon")) for x, y in part)
            for part in parts
        )
        if not parts or min(map(len, parts)) < 3:
            raise ValueError("a polygon needs at least three corners in each of its parts")
        object.__setattr__(self, "parts", parts)
        if not (self.box.width and self.box.height):
            raise ValueError("a polygon needs an area above 0")

    @property
    def box(self):
        """The smallest box around it."""
        xs, ys = zip(*(corner for part in self.parts for corner in part), strict=True)
        return Box(
            self.label, min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys), self.annotator
        )

    def pixels(self, height, width):
        """Return the pixels whose centre lies inside, bool (H, W)."""
        inside = np.zeros((height, width), bool)
        for part in self.parts:
            inside |= runs.rasterize(np.array(part), height, width)
        return inside


@dataclass(frozen=True)
class Mask:
    """A region, pixel by pixel, as COCO's run lengths.

    ``counts`` are the lengths of runs of pixels outside and inside in turn, outside first, with
    the pixels taken column by column; they add up to height · width.

    >>> Mask.of("cat", [[False, True], [True, False]]).counts
    (1, 2, 1)
    """

    label: str
    size: tuple[int, int]
    """Height and width of the image."""
    counts: tuple[int, ...]
    annotator: str | None = None

    def __post_init__(self):
        """Refuse counts that do not fill the image, or hold no pixel."""
        _check_names(self)
        height, width = checks.pair(tuple(self.size), "a mask's size")
        if height * width > MOST_PIXELS:
            raise ValueError(f"a mask needs at most {MOST_PIXELS:,} pixels, got {height} × {width}")
        counts = tuple(checks.integer(n, "a mask's counts", 0) for n in self.counts)
        if sum(counts) != height * width:
            raise ValueError(
                f"a mask's counts add up to {sum(counts)}, but its size is {height} × {width}"
            )
        if not sum(counts[1::2]):
            raise ValueError("a mask needs at least one pixel inside")
        object.__setattr__(self, "size", (height, width))
        # The same mask has the same counts, whoever wrote them.
        object.__setattr__(self, "counts", runs.encode(runs.decode(counts, height, width)))

    @classmethod
    def of(cls, label, pixels, annotator=None):
        """Return the mask of the pixels that are true, (H, W)."""
        pixels = np.asarray(pixels, bool)
        return cls(label, pixels.shape, runs.encode(pixels), annotator)

    @property
    def box(self):
        """The smallest box around it."""
        inside = self.pixels()
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        top, left = int(rows[0]), int(columns[0])
        width, height = int(columns[-1]) + 1 - left, int(rows[-1]) + 1 - top
        return Box(self.label, left, top, width, height, self.annotator)

    def pixels(self):
        """Return what lies inside, bool (H, W)."""
        return runs.decode(self.counts, *self.size)


Shape = Tag | Box | Polygon | Mask


@dataclass(frozen=True)
class AnnotatedImage:
    """An image, and all that is said of it."""

    path: str
    """Of the file, from the data set's folder, with "/" between folders."""
    width: int | None = None
    height: int | None = None
    """In pixels; None where nobody knows."""
    shapes: tuple[Shape, ...] = ()
    """Tags, boxes, polygons and masks, in their order."""

    def __post_init__(self):
        """Refuse paths that lead elsewhere, and masks of another size."""
        object.__setattr__(self, "path", relative(self.path))
        object.__setattr__(self, "shapes", _all_are(Shape, self.shapes, f"{self.path}: shapes"))
        if (self.width is None) != (self.height is None):
            raise ValueError(f"{self.path}: width and height are known together, or not at all")
        if self.width is not None:
            for side in ("width", "height"):
                value = checks.integer(getattr(self, side), f"{self.path}: {side}")
                object.__setattr__(self, side, value)
        for mask in self.of(Mask):
            if self.width is not None and mask.size != (self.height, self.width):
                raise ValueError(
                    f"{self.path}: a mask has size {mask.size[0]} × {mask.size[1]}, "
                    f"the image {self.height} × {self.width}"
                )

    def of(self, *kinds):
        """Return the shapes of some kinds, a list."""
        return [shape for shape in self.shapes if isinstance(shape, kinds)]


@dataclass(frozen=True)
class Annotations:
    """Annotated images, and the names of the classes in their order.

    >>> pets = Annotations(("cat", "dog"), [AnnotatedImage("a.png", 64, 48, [Tag("cat")])])
    >>> pets.images[0].of(Tag)
    [Tag(label='cat', annotator=None)]
    """

    classes: tuple[str, ...]
    images: tuple[AnnotatedImage, ...]

    def __post_init__(self):
        """Refuse classes and images that are there twice, and labels that are no class."""
        for field, kind in (("classes", str), ("images", AnnotatedImage)):
            items = _all_are(kind, getattr(self, field), f"Annotations: {field}")
            object.__setattr__(self, field, items)
        for what, names in (
            ("class", self.classes),
            ("image", [image.path for image in self.images]),
        ):
            if len(set(names)) < len(names):
                twice = next(name for name in names if names.count(name) > 1)
                raise ValueError(f"Annotations: the {what} {twice!r} is there twice")
        known = {checks.line(name, "a class") for name in self.classes}
        for image in self.images:
            for shape in image.shapes:
                if shape.label not in known:
                    wrong = checks.unknown_name("class", shape.label, self.classes)
                    raise ValueError(f"{image.path}: {wrong}")


def relative(path):
    r"""Return a path with "/" between folders; refuse one that leads out of its folder.

    >>> relative("a\\b.png")
    'a/b.png'
    >>> relative("../b.png")
    Traceback (most recent call last):
    ...
    ValueError: a path needs to stay inside its folder, got '../b.png'
    """
    checks.line(path, "a path", 4096)
    parts = path.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or re.match("[A-Za-z]:", path):
        raise ValueError(f"a path needs to stay inside its folder, got {path!r}")
    parts = [part for part in parts if part not in ("", ".")]
    if not parts:
        raise ValueError(f"a path needs the name of a file, got {path!r}")
    return "/".join(parts)


def _all_are(kind, items, what):
    """Return the items as a tuple, or raise TypeError for one that is something else."""
    if isinstance(items, str):
        raise TypeError(f"{what} need a list, got the text {items!r:.60}")
    items = tuple(items)
    strangers = [item for item in items if not isinstance(item, kind)]
    if strangers:
        raise TypeError(f"{what} cannot hold {strangers[0]!r:.60}")
    return items


def _check_names(shape):
    checks.line(shape.label, "label")
    if shape.annotator is not None:
        checks.line(shape.annotator, "annotator")


def _number(value, what):
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
        raise ValueError(f"{what} needs finite numbers, got {value!r}")
    return float(value)
