"""A folder of class-named folders of images, as arrays to train on.

May import ``minidl.data.decode`` and ``listing``; tested by ``tests/data/test_folder.py``.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from minidl.data.decode import check_image_size, decode, reason
from minidl.data.listing import files_below, has_image_name, visible


@dataclass(frozen=True, eq=False)
class ImageFolder:
    """Labelled images, and what became of the files they come from."""

    x: np.ndarray
    """Images, uint8, shape (N, H, W, C)."""
    y: np.ndarray
    """Labels, int64, shape (N,): indices into ``class_names``."""
    class_names: tuple[str, ...]
    """Names of the folders, sorted."""
    paths: tuple[Path, ...]
    """The N files."""
    skipped: tuple[tuple[Path, str], ...]
    """Files and folders that were left out, each with the reason."""


def load_folder(
    path: str | os.PathLike,
    image_size: tuple[int, int] = (28, 28),
    grey: bool = False,
    on_skip: Callable[[Path, str], object] | None = None,
) -> ImageFolder:
    """Load the images of a folder whose sub-folders are the classes.

    ``path/cat/*.png`` and ``path/dog/*.png`` give the classes "cat" and "dog". A class's images
    may lie in folders of their own inside it. Every file of a class is tried, whatever its
    extension, and read as ``read_image`` does; what cannot be read is skipped, with a reason, and
    a class of which nothing is left is no class. Hidden files and folders are ignored; linked
    folders are followed only where they are classes.

    Images come class by class, and sorted by path within a class.

    Parameters
    ----------
    path : path
        The folder.
    image_size : (int, int)
        Height and width to which every image is stretched.
    grey : bool
        Whether to give one channel instead of red, green, blue.
    on_skip : callable, optional
        Called as ``on_skip(path, reason)`` for each file or folder when it is skipped.

    Returns
    -------
    ImageFolder
        ``x`` uint8 (N, H, W, C), C = 1 if ``grey`` else 3, ``y`` int64 (N,), ``class_names``,
        ``paths`` and ``skipped``.

    Raises
    ------
    FileNotFoundError
        If ``path`` does not exist.
    NotADirectoryError
        If ``path`` is a file.
    ValueError
        If there are not at least two classes with an image that can be read, or ``image_size``
        is not two positive whole numbers.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("white", "black"):
    ...         (Path(folder) / name).mkdir()
    ...         Image.new("RGB", (60, 40), name).save(Path(folder) / name / "image.png")
    ...     images = load_folder(folder, image_size=(4, 6))
    >>> images.class_names, images.y, images.x.shape
    (('black', 'white'), array([0, 1]), (2, 4, 6, 3))
    """
    root = Path(path)
    height, width = check_image_size(image_size)
    skipped = []

    def skip(file, why):
        skipped.append((file, why))
        if on_skip:
            on_skip(file, why)

    candidates = [
        (folder.name, file)
        for folder in _class_folders(root, skip)
        for file in files_below(folder, skip)
    ]
    x = np.empty((len(candidates), height, width, 1 if grey else 3), np.uint8)
    names, paths = [], []
    for name, file in candidates:
        try:
            x[len(paths)] = decode(file, height, width, grey)
        except Exception as error:  # of any kind, as in read_image
            skip(file, reason(error))
        else:
            names.append(name)
            paths.append(file)

    class_names = tuple(sorted(set(names)))
    if len(class_names) < 2:
        raise ValueError(_too_few_left(root, class_names, skipped))
    label = {name: index for index, name in enumerate(class_names)}
    return ImageFolder(
        x=x[: len(paths)],
        y=np.array([label[name] for name in names], np.int64),
        class_names=class_names,
        paths=tuple(paths),
        skipped=tuple(skipped),
    )


def _class_folders(root: Path, skip) -> list[Path]:
    """Return the visible sub-folders by name; raise if there are not two."""
    if not root.exists():
        raise FileNotFoundError(f"there is no folder {str(root)!r}")
    if not root.is_dir():
        raise NotADirectoryError(f"{str(root)!r} is a file; {_needed(root)}")
    entries = visible(root)
    folders = [entry for entry in entries if entry.is_dir()]
    strays = [e for e in entries if e not in folders and has_image_name(e)]
    if len(folders) < 2:
        found = f"one class folder, {folders[0].name!r}" if folders else "no class folders"
        outside = f" and {len(strays)} image file(s) outside of any" if strays else ""
        raise ValueError(f"{str(root)!r} holds {found}{outside}; {_needed(root)}")
    for stray in strays:
        skip(stray, "it lies outside the class folders")
    return folders


def _too_few_left(root: Path, class_names, skipped) -> str:
    left = f"only of class {class_names[0]!r}" if class_names else "of no class"
    file, why = skipped[0]
    others = f" and {len(skipped) - 1} more" if len(skipped) > 1 else ""
    return (
        f"{str(root)!r} holds images that can be read {left}; "
        f"skipped {str(file)!r} ({why}){others}; {_needed(root)}"
    )


def _needed(root: Path) -> str:
    cat, dog = str(root / "cat" / "*.png"), str(root / "dog" / "*.png")
    return f"needed is a folder of images for each of two or more classes, like {cat!r} and {dog!r}"
