"""What is wrong with a folder of images, before a network learns it.

May import ``facts``, ``near``, ``listing``, ``grouping`` and ``manifest``; tested by
``tests/data/test_audit.py``. The report as JSON is described in ``docs/data.md``.
"""

import collections
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from minidl.data import near
from minidl.data.facts import Facts, examine
from minidl.data.grouping import equal_pairs, groups_of
from minidl.data.listing import list_files
from minidl.data.manifest import Manifest
from minidl.runtime import checks, files, threads

FORMAT = "minidl-audit"
VERSION = 1
ERROR, WARNING = "error", "warning"

#: Kinds of findings, the gravest first: how grave they are, and what they say.
KINDS = {
    "unreadable": (ERROR, "Files that cannot be opened"),
    "empty": (ERROR, "Files without a byte"),
    "damaged": (ERROR, "Images that are truncated or damaged"),
    "not_an_image": (ERROR, "Files that are no images"),
    "bomb": (ERROR, "Images with more pixels than are decoded"),
    "missing": (ERROR, "Files of the manifest that are gone"),
    "changed": (ERROR, "Files that are not as the manifest has them"),
    "leakage": (ERROR, "Leakage: alike images in different sets"),
    "label_conflict": (ERROR, "Alike images in different classes"),
    "new": (WARNING, "Files that the manifest does not know"),
    "duplicate_files": (WARNING, "Copies: the same bytes"),
    "duplicate_pixels": (WARNING, "Copies: other bytes, the same pixels"),
    "near_duplicates": (WARNING, "Near-duplicates: stored anew, resized or adjusted"),
    "crops": (WARNING, "Crops: one shows a part of another"),
    "blank": (WARNING, "Images of one colour"),
    "low_contrast": (WARNING, "Images of low contrast"),
    "odd_size": (WARNING, "Images that are tiny, very long or very large"),
    "wrong_extension": (WARNING, "Names whose extension is of another format"),
    "animated": (WARNING, "Files of several frames, of which the first is used"),
    "imbalance": (WARNING, "Classes of very different sizes"),
    "missing_class": (WARNING, "Classes that training images lack"),
}

BLANK_RANGE = 2  # grey levels of 255 between the darkest pixel and the lightest
LOW_CONTRAST = 5.0  # grey levels of 255, standard deviation
TINY_SIDE = 8  # pixels
LONG_RATIO = 10  # of the sides
LARGE_SIDE = 10_000  # pixels
IMBALANCE = 5  # times as many images in the largest class as in the smallest
UNDER_WAY = 64  # files at a time, so that Ctrl-C does not wait for all


class Finding(NamedTuple):
    """What is wrong with files, which belong together if there are several."""

    kind: str
    paths: tuple[str, ...]
    message: str

    @property
    def severity(self) -> str:
        """Return "error" or "warning"."""
        return KINDS[self.kind][0]


@dataclass(frozen=True)
class Audit:
    """The files of a folder, and the findings.

    ``threshold`` is how alike (−1 … 1) near-duplicates had to be; ``crops_searched`` says
    whether crops were looked for: not if images are too much alike, as handwritten digits are.
    """

    root: Path
    files: tuple[Facts, ...]
    findings: tuple[Finding, ...]
    threshold: float
    crops_searched: bool

    def of(self, kind: str) -> list[Finding]:
        """Return the findings of a kind."""
        if kind not in KINDS:
            raise checks.unknown_name("kind of finding", kind, KINDS)
        return [finding for finding in self.findings if finding.kind == kind]

    @property
    def usable(self) -> list[Facts]:
        """The files that could be decoded."""
        return [file for file in self.files if file.problem is None]

    def class_counts(self) -> dict[str | None, dict[str | None, int]]:
        """Return how many usable images each class has, by set; None where there is none."""
        counts = {}
        for file in self.usable:
            of_split = counts.setdefault(file.split, collections.Counter())
            of_split[file.label] += 1
        return {split: dict(sorted(c.items(), key=str)) for split, c in counts.items()}

    def to_dict(self) -> dict:
        """Return the report as JSON knows it."""
        counts = self.class_counts()
        return {
            "format": FORMAT,
            "version": VERSION,
            "root": str(self.root),
            "summary": {
                "files": len(self.files),
                "usable": len(self.usable),
                "errors": sum(finding.severity == ERROR for finding in self.findings),
                "warnings": sum(finding.severity == WARNING for finding in self.findings),
                "near_threshold": round(self.threshold, 4),
                "crops_searched": self.crops_searched,
            },
            "classes": [
                {"split": split, "label": label, "images": n}
                for split, labels in counts.items()
                for label, n in labels.items()
            ],
            "findings": [
                {
                    "kind": finding.kind,
                    "severity": finding.severity,
                    "paths": list(finding.paths),
                    "message": finding.message,
                }
                for finding in self.findings
            ],
            "files": [file.to_dict() for file in self.files],
        }

    def write(self, path: str | os.PathLike) -> None:
        """Write the report as a JSON file, whole or not at all."""
        files.write_json(path, self.to_dict())


