"""Where the lessons and exercises are: in a checkout its own, else those of the wheel."""

import pathlib
import re

import minidl

_PACKAGE = pathlib.Path(minidl.__file__).resolve().parent
_NAME = re.compile(r"(\d\d)_\w+\.py", re.ASCII)


def folder():
    """Return the folder of the lessons; that of the exercises is ``exercises`` within it."""
    packed = _PACKAGE / "_lessons"  # only the wheel has it
    return packed if packed.is_dir() else _PACKAGE.parent / "lessons"


def lessons():
    """Return the paths of the lessons by number, in order.

    >>> lessons()[2].name
    '02_convolution.py'
    """
    return _numbered(folder())


def exercises():
    """Return the paths of the exercises by number, in order."""
    return _numbered(folder() / "exercises")


def lesson(number):
    """Return the path of a lesson.

    Raises
    ------
    ValueError
        If there is none of this number; the message says which there are.
    """
    return _find(number, lessons(), "lesson")


def exercise(number):
    """Return the path of an exercise; as for `lesson`, an error says which there are."""
    return _find(number, exercises(), "exercise")


def _numbered(where):
    names = [(_NAME.fullmatch(path.name), path) for path in where.glob("*.py")]
    return dict(sorted((int(match[1]), path) for match, path in names if match))


def _find(number, among, what):
    if number not in among:
        there = ", ".join(str(each) for each in among) or "none"
        raise ValueError(f"there is no {what} {number}; there are: {there}")
    return among[number]
