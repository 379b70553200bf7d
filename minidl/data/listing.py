"""Which files a folder of images holds, and what their places say: class, and set.

Standard library only; tested by ``tests/data/test_listing.py``.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

EXTENSIONS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")
SYSTEM_FILES = ("thumbs.db", "desktop.ini")  # what Windows leaves among images
#: Names of folders that hold a set each, and what the set is for.
SETS = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
    "test": "test",
    "testing": "test",
}

Skip = Callable[[Path, str], object]


class Listed(NamedTuple):
    """A file below a folder; None where its place says nothing."""

    path: Path
    label: str | None
    split: str | None

    def relative(self, root: Path) -> str:
        """Return the path from `root` on, with slashes."""
        return self.path.relative_to(root).as_posix()


def list_files(root: str | os.PathLike, skip: Skip) -> list[Listed]:
    """Return all files of a folder of images, sorted by their paths.

    The first folder in which a file lies is its class, like ``root/cat/1.png``. If every
    visible folder in `root` has the name of a set (`SETS`), the first is its set, and the
    second its class: ``root/train/cat/1.png``. Files outside of a class are listed only if
    they have the extension of an image.

    Hidden files and folders are left out; a folder that cannot be listed is given to
    ``skip(path, reason)``.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If `root` is not a folder.
    """
    root = Path(root)
    check_is_folder(root)
    sets = set_folders(root)
    listed = []
    for file in files_below(root, skip):
        folders = file.relative_to(root).parts[:-1]
        split = folders[0] if sets and folders else None
        label = next(iter(folders[1 if sets else 0 :]), None)
        if label is not None or has_image_name(file):
            listed.append(Listed(file, label, split))
    return listed


def set_folders(root: Path) -> list[Path]:
    """Return the folders of `root`, if all visible ones have the name of a set; else none."""
    folders = [entry for entry in visible(root) if entry.is_dir()]
    return folders if all(folder.name.lower() in SETS for folder in folders) else []


def check_is_folder(root: Path) -> None:
    """Raise the error that says why `root` is none."""
    if not root.exists():
        raise FileNotFoundError(f"there is no folder {str(root)!r}")
    if not root.is_dir():
        raise NotADirectoryError(f"{str(root)!r} is a file; needed is a folder of images")


def visible(folder: Path) -> list[Path]:
    """Return the entries of a folder that are not hidden, by name."""
    return sorted((e for e in folder.iterdir() if not is_hidden(e.name)), key=lambda e: e.name)


def files_below(folder: Path, skip: Skip) -> list[Path]:
    """Return all visible files below a folder, sorted; skip it if there are none."""
    files = []
    for parent, folders, names in os.walk(
        folder,
        onerror=lambda error: skip(Path(error.filename), error.strerror or str(error)),
    ):
        folders[:] = [name for name in folders if not is_hidden(name)]
        # A linked folder is not walked, since links can make a circle; it is reported instead.
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        files += [Path(parent, name) for name in names + links if not is_hidden(name)]
    if not files:
        skip(folder, "no files found in it")
    return sorted(files, key=lambda file: file.parts)  # paths of Windows compare otherwise


def has_image_name(path: Path) -> bool:
    """Whether the extension is that of an image."""
    return path.suffix.lower() in EXTENSIONS


def is_hidden(name: str) -> bool:
    """Whether a name is that of a hidden file, or of one that a system leaves about."""
    return name.startswith(".") or name.lower() in SYSTEM_FILES
