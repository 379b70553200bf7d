"""The journal of labels: a file that only grows, and forgets nothing that it acknowledged.

Each line is one JSON object. The first says what the file is; every other one is an entry:

- ``{"event": "label", "image", "annotator", "annotation", "time"}``: what an annotator now says
  of an image, instead of whatever it was before;
- ``{"event": "undo", "image", "annotator", "time"}``: the annotator's last entry for the image
  that still counts no longer does;
- ``{"event": "class", "name", "time"}``: there is a class of this name.

The state is what replaying the lines gives. Standard library only; tested by
``tests/label/test_journal.py``.
"""

import contextlib
import datetime
import io
import json
import os
import sys
import threading
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from minidl.label import annotation as annotations
from minidl.label.annotation import Annotation

HEADER = {"minidl": "labels", "version": 1}


@dataclass(frozen=True)
class Saved:
    """What an annotator says of an image: None if nothing, or no longer anything."""

    annotation: Annotation | None = None
    version: int = 0
    """How many entries led here: labels and undos."""


class ConflictError(Exception):
    """Somebody saved another version meanwhile: `saved` is that one."""

    def __init__(self, saved):
        super().__init__("it was changed meanwhile")
        self.saved = saved


class State:
    """What a journal says so far: a fold over its entries."""

    def __init__(self):
        self.classes = []
        self._stacks = defaultdict(list)  # (image, annotator): annotations, the last one counts
        self._versions = defaultdict(int)
        self._history = defaultdict(list)  # annotator: images in the order of what counts

    def __eq__(self, other):
        return isinstance(other, State) and self.facts() == other.facts()

    __hash__ = None

    def facts(self):
        """Return all that distinguishes two states."""
        return self.classes, dict(self._stacks), dict(self._versions), dict(self._history)

    def saved(self, image, annotator):
        """Return what an annotator says of an image: `Saved`."""
        stack = self._stacks.get((image, annotator))
        return Saved(stack[-1] if stack else None, self._versions.get((image, annotator), 0))

    def all(self):
        """Return what each annotator says, {image: {annotator: Annotation}}."""
        found = defaultdict(dict)
        for (image, annotator), stack in self._stacks.items():
            if stack:
                found[image][annotator] = stack[-1]
        return found

    def history(self, annotator):
        """Return the images in the order in which `undo` goes back through them, last first."""
        return self._history.get(annotator, [])[::-1]

    def apply(self, entry):
        """Take one entry, as `parse` returns it, into account; ValueError if it undoes nothing."""
        event, key, value = entry
        if event == "class":
            if value not in self.classes:
                self.classes.append(value)
            return
        image, annotator = key
        if event == "label":
            self._stacks[key].append(value)
            self._history[annotator].append(image)
        else:
            if not self._stacks.get(key):
                raise ValueError("it undoes a label that is not there")
            self._stacks[key].pop()
            _remove_last(self._history[annotator], image)
        self._versions[key] += 1


