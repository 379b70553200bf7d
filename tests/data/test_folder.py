"""Folders of class-named folders, tidy and untidy."""

import dataclasses
import os

import numpy as np
import pytest
from PIL import Image

from minidl.data import decode, load_folder, read_image


@pytest.fixture
def put(tmp_path):
    """Return a function that writes an image of one colour, or given bytes, below tmp_path."""

    def put(name, content="red"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            Image.new("RGB", (9, 6), content).save(path, "PNG")
        return path

    return put


@pytest.fixture
def pets(put, tmp_path):
    """Return a folder of two cats and a dog."""
    put("dog/1.png", "blue")
    put("cat/b.png", "white")
    put("cat/a.png", "red")
    return tmp_path


def names(images):
    return [path.name for path in images.paths]


def test_loads_class_by_class(pets):
    images = load_folder(pets)
    assert images.class_names == ("cat", "dog")
    assert images.paths == (pets / "cat/a.png", pets / "cat/b.png", pets / "dog/1.png")
    assert images.skipped == ()
    assert images.x.dtype == np.uint8
    assert images.x.shape == (3, 28, 28, 3)
    np.testing.assert_array_equal(images.y, np.array([0, 0, 1]), strict=True)
    colours = [[255, 0, 0], [255, 255, 255], [0, 0, 255]]
    np.testing.assert_array_equal(images.x[:, 5, 5], colours)


@pytest.mark.parametrize("grey", [True, False])
def test_reads_as_read_image_does(pets, grey):
    images = load_folder(str(pets), image_size=(4, 7), grey=grey)
    assert images.x.shape == (3, 4, 7, 1 if grey else 3)
    for x, path in zip(images.x, images.paths, strict=True):
        np.testing.assert_array_equal(x, read_image(path, (4, 7), grey))


def test_the_result_is_frozen_but_its_arrays_are_writable(pets):
    images = load_folder(pets)
    with pytest.raises(dataclasses.FrozenInstanceError):
        images.x = None
    images.x[...] = 0
    images.y[...] = 0


def test_classes_are_sorted_by_name(put, tmp_path):
    two_lines = "two\nlines" if os.name == "posix" else "two lines"
    for name in ("b", "a", "C", "10", "9", "é", "猫", "z 1", two_lines):
        put(f"{name}/ein Bild {name}.png")
    images = load_folder(tmp_path)
    assert images.class_names == ("10", "9", "C", "a", "b", two_lines, "z 1", "é", "猫")
    assert images.y.tolist() == list(range(9))
    assert images.skipped == ()


def test_nested_folders_belong_to_their_class(put, tmp_path, pets):
    put("cat/kittens/2.png")
    put("cat/kittens/young/1.png")
    put("cat/c.png")
    images = load_folder(pets)
    assert images.class_names == ("cat", "dog")
    assert names(images) == ["a.png", "b.png", "c.png", "2.png", "1.png", "1.png"]
    assert images.y.tolist() == [0, 0, 0, 0, 0, 1]


def test_hidden_and_system_files_are_ignored(put, pets):
    system = ["cat/.DS_Store", "cat/._a.png", "cat/Thumbs.db", "dog/desktop.ini"]
    hidden = [".git/a.png", "cat/.cache/a.png", ".hidden.png"]
    for name in [*system, *hidden, "README.md"]:
        put(name, b"anything")
    images = load_folder(pets)
    assert images.class_names == ("cat", "dog")
    assert len(images.paths) == 3
    assert images.skipped == ()


def test_the_extension_may_be_any(put, pets):
    put("cat/C.PNG")
    put("cat/d.JpEg")
    put("cat/e")
    assert names(load_folder(pets)) == ["C.PNG", "a.png", "b.png", "d.JpEg", "e", "1.png"]


def test_unreadable_images_are_skipped_and_named(put, pets):
    whole = (pets / "cat/a.png").read_bytes()
    skipped = {
        put("cat/0 empty.png", b""): "not an image",
        put("cat/aa truncated.png", whole[: len(whole) // 2]): "",
        put("cat/notes.txt", b"a red cat"): "not an image",
        put("dog/2.png", b"GIF89a"): "",
    }
    calls = []
    images = load_folder(pets, on_skip=lambda *call: calls.append(call))
    assert names(images) == ["a.png", "b.png", "1.png"]
    assert images.y.tolist() == [0, 0, 1]
    np.testing.assert_array_equal(images.x[2, 0, 0], [0, 0, 255])
    assert tuple(calls) == images.skipped
    assert [path for path, _ in images.skipped] == list(skipped)
    for path, reason in images.skipped:
        assert reason
        assert skipped[path] in reason
        assert str(path) not in reason


def test_a_decompression_bomb_is_skipped(put, pets, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 60)
    Image.new("L", (10, 10)).save(pets / "cat/bomb.png")
    images = load_folder(pets)
    assert images.skipped == ((pets / "cat/bomb.png", "more than 60 pixels"),)


def test_permission_denied(pets, monkeypatch):
    def guarded(path, mode):
        if path.name == "b.png":
            raise PermissionError(13, "Permission denied", str(path))
        return open(path, mode)

    monkeypatch.setattr(decode, "open", guarded, raising=False)
    images = load_folder(pets)
    assert names(images) == ["a.png", "1.png"]
    assert images.skipped == ((pets / "cat/b.png", "Permission denied"),)


def test_a_folder_that_cannot_be_listed(put, pets, monkeypatch):
    put("cat/locked/1.png")
    scandir = os.scandir

    def guarded(path):
        if os.path.basename(path) == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    images = load_folder(pets)
    assert len(images.paths) == 3
    assert images.skipped == ((pets / "cat/locked", "Permission denied"),)


def test_links(put, pets, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    Image.new("L", (4, 4)).save(elsewhere / "1.png")
    try:
        (pets / "ant").symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("Windows lets only some users make links")
    (pets / "cat/circle").symlink_to(pets, target_is_directory=True)
    (pets / "cat/dangling.png").symlink_to(pets / "missing.png")
    (pets / "dog/0.png").symlink_to(elsewhere / "1.png")
    images = load_folder(pets)
    assert images.class_names == ("ant", "cat", "dog")
    assert names(images) == ["1.png", "a.png", "b.png", "0.png", "1.png"]
    assert [path.name for path, _ in images.skipped] == ["circle", "dangling.png"]


def test_images_outside_the_classes_are_reported(put, pets):
    stray = put("stray.PNG")
    images = load_folder(pets)
    assert images.skipped == ((stray, "it lies outside the class folders"),)


def test_a_class_without_images_is_no_class(put, pets):
    (pets / "ant").mkdir()
    put("bee/1.png", b"")
    images = load_folder(pets)
    assert images.class_names == ("cat", "dog")
    assert images.y.tolist() == [0, 0, 1]
    assert [path.name for path, _ in images.skipped] == ["ant", "1.png"]


def test_a_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no folder '.*missing'"):
        load_folder(tmp_path / "missing")


def test_a_file_instead_of_a_folder(put):
    with pytest.raises(NotADirectoryError, match=r"1\.png' is a file"):
        load_folder(put("1.png"))


def assert_refused(root, *found):
    with pytest.raises(ValueError, match="for each of two or more classes") as error:
        load_folder(root)
    message = str(error.value)
    assert "\n" not in message
    needed = [repr(str(root / name / "*.png")) for name in ("cat", "dog")]
    for text in (repr(str(root)), *needed, *found):
        assert text in message


def test_an_empty_folder(tmp_path):
    assert_refused(tmp_path, "holds no class folders;")


def test_a_folder_of_images(put, tmp_path):
    put("1.png")
    put("2.JPG")
    put("notes.txt", b"")
    assert_refused(tmp_path, "no class folders and 2 image file(s) outside")


def test_a_single_class(put, tmp_path):
    put("cat/1.png")
    put(".hidden/1.png")
    assert_refused(tmp_path, "one class folder, 'cat';")


def test_classes_without_files(tmp_path):
    (tmp_path / "cat").mkdir()
    (tmp_path / "dog").mkdir()
    assert_refused(tmp_path, "of no class", "no files found in it", "and 1 more")


def test_no_image_left(put, tmp_path):
    path = put("cat/1.png", b"")
    put("dog/1.png", b"")
    put("dog/2.png", b"")
    assert_refused(tmp_path, "of no class", repr(str(path)), "not an image", "and 2 more")


def test_only_one_class_left(put, tmp_path):
    put("cat/1.png")
    path = put("dog/1.png", b"")
    assert_refused(tmp_path, "only of class 'cat'", f"skipped {str(path)!r} (not an image")


@pytest.mark.parametrize("image_size", [28, (28, 0), None])
def test_image_size_is_checked_first(image_size, tmp_path):
    with pytest.raises(ValueError, match="two positive whole numbers"):
        load_folder(tmp_path / "missing", image_size)
