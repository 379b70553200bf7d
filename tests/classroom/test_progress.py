"""`minidl.classroom.progress`: what was finished, in a file."""

import json

import pytest

from minidl.classroom.progress import Place, Progress


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("MINIDL_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_places_are_kept(home):
    Progress().keep("02_convolution", Place(3))
    Progress().keep("03_max_pooling", Place(0, True))
    again = Progress()
    assert again.path == home / "lessons.json"
    assert again.of("02_convolution") == Place(3, False)
    assert again.of("03_max_pooling") == Place(0, True)
    assert again.of("04_autograd") == Place(0, False)
    assert again.set_aside is None


def test_another_lesson_stepped_through_at_the_same_time_is_not_forgotten():
    one, two = Progress(), Progress()
    one.keep("02_convolution", Place(3))
    two.keep("03_max_pooling", Place(4))
    assert Progress().of("02_convolution") == Place(3)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        json.dumps({"02_convolution": {"cell": -1, "finished": False}}).encode(),
        json.dumps({"02_convolution": {"cell": 1, "finished": "no"}}).encode(),
        json.dumps({"02_convolution": {"place": 1}}).encode(),
        json.dumps({"02_convolution": 3}).encode(),
    ],
)
def test_a_damaged_file_is_set_aside(home, content):
    home.mkdir()
    (home / "lessons.json").write_bytes(content)
    progress = Progress()
    assert progress.of("02_convolution") == Place()
    assert progress.set_aside == home / "lessons.damaged.json"
    assert progress.set_aside.read_bytes() == content
    progress.keep("02_convolution", Place(2))
    assert Progress().of("02_convolution") == Place(2)


def test_a_folder_that_cannot_be_written(home):
    home.write_text("a file")
    progress = Progress()
    with pytest.raises(OSError, match="home"):
        progress.keep("02_convolution", Place(2))
