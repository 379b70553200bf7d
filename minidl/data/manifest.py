"""A file that fixes which image is in which set, and notices when the images change.

May import ``listing``, ``split``, ``tables`` and ``grouping``; tested by
``tests/data/test_manifest.py``.
"""

import csv
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from minidl.data.grouping import components, equal_pairs
from minidl.data.listing import has_image_name, list_files
from minidl.data.split import assign
from minidl.data.tables import LabelledFiles, inside, rows
from minidl.runtime import checks, files

FORMAT = "minidl-manifest"
VERSION = 1
COLUMNS = ("path", "sha256", "label", "split")
FRACTIONS = {"val": 0.15, "test": 0.15}
MOST_NAMED = 5


class Entry(NamedTuple):
    """A file: its path from the root on, with slashes, its bytes' SHA-256, its class and set."""

    path: str
    sha256: str
    label: str
    split: str


class Differences(NamedTuple):
    """Files, by their paths, that are not as a manifest says."""

    missing: list[str]
    changed: list[str]
    new: list[str]

    def __str__(self):
        return "; ".join(
            f"{len(paths):,} {kind}: {', '.join(map(repr, paths[:MOST_NAMED]))}"
            + (", …" if len(paths) > MOST_NAMED else "")
            for kind, paths in self._asdict().items()
            if paths
        )


@dataclass(frozen=True)
class Manifest:
    """Which files there are below `root`, and which set each is in."""

    root: Path
    entries: tuple[Entry, ...]

    def files(self, split: str) -> LabelledFiles:
        """Return the paths and labels of a set, as `Dataset.from_files` takes them."""
        sets = sorted({entry.split for entry in self.entries})
        if split not in sets:
            raise checks.unknown_name("set", split, sets)
        chosen = [entry for entry in self.entries if entry.split == split]
        return LabelledFiles([self.root / e.path for e in chosen], [e.label for e in chosen])

    def differences(self) -> Differences:
        """Compare with the files as they are now: their names and their SHA-256."""
        known = {entry.path: entry.sha256 for entry in self.entries}
        missing = [path for path in known if not (self.root / path).is_file()]
        gone = set(missing)
        changed = [
            path
            for path in known
            if path not in gone and files.sha256(self.root / path) != known[path]
        ]
        listed = [file.relative(self.root) for file in _images(self.root)]
        new = [path for path in listed if path not in known]
        return Differences(missing, changed, new)

    def write(self, path: str | os.PathLike) -> None:
        """Write a JSON or CSV file, as the extension says, whole or not at all."""
        write = {".json": self._write_json, ".csv": self._write_csv}[_kind(path)]
        with files.replacing(path) as temporary:
            write(temporary)

    def _write_json(self, path):
        entries = [entry._asdict() for entry in self.entries]
        content = {"format": FORMAT, "version": VERSION, "files": entries}
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    def _write_csv(self, path):
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(COLUMNS)
            for entry in self.entries:
                try:
                    table.writerow(entry)
                except UnicodeEncodeError as error:
                    raise ValueError(
                        f"a CSV file is UTF-8, which the name {entry.path!r} is not; write .json"
                    ) from error


def make_manifest(
    folder: str | os.PathLike,
    fractions: Mapping[str, float] = FRACTIONS,
    seed: int = 0,
    group: str | Callable[[str], object] | None = None,
) -> Manifest:
    r"""Share out the images of a folder of class-named folders.

    Every class gives the same share to every set; files with the same bytes, and files of the
    same group, go to the same set. If the folder consists of sets (``train/cat/1.png``), these
    are kept, and nothing is shared out.

    Parameters
    ----------
    folder : path
        The folder. Files with the extension of an image, and in a class, are taken.
    fractions : mapping from name to share
        What is set aside; the rest is "train".
    seed : int
        The same seed and the same files give the same sets.
    group : str or callable, optional
        What pictures of one person have in common: a regular expression that is searched for
        in the path (its first group counts, if it has one), or a function of the path.

    Returns
    -------
    Manifest

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such folder.
    ValueError
        If it holds no images in classes, `group` does not match a path, or a set would be
        empty.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("ann-1", "ann-2", "bob-1", "bob-2", "cem-1", "cem-2"):
    ...         for label in ("no", "yes"):
    ...             os.makedirs(f"{folder}/{label}", exist_ok=True)
    ...             _ = Path(folder, label, f"{name}.png").write_text(label + name)
    ...     manifest = make_manifest(folder, {"val": 0.3}, group=r"/(\w+)-\d")
    >>> sorted(path.name for path in manifest.files("val").paths)
    ['cem-1.png', 'cem-1.png', 'cem-2.png', 'cem-2.png']
    """
    root = Path(folder)
    listed = [file for file in _images(root) if file.label]
    if not listed:
        example = str(root / "cat" / "1.png")
        raise ValueError(f"{str(root)!r} holds no images in folders of classes, like {example!r}")
    paths = [file.relative(root) for file in listed]
    sums = [files.sha256(file.path) for file in listed]
    labels = [file.label for file in listed]
    if any(file.split for file in listed):
        sets = [file.split for file in listed]
    else:
        rng = np.random.default_rng(checks.integer(seed, "make_manifest: seed", 0))
        sets = assign(labels, fractions, rng, _groups(paths, sums, group)).tolist()
    return Manifest(root, tuple(map(Entry, paths, sums, labels, sets)))


