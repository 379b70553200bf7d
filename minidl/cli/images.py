"""The images that ``minidl train`` learns from, and is judged by."""

import pathlib
import re
from dataclasses import dataclass

import numpy as np

from minidl import data, datasets
from minidl.cli import terminal
from minidl.runtime import checks

DIGITS = "mnist"
DIGITS_SIZE = (28, 28)
FOLDER_SPLIT = 0.2  # share of a folder's images that is set aside, unless told otherwise
SMALLEST, LARGEST = 4, 512  # pixels; the network's layers need the one, memory the other
AUGMENT = {"digits": data.augment.digits, "photos": data.augment.photos}
MOST_NAMED = 5  # files that could not be read


@dataclass(frozen=True, eq=False)
class Images:
    """Three sets, each (x, y): x float32 (N, H, W, C) from 0 to 1, y class numbers (N,).

    Attributes
    ----------
    judged_by : "test" or "validation"
        What the last set is. "validation": it is the second one, for want of a third.
    """

    class_names: list
    training: tuple
    validation: tuple
    judge: tuple
    judged_by: str


def load(name, image_size=None, grey=None, validation_split=None, seed=0):
    """Return `Images`: the bundled digits if `name` is "mnist", else those of a folder.

    Each epoch is validated on a share of the training images, the same share of every class.
    The digits come with test images, which validate the epochs unless a share is asked for.

    Parameters
    ----------
    name : str
        "mnist", or the path of a folder of class-named folders.
    image_size : (height, width), optional
    grey : bool, optional
    validation_split : float, optional
        For a folder, 0.2 by default.
    seed : int
        For the choice of validation images.
    """
    if name == DIGITS:
        return _digits(image_size, grey, validation_split, seed)
    folder = data.load_folder(name, image_size or DIGITS_SIZE, bool(grey))
    _report(folder.skipped)
    x = scaled(folder.x)
    training, validation = _split(x, folder.y, validation_split or FOLDER_SPLIT, seed)
    return Images(list(folder.class_names), training, validation, validation, "validation")


def policy(name, seed):
    """Return the policy of augmentation called "digits" or "photos"."""
    if name not in AUGMENT:
        raise checks.unknown_name("--augment", name, AUGMENT)
    return AUGMENT[name](seed)


def parse_size(text):
    """Return (height, width) from "28" or "28x32".

    >>> parse_size("28"), parse_size("28x32")
    ((28, 28), (28, 32))
    """
    match = re.fullmatch(r"(\d{1,9})(?:[x×](\d{1,9}))?", text)
    size = tuple(int(n) for n in (match[1], match[2] or match[1])) if match else (0, 0)
    if not all(SMALLEST <= n <= LARGEST for n in size):
        raise ValueError(
            f"--image-size needs pixels, like 28, or height x width, like 28x32, each from "
            f"{SMALLEST} to {LARGEST}, got {text!r}"
        )
    return size


def scaled(x):
    """Return 8-bit images as float32 from 0 to 1.

    >>> scaled(np.array([0, 255], np.uint8))
    array([0., 1.], dtype=float32)
    """
    return x / np.float32(255)


def is_inside(path, name):
    """Whether `path` lies in the folder of images `name`, where it would become a class."""
    if name == DIGITS:
        return False
    path, folder = pathlib.Path(path).resolve(), pathlib.Path(name).resolve()
    return path == folder or folder in path.parents


def _digits(image_size, grey, validation_split, seed):
    if image_size not in (None, DIGITS_SIZE) or grey is False:
        raise ValueError(
            "--image-size and --colour are for folders of images: "
            "the digits of mnist are 28 × 28 pixels and grey"
        )
    (x, y), (x_test, y_test) = datasets.mnist.load_data()
    training = (scaled(x[..., np.newaxis]), y)
    validation = test = (scaled(x_test[..., np.newaxis]), y_test)
    if validation_split:
        training, validation = _split(*training, validation_split, seed)
    return Images([str(digit) for digit in range(10)], training, validation, test, "test")


def _split(x, y, fraction, seed):
    first, second = data.split(y, fraction, np.random.default_rng(seed))
    return (x[first], y[first]), (x[second], y[second])


def _report(skipped):
    for path, reason in skipped[:MOST_NAMED]:
        terminal.notice(f"minidl: skipped {path}: {reason}")
    if len(skipped) > MOST_NAMED:
        terminal.notice(f"minidl: … and {len(skipped) - MOST_NAMED} more")
    if skipped:
        terminal.notice(f"minidl: skipped {len(skipped)} in all")
