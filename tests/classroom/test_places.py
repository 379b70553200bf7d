"""`minidl.classroom.places`."""

import pathlib

import pytest

from minidl.classroom import places


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package in a checkout with two lessons, an exercise, and files that are neither."""
    for name in ("10_ten.py", "02_two.py", "notes.py", "3_three.py", "exercises/01_one.py"):
        path = tmp_path / "lessons" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.setattr(places, "_PACKAGE", tmp_path / "minidl")
    return tmp_path / "minidl"


def test_in_a_checkout_its_own(package):
    assert list(places.lessons().items()) == [
        (2, package.parent / "lessons" / "02_two.py"),
        (10, package.parent / "lessons" / "10_ten.py"),
    ]
    assert places.exercise(1) == package.parent / "lessons" / "exercises" / "01_one.py"


def test_in_the_wheel_those_that_came_with_it(package):
    (package / "_lessons").mkdir(parents=True)
    (package / "_lessons" / "05_five.py").touch()
    assert places.lesson(5) == package / "_lessons" / "05_five.py"
    with pytest.raises(ValueError, match="there is no exercise 1; there are: none"):
        places.exercise(1)


def test_a_number_that_is_not_there(package):
    with pytest.raises(ValueError, match="there is no lesson 3; there are: 2, 10"):
        places.lesson(3)


def test_the_lessons_of_this_checkout():
    assert places.folder() == pathlib.Path(__file__).parents[2] / "lessons"
