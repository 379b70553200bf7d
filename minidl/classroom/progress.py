"""Which lessons were finished and where others were left: ``lessons.json`` in minidl's folder."""

import json
import os
from dataclasses import asdict, dataclass

from minidl.data import cache_home
from minidl.runtime import files

FILE = "lessons.json"


@dataclass(frozen=True)
class Place:
    """How far a lesson was stepped through: `cell` is the position to go on from."""

    cell: int = 0
    finished: bool = False


class Progress:
    """The places of all lessons, by name, in a file.

    Attributes
    ----------
    path : Path
        The file: in ``MINIDL_HOME`` if that is set, see `minidl.data.cache_home`.
    set_aside : Path or None
        Where a file that could not be read was moved, so that nothing is lost.
    """

    def __init__(self):
        self.path = cache_home() / FILE
        self.set_aside = None
        self._places = self._read()

    def of(self, name):
        """Return the `Place` of a lesson."""
        return self._places.get(name, Place())

    def keep(self, name, place):
        """Write down the place of a lesson.

        Raises
        ------
        OSError
            If the file cannot be written.
        """
        self._places = self._read() | {name: place}  # another lesson may have been stepped through
        self.path.parent.mkdir(parents=True, exist_ok=True)
        content = {each: asdict(place) for each, place in sorted(self._places.items())}
        files.write_json(self.path, content)

    def _read(self):
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
            places = {name: Place(**place) for name, place in content.items()}
            if not all(map(_is_valid, places.values())):
                raise ValueError
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (ValueError, TypeError, AttributeError):
            self.set_aside = self.path.with_suffix(".damaged.json")
            os.replace(self.path, self.set_aside)
            return {}
        return places


def _is_valid(place):
    return type(place.cell) is int and place.cell >= 0 and type(place.finished) is bool
