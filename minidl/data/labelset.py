"""The classes that images are labelled with: names, colours, keys, and what each one means.

Annotators agree on what is written down, so a class has a definition. A label set is kept in a
JSON file that people can read and edit. Tested by ``tests/data/test_labelset.py``.
"""

import functools
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from minidl.data.k_center import k_center
from minidl.runtime import checks, files

FIELDS = ("name", "color", "definition", "key")
#: The red, green and blue of the default colours are chosen from these steps.
STEPS = np.linspace(0, 255, 12)


@dataclass(frozen=True)
class LabelClass:
    """One class.

    Parameters
    ----------
    name : str
        Without blanks around it.
    color : str, optional
        "#rrggbb". A `LabelSet` gives one to classes that have none.
    definition : str
        What belongs to the class and what does not, in a sentence or more.
    key : str, optional
        One character that stands for the class on the keyboard.

    >>> LabelClass("cat", definition="A cat of flesh and blood; no toys, no drawings.").name
    'cat'
    """

    name: str
    color: str | None = None
    definition: str = ""
    key: str | None = None

    def __post_init__(self):
        """Refuse what is no name, colour or key."""
        name = checks.line(self.name, "a class's name")
        if self.color is not None and not _is_color(self.color):
            raise ValueError(f"class {name!r}: color needs '#rrggbb', got {self.color!r}")
        if not isinstance(self.definition, str):
            raise ValueError(f"class {name!r}: definition needs text, got {self.definition!r}")
        if self.key is not None:
            checks.line(self.key, f"class {name!r}: key", 1)


class LabelSet:
    """The classes of a task, in their order: a class's number is its place, from 0.

    Parameters
    ----------
    classes : iterable of LabelClass or str
        At least one. Classes without a colour get one that differs from all others.

    Raises
    ------
    ValueError
        If there is no class, or two have the same name or key.

    Examples
    --------
    >>> labels = LabelSet(["cat", LabelClass("dog", "#ff0000", "Any breed, no wolves.", "d")])
    >>> labels.names, labels.number("dog"), labels["dog"].definition
    (('cat', 'dog'), 1, 'Any breed, no wolves.')
    >>> labels["dgo"]
    Traceback (most recent call last):
    ...
    ValueError: unknown class 'dgo': did you mean 'dog'? (known: cat, dog)
    """

    def __init__(self, classes):
        if isinstance(classes, str):
            raise TypeError(f"a label set needs a list of classes, got the text {classes!r}")
        given = [LabelClass(each) if isinstance(each, str) else each for each in classes]
        strangers = [each for each in given if not isinstance(each, LabelClass)]
        if strangers:
            raise TypeError(f"a label set needs names or LabelClass, got {strangers[0]!r}")
        if not given:
            raise ValueError("a label set needs at least one class")
        _check_different("name", [each.name for each in given])
        _check_different("key", [each.key for each in given if each.key is not None])
        taken = {each.color.lower() for each in given if each.color}
        free = (color for color in palette(len(given) + len(taken)) if color not in taken)
        self.classes = tuple(
            each if each.color else LabelClass(each.name, next(free), each.definition, each.key)
            for each in given
        )
        self._numbers = {each.name: number for number, each in enumerate(self.classes)}

    @property
    def names(self):
        """The classes' names, a tuple."""
        return tuple(self._numbers)

    def number(self, name):
        """Return the number of a class, from 0; or raise ValueError with the nearest name."""
        if name not in self._numbers:
            raise checks.unknown_name("class", name, self._numbers)
        return self._numbers[name]

    def __getitem__(self, name):
        return self.classes[self.number(name)]

    def __contains__(self, name):
        return name in self._numbers

    def __iter__(self):
        return iter(self.classes)

    def __len__(self):
        return len(self.classes)

    def __eq__(self, other):
        return isinstance(other, LabelSet) and self.classes == other.classes

    def __hash__(self):
        return hash(self.classes)

    def __repr__(self):
        return f"LabelSet({list(self.names)})"

    def colors(self):
        """Return the colours as red, green, blue: uint8 (classes, 3)."""
        return np.array([list(bytes.fromhex(each.color[1:])) for each in self.classes], np.uint8)

    def save(self, path):
        """Write the label set to a JSON file, whole or not at all."""
        fields = [
            {field: getattr(each, field) for field in FIELDS if getattr(each, field)}
            for each in self.classes
        ]
        text = json.dumps({"classes": fields}, indent=2, ensure_ascii=False)
        files.write_text(path, text + "\n")

    @classmethod
    def load(cls, path):
        """Read a label set from a JSON file, as `save` writes it.

        A list of names, or of objects with a "name", will do too.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it does not describe a label set: the message names the file and the place in it.
        """
        where = os.fspath(path)
        try:
            value = json.loads(Path(path).read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            raise FileNotFoundError(f"there is no label set {where!r}") from None
        except json.JSONDecodeError as error:
            raise ValueError(f"{where}, line {error.lineno}: not JSON ({error.msg})") from None
        except (UnicodeDecodeError, RecursionError) as error:
            raise ValueError(f"{where}: not JSON ({error})") from None
        entries = value.get("classes") if isinstance(value, dict) else value
        if not isinstance(entries, list):
            raise ValueError(f'{where}: needs a list of classes, or an object with "classes"')
        try:
            return cls([_entry(entry, number) for number, entry in enumerate(entries, 1)])
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from None


@functools.cache
def palette(count):
    """Return `count` colours, "#rrggbb", that eyes tell apart from each other and from greys.

    Each is the one farthest, in the CIELAB space, from white, grey and black and from all before
    it; so the first colours of a longer palette are those of a shorter one.

    >>> palette(3)
    ('#...', '#...', '#...')
    """
    colors = np.stack(np.meshgrid(STEPS, STEPS, STEPS, indexing="ij"), -1).reshape(-1, 3)
    colors = np.rint(colors)
    greys = np.repeat(np.linspace(0, 255, 5), 3).reshape(-1, 3)
    if count > len(colors):
        raise ValueError(f"palette: there are {len(colors)} colours, got {count}")
    chosen = k_center(_lab(colors), count, _lab(greys))
    return tuple("#" + bytes(colors[i].astype(np.uint8)).hex() for i in chosen)


def _lab(rgb):
    """Convert sRGB 0 … 255 to CIELAB (D65), (N, 3) → (N, 3): distances are as eyes see them."""
    c = rgb / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = linear @ to_xyz.T / to_xyz.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz * (29 / 6) ** 2 / 3 + 4 / 29)
    x, y, z = f.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def _entry(entry, number):
    """Return a class from JSON."""
    if isinstance(entry, str):
        return LabelClass(entry)
    if not isinstance(entry, dict) or "name" not in entry:
        raise ValueError(f'class {number} needs a name, or an object with "name", got {entry!r}')
    unknown = [field for field in entry if field not in FIELDS]
    if unknown:
        raise ValueError(f"class {number}: {checks.unknown_name('field', unknown[0], FIELDS)}")
    return LabelClass(**entry)


def _is_color(text):
    return isinstance(text, str) and re.fullmatch("#[0-9a-fA-F]{6}", text) is not None


def _check_different(what, values):
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        raise ValueError(f"two classes have the {what} {twice!r}; each needs its own")
