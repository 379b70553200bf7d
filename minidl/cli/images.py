"""The images that ``minidl train`` learns from, and is judged by."""

import pathlib
import re
from dataclasses import dataclass, replace

import numpy as np

from minidl import data, datasets
from minidl.cli import terminal
from minidl.data.grouping import components
from minidl.data.listing import SETS, set_folders
from minidl.runtime import checks

DIGITS = "mnist"
BUNDLED = (DIGITS, "digits8x8")
DIGITS_SIZE = (28, 28)
FOLDER_SPLIT = 0.2  # share of a folder's images that is set aside, unless told otherwise
SMALLEST, LARGEST = 4, 512  # pixels; the network's layers need the one, memory the other
AUGMENT = {"digits": data.augment.digits, "photos": data.augment.photos}
MOST_NAMED = 5  # files that could not be read
#: Kinds of findings that mislead, and what is said of the images.
WARNINGS = {
    "leakage": "images are in two sets, so that results look better than they are",
    "label_conflict": "images are in two classes",
}
ALIKE = ("duplicate_files", "duplicate_pixels", "near_duplicates")


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

    def with_few(self, count, rng):
        """Return the same sets, with as many training images of each class only."""
        x, y = self.training
        rare = [name for i, name in enumerate(self.class_names) if np.sum(y == i) < count]
        if rare:
            fewest = np.sum(y == self.class_names.index(rare[0]))
            raise ValueError(
                f"--labels-per-class: class {rare[0]!r} has {fewest} training images, fewer than "
                f"{count}"
            )
        few = data.few_of_each(y, count, rng)
        return replace(self, training=(x[few], y[few]))


def load(name, image_size=None, grey=None, validation_split=None, seed=0, audit=True):
    """Return `Images`: bundled digits if `name` is "mnist" or "digits8x8", else those of a folder.

    Each epoch is validated on a share of the training images, the same share of every class.
    The digits come with test images, which validate the epochs unless a share is asked for. A
    folder may consist of sets, in folders named train, val and test.

    Parameters
    ----------
    name : str
        "mnist", "digits8x8", or the path of a folder of class-named folders.
    image_size : (height, width), optional
    grey : bool, optional
    validation_split : float, optional
        For a folder, 0.2 by default.
    seed : int
        For the choice of validation images.
    audit : bool
        Whether to look through a folder, and warn of what would mislead. Images that are alike
        are then kept on one side of the split.
    """
    if name in BUNDLED:
        return _digits(name, image_size, grey, validation_split, seed)
    root = pathlib.Path(name)
    sets = _set_folders(root)
    if "val" in sets and validation_split:
        raise ValueError(f"--validation-split: {name} has a set of its own, {sets['val']}")
    options = (image_size or DIGITS_SIZE, bool(grey))
    folders = {kind: data.load_folder(path, *options) for kind, path in sets.items()}
    _report([skipped for folder in folders.values() for skipped in folder.skipped])
    first = folders["train"]
    class_names = list(first.class_names)
    examples = {kind: _examples(folder, class_names) for kind, folder in folders.items()}
    groups = _look_through(root, first.paths) if audit else None
    training, validation = examples["train"], examples.get("val")
    if validation is None:
        if groups is not None:
            _report_copies(groups)
        share = validation_split or FOLDER_SPLIT
        training, validation = _split(*training, share, seed, groups)
    if "test" in examples:
        return Images(class_names, training, validation, examples["test"], "test")
    return Images(class_names, training, validation, validation, "validation")


def policy(name, seed):
    """Return the policy of augmentation called "digits" or "photos"; None for no name."""
    if name is None:
        return None
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
    if name in BUNDLED:
        return False
    path, folder = pathlib.Path(path).resolve(), pathlib.Path(name).resolve()
    return path == folder or folder in path.parents


def _digits(name, image_size, grey, validation_split, seed):
    if image_size not in (None, DIGITS_SIZE) or grey is False:
        raise ValueError(
            "--image-size and --colour are for folders of images: "
            f"the digits of {name} are 28 × 28 pixels and grey"
        )
    if name == DIGITS:
        (x, y), (x_test, y_test) = datasets.mnist.load_data()
    else:
        (x, y), (x_test, y_test) = datasets.digits8x8.load_data()
        x, x_test = map(datasets.digits8x8.framed, (x, x_test))
    training = (scaled(x[..., np.newaxis]), y)
    validation = test = (scaled(x_test[..., np.newaxis]), y_test)
    if validation_split:
        training, validation = _split(*training, validation_split, seed)
    return Images([str(digit) for digit in range(10)], training, validation, test, "test")


def _set_folders(root):
    """Return the folders of "train", "val" and "test"; of a folder of classes, itself."""
    found = set_folders(root) if root.is_dir() else []
    sets = {}
    for folder in found:
        kind = SETS[folder.name.lower()]
        if kind in sets:
            raise ValueError(f"{root} has two folders of one set: {sets[kind].name}, {folder.name}")
        sets[kind] = folder
    if found and "train" not in sets:
        names = ", ".join(folder.name for folder in found)
        raise ValueError(f"{root} holds the sets {names}, but none to train on; needed is 'train'")
    return sets or {"train": root}


def _examples(folder, class_names):
    """Return (x, y) of a set, its classes numbered as those of the training set."""
    for name, path in zip(np.take(folder.class_names, folder.y), folder.paths, strict=True):
        if name not in class_names:
            raise ValueError(f"{path}: the training set has no class {str(name)!r}")
    numbers = np.array([class_names.index(name) for name in folder.class_names])
    return scaled(folder.x), numbers[folder.y]


def _look_through(root, paths):
    """Warn of what an audit finds; return the groups of alike images among `paths`, or None."""
    with terminal.progress("Looking through the images") as progress:
        report = data.audit(root, crops=False, progress=progress)
    for kind, meaning in WARNINGS.items():
        found = report.of(kind)
        if found:
            count = sum(len(finding.paths) for finding in found)
            example = " = ".join(found[0].paths[:2])
            terminal.notice(
                f"minidl: warning: {count:,} {meaning}, like {example}; "
                f"see 'minidl data audit {root}'"
            )
    number = {path: i for i, path in enumerate(paths)}
    alike = [
        [number[root / path] for path in finding.paths if root / path in number]
        for kind in ALIKE
        for finding in report.of(kind)
    ]
    pairs = [(group[0], other) for group in alike for other in group[1:]]
    return components(len(paths), pairs) if pairs else None


def _report_copies(groups):
    _, counts = np.unique(groups, return_counts=True)
    terminal.notice(
        f"minidl: warning: {counts[counts > 1].sum():,} images are copies or near-copies of each "
        "other; what is alike goes to one side of the split"
    )


def _split(x, y, fraction, seed, groups=None):
    first, second = data.split(y, fraction, np.random.default_rng(seed), groups)
    return (x[first], y[first]), (x[second], y[second])


def _report(skipped):
    for path, reason in skipped[:MOST_NAMED]:
        terminal.notice(f"minidl: skipped {path}: {reason}")
    if len(skipped) > MOST_NAMED:
        terminal.notice(f"minidl: … and {len(skipped) - MOST_NAMED} more")
    if skipped:
        terminal.notice(f"minidl: skipped {len(skipped)} in all")
