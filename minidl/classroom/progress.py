"""How far lessons and exercises have come: a file each in minidl's folder."""

import json
import os
from dataclasses import asdict, dataclass, field
from typing import ClassVar

from minidl.data import cache_home
from minidl.runtime import files


@dataclass(frozen=True)
class Place:
    """How far a lesson was stepped through: `cell` is the position to go on from."""

    FILE: ClassVar = "lessons.json"
    cell: int = 0
    finished: bool = False

    def is_valid(self):
        """Whether a file may have it."""
        return type(self.cell) is int and self.cell >= 0 and type(self.finished) is bool


@dataclass(frozen=True)
class Standing:
    """How far an exercise is: the tasks that `passed` when last checked, and `hints` shown."""

    FILE: ClassVar = "exercises.json"
    passed: list[str] = field(default_factory=list)
    hints: int = 0

    def is_valid(self):
        """Whether a file may have it."""
        names = isinstance(self.passed, list) and all(type(name) is str for name in self.passed)
        return names and type(self.hints) is int and self.hints >= 0


class Progress:
    """A `Place` or `Standing` for each lesson or exercise, by name, in a file.

    Parameters
    ----------
    kind : class
        `Place` or `Standing`.

    Attributes
    ----------
    path : Path
        The file: in ``MINIDL_HOME`` if that is set, see `minidl.data.cache_home`.
    set_aside : Path or None
        Where a file that could not be read was moved, so that nothing is lost.
    """

    def __init__(self, kind=Place):
        self._kind = kind
        self.path = cache_home() / kind.FILE
        self.set_aside = None
        self._places = self._read()

    def of(self, name):
        """Return the place or standing of a lesson or exercise."""
        return self._places.get(name, self._kind())

    def keep(self, name, place):
        """Write down the place or standing of a lesson or exercise.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        self._places = self._read() | {name: place}  # another one may have been gone through
        self.path.parent.mkdir(parents=True, exist_ok=True)
        content = {each: asdict(place) for each, place in sorted(self._places.items())}
        files.write_json(self.path, content)

    def _read(self):
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
            places = {name: self._kind(**place) for name, place in content.items()}
            if not all(place.is_valid() for place in places.values()):
                raise ValueError
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (ValueError, TypeError, AttributeError):
            self.set_aside = self.path.with_suffix(".damaged.json")
            os.replace(self.path, self.set_aside)
            return {}
        return places