class Journal:
    """An open journal: `state`, and ways to change it that are on disk before they return.

    Parameters
    ----------
    path : path
        Made if missing. One process at a time may have it open.

    Raises
    ------
    ValueError
        If it is another kind of file, damaged before its last line, or in use.
    OSError
        If it cannot be written.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.lock = threading.RLock()
        self._file = open(self.path, "a+b", buffering=0)  # noqa: SIM115 - closed by close()
        try:
            _claim(self._file, self.path)
            self._file.seek(0)
            content = self._file.read()
            self.state, whole = _replay(content, self.path)
            self._mend(content, whole)
        except BaseException:
            self._file.close()
            raise

    def save(self, image, annotator, version, annotation):
        """Append what an annotator says now, who has seen `version`; return the new version.

        To save again what is saved already is no conflict: an answer may have been lost.
        """
        with self.lock:
            saved = self.state.saved(image, annotator)
            if saved.version != version:
                if saved.annotation == annotation:
                    return saved.version
                raise ConflictError(saved)
            self._append("label", image=image, annotator=annotator, annotation=annotation.to_json())
            return version + 1

    def undo(self, image, annotator, version):
        """Take back the annotator's last entry for an image; return what counts now: `Saved`."""
        with self.lock:
            saved = self.state.saved(image, annotator)
            if saved.version != version:
                raise ConflictError(saved)
            if saved.annotation is None:
                raise ValueError("there is nothing to undo")
            self._append("undo", image=image, annotator=annotator)
            return self.state.saved(image, annotator)

    def add_class(self, name):
        """Append that there is a class of this name."""
        with self.lock:
            self._append("class", name=name)

    def close(self):
        """Let another process have it."""
        with self.lock:
            self._file.close()

    def _append(self, event, **fields):
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        entry = {"event": event, **fields, "time": now}
        parsed = parse(entry)  # what could not be read again must not be written
        self._write(_line(entry))
        self.state.apply(parsed)

    def _write(self, line):
        """Write a line whole and wait until it is on disk; on failure, as if it had not been."""
        self._check_still_there()
        length = os.fstat(self._file.fileno()).st_size
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[self._file.write(rest) :]
            os.fsync(self._file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file.fileno(), length)
            raise

    def _check_still_there(self):
        """Refuse to write into a file that was deleted or replaced: nobody would find it."""
        try:
            there = os.path.samestat(os.stat(self.path), os.fstat(self._file.fileno()))
        except FileNotFoundError:
            there = False
        if not there:
            raise OSError(f"the journal {self.path} was moved or deleted; start anew")

    def _mend(self, content, whole):
        """Cut off a last line that was torn, and give a new file its first line."""
        if len(content) > whole:
            os.ftruncate(self._file.fileno(), whole)
        if not whole:
            self._write(_line(HEADER))
            _sync_folder(self.path.parent)
        elif not content[:whole].endswith(b"\n"):
            self._write(b"\n")


def parse(entry):
    """Return what an entry says, (event, (image, annotator), value), or raise ValueError."""
    if not isinstance(entry, dict):
        raise ValueError(f"it is no object, but {type(entry).__name__}")
    event = entry.get("event")
    if event == "class":
        return event, None, annotations.class_name(entry.get("name"))
    key = entry.get("image"), entry.get("annotator")
    if not all(isinstance(text, str) for text in key):
        raise ValueError("it does not name an image and an annotator")
    if event == "label":
        return event, key, annotations.from_json(entry.get("annotation"))
    if event != "undo":
        raise ValueError(f"it has the unknown event {event!r}")
    return event, key, None


def read(path):
    """Return the `State` of a journal that may be in use.

    Raises
    ------
    FileNotFoundError
        If there is none.
    ValueError
        If it is another kind of file, or damaged before its last line.
    """
    path = Path(path)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no journal of labels {path}") from None
    return _replay(content, path)[0]


def _replay(content, path):
    """Return the state, and how many bytes of `content` are whole lines.

    A last line without its end was torn by a crash before anyone was told that it is saved. If
    it is an entry nevertheless, an editor took away the line's end, and it counts.
    """
    state = State()
    whole = 0
    for number, line in enumerate(io.BytesIO(content), 1):
        torn = not line.endswith(b"\n")
        try:
            entry = json.loads(line)
            if number == 1:
                _check_header(entry)
            else:
                state.apply(parse(entry))
        except (ValueError, RecursionError) as error:
            if torn and (number > 1 or _line(HEADER).startswith(line)):
                break
            what = "not a journal of labels" if number == 1 else f"line {number} is damaged"
            raise ValueError(f"{path}: {what}: {error}") from None
        whole += len(line)
    return state, whole


def _check_header(entry):
    if not isinstance(entry, dict) or entry.get("minidl") != HEADER["minidl"]:
        raise ValueError(f"its first line needs to be {json.dumps(HEADER)}")
    if entry.get("version") != HEADER["version"]:
        raise ValueError(f"this minidl reads version {HEADER['version']} only")


def _line(entry):
    # ASCII: names that are no Unicode, as files may have, are escaped and come back the same.
    return json.dumps(entry, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"


def _remove_last(images, image):
    del images[len(images) - 1 - images[::-1].index(image)]


def _claim(file, path):
    """Take the file for this process until it is closed, or refuse if another one has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(1 << 40)  # such a lock forbids reading, so it stands where nothing is
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise ValueError(
            f"the journal {path} is in use by another 'minidl label'; end that one, or choose "
            "another file with --journal"
        ) from None


def _sync_folder(folder):
    """Put the name of a new file on disk too, where the system can be asked to."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