def audit(
    folder: str | os.PathLike,
    manifest: Manifest | None = None,
    crops: bool = True,
    progress: Callable[[int, int], object] | None = None,
) -> Audit:
    """Look through a folder of images, and change nothing in it.

    Files are found, and their classes and sets told, as in `listing.list_files`; every one is
    read. Near-duplicates are described in `near`.

    Parameters
    ----------
    folder : path
        The folder.
    manifest : Manifest, optional
        Which file is in which set; without it, folders named train, val and test say so.
    crops : bool
        Whether to look for images that show a part of another: the time that takes grows with
        the square of their number, 1 minute for about 10,000.
    progress : callable, optional
        Called as ``progress(files_done, files)``.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such folder.
    ValueError
        If it holds no files of images.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("train/cat", "train/dog", "test/cat", "test/dog"):
    ...         Path(folder, name).mkdir(parents=True)
    ...         Image.linear_gradient("L").save(Path(folder, name, "1.png"))
    ...     report = audit(folder)
    >>> for kind in ("leakage", "label_conflict"):
    ...     print(report.of(kind)[0].message)
    4 alike images in the sets test, train
    4 alike images in the classes cat, dog
    """
    root = Path(folder)
    findings = []

    def skip(path, why):
        if path != root or why != "no files found in it":
            findings.append(Finding("unreadable", (_relative(path, root),), why))

    listed = list_files(root, skip)
    if not listed and not findings:
        raise ValueError(f"{str(root)!r} holds no images: no file with the extension of one")
    if manifest is not None:
        listed, different = _with_sets(listed, root, manifest)
        findings += different
    facts, pictures, indices = _examine_all(listed, root, progress)
    findings += _of_single_files(facts)
    alike, threshold, searched = _of_alike_images(facts, pictures, indices, crops)
    findings += alike + _of_classes(facts)
    order = list(KINDS)
    findings.sort(key=lambda finding: order.index(finding.kind))
    return Audit(root, tuple(facts), tuple(findings), threshold, searched)


def _relative(path, root):
    return path.relative_to(root).as_posix()


def _with_sets(listed, root, manifest):
    """Return the files with the labels and sets of a manifest, and what differs from it."""
    entries = {entry.path: entry for entry in manifest.entries}
    told = []
    for file in listed:
        entry = entries.get(file.relative(root))
        told.append(file._replace(label=entry.label, split=entry.split) if entry else file)
    messages = {
        "missing": "it is in the manifest only",
        "changed": "its SHA-256 is not the manifest's",
        "new": "it is not in the manifest",
    }
    different = [
        Finding(kind, (path,), messages[kind])
        for kind, paths in manifest.differences()._asdict().items()
        for path in paths
    ]
    return told, different


def _examine_all(listed, root, progress):
    """Return the facts of all files, and the pictures that could be decoded with their indices."""
    facts, thumbnails, indices = [], [], []
    for start in range(0, len(listed), UNDER_WAY):
        some = listed[start : start + UNDER_WAY]
        for fact, thumbnail in _in_threads(lambda file: examine(file, root), some):
            if thumbnail is not None:
                indices.append(len(facts))
                thumbnails.append(thumbnail)
            facts.append(fact)
        if progress:
            progress(len(facts), len(listed))
    grey, colours = zip(*thumbnails, strict=True) if thumbnails else ((), ())
    pictures = near.Pictures(
        np.array(grey, np.uint8).reshape(-1, 64, 64), np.array(colours, np.uint8)
    )
    return facts, pictures, indices


def _in_threads(function, items):
    """Return what a function gives for each item; decoders release Python's lock."""
    results = [None] * len(items)

    def task(i):
        results[i] = function(items[i])

    threads.run(task, [(i,) for i in range(len(items))])
    return results