def read_manifest(
    path: str | os.PathLike, root: str | os.PathLike | None = None, check: bool = True
) -> Manifest:
    """Read a manifest, and see that the files are still those that it lists.

    Parameters
    ----------
    path : path
        A JSON or CSV file that `Manifest.write` wrote.
    root : path, optional
        The folder that it describes; by default the one in which it lies.
    check : bool
        Whether to compare every file's SHA-256, and look for new files.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no manifest: the message names the file, and the line or entry. If files are
        missing, changed or new: the message counts and names them.
    """
    root = Path(path).parent if root is None else Path(root)
    read = {".json": _read_json, ".csv": _read_csv}[_kind(path)]
    entries, seen = [], set()
    for where, fields in read(path):
        entry = _entry(fields, root, where)
        if entry.path in seen:
            raise ValueError(f"{where}: {entry.path!r} is listed twice")
        seen.add(entry.path)
        entries.append(entry)
    manifest = Manifest(root, tuple(entries))
    if check and any(found := manifest.differences()):
        raise ValueError(
            f"{os.fspath(path)!r} does not fit the files in {str(root)!r} any more: {found}"
        )
    return manifest


def _groups(paths, sums, group):
    """Return the group of each file, or None if there is nothing to keep together."""
    pairs = equal_pairs(sums)
    if group is not None:
        group_of = group if callable(group) else _by_pattern(group)
        pairs += equal_pairs(map(group_of, paths))
    return components(len(paths), pairs) if pairs or group is not None else None


def _by_pattern(pattern):
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"group: {pattern!r} is no regular expression: {error}") from error

    def group_of(path):
        match = compiled.search(path)
        if match is None:
            raise ValueError(f"group: the pattern {pattern!r} is not found in {path!r}")
        return match[1] if compiled.groups else match[0]

    return group_of


def _images(root):
    return [file for file in list_files(root, _ignore) if has_image_name(file.path)]


def _ignore(_path, _reason):
    """Leave to `audit` what cannot be listed."""


def _kind(path):
    kind = Path(path).suffix.lower()
    if kind not in (".json", ".csv"):
        raise ValueError(f"a manifest needs the extension .json or .csv, got {os.fspath(path)!r}")
    return kind


def _read_csv(path):
    for where, _, row in rows(path, COLUMNS):
        yield where, row


def _read_json(path):
    name = repr(os.fspath(path))
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"{name} is not JSON: {error}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"{name} is no manifest: it lacks the entry 'format': {FORMAT!r}")
    if content.get("version") != VERSION:
        raise ValueError(f"{name} has version {content.get('version')!r}, known is {VERSION}")
    if not isinstance(content.get("files"), list):
        raise ValueError(f"{name}: 'files' needs to be a list, got {content.get('files')!r:.50}")
    for number, fields in enumerate(content["files"]):
        yield f"{name}, files[{number}]", fields


def _entry(fields, root, where):
    values = [fields.get(column) if isinstance(fields, dict) else None for column in COLUMNS]
    if not all(isinstance(value, str) and value for value in values):
        raise ValueError(f"{where}: needs text for each of {', '.join(COLUMNS)}")
    entry = Entry(*values)
    inside(root, entry.path, where)
    if not re.fullmatch("[0-9a-f]{64}", entry.sha256):
        raise ValueError(f"{where}: sha256 needs 64 hexadecimal digits, got {entry.sha256!r}")
    return entry
