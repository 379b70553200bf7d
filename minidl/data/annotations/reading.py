"""What all readers share: they collect what is sound, and report what is not.

Tested by ``tests/data/annotations/test_reading.py`` and with every format.
"""

import math
import os
from pathlib import Path
from typing import NamedTuple

from minidl.data.annotations.model import AnnotatedImage, Annotations, Mask, Tag, relative
from minidl.runtime import checks

#: How far, in pixels, a shape may reach out of its image: tools round.
TOLERANCE = 0.5


class Problem(NamedTuple):
    """Something in a file that was not used, or that somebody should look at."""

    where: str
    """File, and line or id."""
    what: str

    def __str__(self):
        return f"{self.where}: {self.what}"


class Read(NamedTuple):
    """What a reader returns."""

    annotations: Annotations
    problems: list[Problem]


class Draft:
    """An image whose shapes are still being read."""

    def __init__(self, path, width, height):
        self.path, self.width, self.height = path, width, height
        self.shapes = {}  # as a set that keeps its order


class Collector:
    """Takes in images and shapes one by one.

    Parameters
    ----------
    classes : sequence of str, optional
        The names that are known. By default every name is, and they are kept in the order in
        which they come.
    images : path, optional
        The folder of the images. If given, images that are not there are reported and left
        out, and sizes that a file does not tell are read from the images.
    """

    def __init__(self, classes=None, images=None):
        self.open = classes is None
        self.classes = dict.fromkeys(classes or ())
        self.folder = None if images is None else Path(images)
        if self.folder is not None and not self.folder.is_dir():
            raise FileNotFoundError(f"there is no folder of images {str(self.folder)!r}")
        self.drafts = {}
        self.problems = []

    def report(self, where, what):
        """Note a problem."""
        self.problems.append(Problem(str(where), str(what)))

    def image(self, where, path, width=None, height=None):
        """Return the draft of an image, a new one if need be; None if it cannot be used."""
        try:
            path = relative(path)
            width, height = (None if n is None else whole(n) for n in (width, height))
        except ValueError as error:
            return self.report(where, error)
        if path in self.drafts:
            return self._known(where, path, width, height)
        if self.folder is not None:
            actual = self._actual_size(where, path)
            if actual is None:
                return None
            if width is None:
                width, height = actual
            elif (width, height) not in (actual, actual[::-1]):  # reversed, if EXIF turns it
                self.report(
                    where,
                    f"{path!r} is said to have {width} × {height} pixels, "
                    f"but has {actual[0]} × {actual[1]}",
                )
        return self.drafts.setdefault(path, Draft(path, width, height))

    def add(self, where, draft, kind, label, *arguments, **options):
        """Make a shape and add it to an image, unless something is wrong with it."""
        try:
            if self.open:
                shape = kind(label, *arguments, **options)
                self.classes.setdefault(label)
            elif label not in self.classes:
                raise checks.unknown_name("class", label, self.classes)
            else:
                shape = kind(label, *arguments, **options)
            _check_inside(shape, draft)
        except (ValueError, TypeError) as error:
            return self.report(where, error)
        if shape in draft.shapes:
            return self.report(where, f"the same {kind.__name__.lower()} is there already")
        draft.shapes[shape] = None
        return None

    def finish(self):
        """Return the annotations, and all problems."""
        images = [
            AnnotatedImage(draft.path, draft.width, draft.height, tuple(draft.shapes))
            for draft in self.drafts.values()
        ]
        return Read(Annotations(tuple(self.classes), tuple(images)), self.problems)

    def _known(self, where, path, width, height):
        draft = self.drafts[path]
        if width is not None and (width, height) != (draft.width, draft.height):
            self.report(
                where,
                f"{path!r} is said to have {width} × {height} pixels, "
                f"before it was {draft.width} × {draft.height}",
            )
        return draft

    def _actual_size(self, where, path):
        """Return (width, height) of an image file, or report why it cannot be read."""
        try:
            return image_size(self.folder / path)
        except (OSError, ValueError) as error:
            return self.report(where, error)


def image_size(path):
    """Return (width, height) of an image file, from its head alone."""
    from PIL import Image

    from minidl.data import decode

    name = os.fspath(path)
    if not os.path.isfile(path):
        raise FileNotFoundError(f"there is no image file {name!r}")
    try:
        with Image.open(path, formats=decode.FORMATS) as image:
            return image.size
    except Exception as error:  # of any kind, as in read_image
        raise ValueError(f"cannot read image {name!r}: {decode.reason(error)}") from error


def number(text):
    """Return a finite number from text or JSON.

    >>> number("1e3")
    1000.0
    """
    try:
        value = math.nan if isinstance(text, bool | bytes) else float(text)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value) or (isinstance(text, str) and "_" in text):
        raise ValueError(f"{text!r:.60} is not a finite number")
    return value


def whole(text):
    """Return a whole number of at least 1 from text or JSON: a size.

    >>> whole("640")
    640
    """
    value = number(text)
    if value < 1 or value != int(value):
        raise ValueError(f"{text!r:.60} is not a whole number above 0, as a size is")
    return int(value)


def text_of(path, what):
    """Return the text of a UTF-8 file, or raise an error that names it."""
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no {what} {os.fspath(path)!r}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{os.fspath(path)}: not UTF-8 text ({error.reason})") from None


def _check_inside(shape, draft):
    if isinstance(shape, Tag) or draft.width is None:
        return
    if isinstance(shape, Mask):
        if shape.size != (draft.height, draft.width):
            raise ValueError(
                f"the mask has {shape.size[1]} × {shape.size[0]} pixels, "
                f"the image {draft.width} × {draft.height}"
            )
        return
    box = shape.box
    right, bottom = box.x + box.width, box.y + box.height
    if (
        min(box.x, box.y) < -TOLERANCE
        or right > draft.width + TOLERANCE
        or bottom > draft.height + TOLERANCE
    ):
        raise ValueError(
            f"the {type(shape).__name__.lower()} from ({box.x:g}, {box.y:g}) to ({right:g}, "
            f"{bottom:g}) reaches out of the image of {draft.width} × {draft.height} pixels"
        )