def _of_single_files(facts):
    findings = []

    def find(kind, file, message):
        findings.append(Finding(kind, (file.path,), message))

    for file in facts:
        if file.problem is not None:
            find(file.problem, file, file.reason)
            continue
        size = f"{file.width} × {file.height} pixels"
        if file.grey_range <= BLANK_RANGE:
            find("blank", file, f"its grey values differ by {file.grey_range} of 255")
        elif file.contrast < LOW_CONTRAST:
            find("low_contrast", file, f"the deviation of its grey values is {file.contrast:.1f}")
        short, long = sorted((file.width, file.height))
        if short < TINY_SIDE or long > LARGE_SIDE or long > LONG_RATIO * short:
            find("odd_size", file, size)
        if not file.has_usual_extension:
            find("wrong_extension", file, f"it is a {file.format} file")
        if file.frames > 1:
            find("animated", file, f"{file.frames} frames")
    return findings


def _of_alike_images(facts, pictures, indices, crops):
    """Return the findings about images that are alike, the threshold, and whether crops count."""
    same_bytes = equal_pairs(file.sha256 if file.problem is None else None for file in facts)
    same_pixels = equal_pairs(file.pixels for file in facts)
    unique = _worth_comparing(facts, indices)
    chosen = near.Pictures(pictures.grey[unique], pictures.colours[unique])
    found = near.find_near(chosen, crops)
    of_file = [indices[i] for i in unique]
    matches = [m._replace(first=of_file[m[0]], second=of_file[m[1]]) for m in found.matches]

    findings = _groups(facts, "duplicate_files", same_bytes)
    for group in groups_of(len(facts), same_pixels):
        sums = {facts[i].sha256 for i in group}
        if len(sums) > 1:
            message = f"{len(group)} files with the same pixels"
            findings.append(_finding("duplicate_pixels", facts, group, message))
    for kind, wanted in (("near_duplicates", False), ("crops", True)):
        some = [match for match in matches if match.is_crop == wanted]
        findings += _groups(facts, kind, [match[:2] for match in some], some)
    pairs = same_bytes + same_pixels + [match[:2] for match in matches]
    for group in groups_of(len(facts), pairs):
        findings += _conflicts(facts, group)
    return findings, found.threshold, found.crops_searched


def _worth_comparing(facts, indices):
    """Return which pictures to compare: one of each kind of pixels, those that show something."""
    seen, chosen = set(), []
    for i, index in enumerate(indices):
        file = facts[index]
        if file.pixels not in seen and file.contrast >= LOW_CONTRAST:
            seen.add(file.pixels)
            chosen.append(i)
    return np.array(chosen, np.intp)


def _groups(facts, kind, pairs, matches=()):
    """Return a finding for each group of linked files, with the least similarity in it."""
    findings = []
    for group in groups_of(len(facts), pairs):
        members = set(group)
        similar = [match.similarity for match in matches if match.first in members]
        message = f"{len(group)} files" + (f", similarity {min(similar):.3f}" if similar else "")
        findings.append(_finding(kind, facts, group, message))
    return findings


def _finding(kind, facts, group, message):
    return Finding(kind, tuple(facts[i].path for i in group), message)


def _conflicts(facts, group):
    """Yield a finding if alike images are in different sets, and one if in different classes."""
    for kind, attribute, what in (
        ("leakage", "split", "sets"),
        ("label_conflict", "label", "classes"),
    ):
        values = {getattr(facts[i], attribute) for i in group} - {None}
        if len(values) > 1:
            names = ", ".join(sorted(values))
            message = f"{len(group)} alike images in the {what} {names}"
            yield _finding(kind, facts, group, message)


def _of_classes(facts):
    findings = []
    counts = collections.defaultdict(collections.Counter)
    for file in facts:
        if file.problem is None and file.label is not None:
            counts[file.split][file.label] += 1
    for split, of_class in counts.items():
        (most, n), (least, m) = of_class.most_common()[0], of_class.most_common()[-1]
        if n > IMBALANCE * m:
            where = f" in {split}" if split else ""
            findings.append(
                Finding("imbalance", (), f"{n:,} images of {most!r}{where}, {m:,} of {least!r}")
            )
    training = next((split for split in counts if split and split.lower().startswith("train")), "")
    for split in counts if training else ():
        for label in sorted(set(counts[split]) - set(counts[training])):
            message = f"{counts[split][label]:,} images of {label!r} in {split}, none in {training}"
            findings.append(Finding("missing_class", (), message))
    return findings
