"""The images of a folder: which they are, how they look, and that nothing else is reached."""

import io
import os

import numpy as np
import pytest
from PIL import Image

from minidl.label import folder as folders
from minidl.label.folder import Folder


def paths(folder):
    return [image.path for image in folder.images.values()]


def only(folder):
    (image,) = folder.images.values()
    return image


def shown(folder, image=None):
    media_type, content = folder.picture(image or only(folder))
    with Image.open(io.BytesIO(content)) as picture:
        assert media_type == f"image/{picture.format.lower()}"
        return np.asarray(picture)


def test_images_come_in_the_order_of_people(put, tmp_path):
    for name in ("b10.png", "b9.PNG", "b/2.jpg", "b/10.jpg", "B.gif", "a.webp", "007.bmp", "é.tif"):
        put(name)
    put(".hidden.png")
    put(".minidl/1.png")
    put("notes.txt", b"")
    found = ["007.bmp", "B.gif", "a.webp", "b/2.jpg", "b/10.jpg", "b9.PNG", "b10.png", "é.tif"]
    assert paths(Folder(tmp_path / "images")) == found


def test_sub_folders_are_classes_if_there_are_several(put, tmp_path):
    put("cat/1.png")
    assert Folder(tmp_path / "images").classes() == []
    put("dog/small/1.png")
    put("1.png")
    assert Folder(tmp_path / "images").classes() == ["cat", "dog"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_hostile_names(put, tmp_path):
    names = [
        "a\nb.png",
        "<img src=x onerror=alert(1)>.png",
        "\"'&;.png",
        "\udcff\udcfe.png",
        "猫.png",
    ]
    for name in names:
        put(name)
    folder = Folder(tmp_path / "images")
    assert sorted(paths(folder)) == sorted(names)
    assert all(shown(folder, image).shape == (8, 12, 3) for image in folder.images.values())
    assert all(name.isalnum() and name.isascii() for name in folder.images)
    assert [folder.images[folder.find(name)].path for name in names] == names


def test_an_image_is_found_by_its_path(images):
    folder = Folder(images)
    first = next(iter(folder.images))
    for path in ("0.png", "./0.png", "x/../0.png", images / "0.png"):
        assert folder.find(path) == first
    for path in ("none.png", "..", "../images", "/etc/passwd", "0.png\0", "\ud800", ""):
        assert folder.find(path) is None


def test_links_that_lead_out_are_left_out(put, tmp_path):
    put("a.png")
    inside, outside = tmp_path / "images", tmp_path / "outside"
    outside.mkdir()
    Image.new("L", (4, 4)).save(outside / "secret.png")
    try:
        (inside / "out.png").symlink_to(outside / "secret.png")
    except OSError:
        pytest.skip("Windows lets only some users make links")
    (inside / "in.png").symlink_to(inside / "a.png")
    (inside / "folder").symlink_to(outside, target_is_directory=True)
    (inside / "circle").symlink_to(inside, target_is_directory=True)
    folder = Folder(inside)
    assert paths(folder) == ["a.png", "in.png"]
    assert folder.left_out == ["out.png"]


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only some users make links")
def test_a_link_that_is_put_there_later_leads_nowhere(put, tmp_path):
    put("b/a.png")
    Image.new("L", (4, 4)).save(tmp_path / "a.png")
    folder = Folder(tmp_path / "images")
    (tmp_path / "images" / "b" / "a.png").unlink()
    with pytest.raises(ValueError, match="no such file any more"):
        folder.picture(only(folder))
    (tmp_path / "images" / "b" / "a.png").symlink_to(tmp_path / "a.png")
    for look in (folder.picture, folder.size, folder.location):
        with pytest.raises(ValueError, match="leads out of the folder"):
            look(only(folder))
    (tmp_path / "images" / "b" / "a.png").unlink()
    (tmp_path / "images" / "b").rmdir()
    (tmp_path / "images" / "b").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(ValueError, match="leads out of the folder"):
        folder.picture(only(folder))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_images_stand_upright(tmp_path, orientation, put):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = put("1.png")
    Image.new("RGB", (12, 8), "red").save(path, exif=exif)
    folder = Folder(path.parent)
    assert folder.size(only(folder)) == shown(folder).shape[:2]
    assert folder.size(only(folder)) == ((8, 12) if orientation < 5 else (12, 8))


@pytest.mark.parametrize("name", ["1.tiff", "1.webp", "1.gif", "1.bmp", "1.jpg"])
def test_every_format_is_encoded_anew(put, name):
    path = put(name, "blue")
    folder = Folder(path.parent)
    assert np.abs(shown(folder)[4, 6].astype(int) - [0, 0, 255]).max() < 8
    _, content = folder.picture(only(folder))
    assert content.startswith(b"\x89PNG")


def test_large_images_are_jpeg_and_no_larger_than_they_need_to_be(put, monkeypatch):
    path = put("1.png", size=(1200, 900))
    folder = Folder(path.parent)
    media_type, _ = folder.picture(only(folder))
    assert media_type == "image/jpeg"
    monkeypatch.setattr(folders, "LARGEST_SIDE", 600)
    assert shown(folder).shape == (450, 600, 3)
    assert folder.size(only(folder)) == (900, 1200)


def test_what_cannot_be_shown_says_why(put, monkeypatch):
    whole = put("whole.png").read_bytes()
    put("damaged.png", whole[: len(whole) // 2])
    put("empty.png", b"")
    put("text.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
    path = put("large.png", size=(20, 20))
    folder = Folder(path.parent)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 200)
    reasons = {"damaged.png": r"\w", "empty.png": "not an image", "text.png": "not an image",
               "large.png": "more than 200 pixels"}  # fmt: skip
    for name, reason in reasons.items():
        with pytest.raises(ValueError, match=reason) as error:
            folder.picture(folder.images[folder.find(name)])
        assert str(path.parent) not in str(error.value)
    with pytest.raises(ValueError, match="more than 200 pixels"):
        folder.size(folder.images[folder.find("large.png")])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_no_image(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    folder = Folder(tmp_path)
    with pytest.raises(ValueError, match="not a regular file"):
        folder.picture(only(folder))


def test_folders_that_are_none(put, tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        Folder(tmp_path / "none")
    with pytest.raises(NotADirectoryError, match="is a file"):
        Folder(put("1.png"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="there are no images"):
        Folder(tmp_path / "empty")
