"""What the places of files say."""

import pytest

from minidl.data.listing import list_files, set_folders


@pytest.fixture
def make(tmp_path):
    def make(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path

    return make


def listed(root):
    skipped = []
    found = list_files(root, lambda *call: skipped.append(call))
    assert skipped == []
    return [(file.relative(root), file.label, file.split) for file in found]


def test_classes(make):
    root = make("cat/1.png", "cat/young/2.png", "dog/notes.txt", "3.JPG", "README.md", ".x/1.png")
    assert listed(root) == [
        ("3.JPG", None, None),
        ("cat/1.png", "cat", None),
        ("cat/young/2.png", "cat", None),
        ("dog/notes.txt", "dog", None),
    ]


def test_sets(make):
    root = make("Train/cat/1.png", "valid/cat/1.png", "test/2.png", "test/cat/a/b.gif", "s.csv")
    assert [folder.name for folder in set_folders(root)] == ["Train", "test", "valid"]
    assert listed(root) == [
        ("Train/cat/1.png", "cat", "Train"),
        ("test/2.png", None, "test"),
        ("test/cat/a/b.gif", "cat", "test"),
        ("valid/cat/1.png", "cat", "valid"),
    ]


def test_a_class_may_be_called_train(make):
    root = make("train/1.png", "tram/1.png")
    assert set_folders(root) == []
    assert listed(root) == [("train/1.png", "train", None), ("tram/1.png", "tram", None)]


def test_no_folder(make, tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        list_files(tmp_path / "missing", print)
    with pytest.raises(NotADirectoryError, match="is a file"):
        list_files(make("a.png") / "a.png", print)
