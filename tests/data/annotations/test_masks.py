"""Pictures of masks: pixels come back, the palette is the label set's, the rest is said."""

import numpy as np
import pytest
from annotation_cases import annotations, said
from hypothesis import given
from PIL import Image

from minidl.data.annotations import AnnotatedImage, Annotations, Box, Mask, Polygon, masks
from minidl.data.labelset import LabelSet


@given(annotations(kinds=(Mask,), sized=True, suffixes=(".png",)))
def test_pixels_come_back(tmp_path_factory, before):
    folder = tmp_path_factory.mktemp("masks")
    lost = said(masks.write(before, folder))
    found, problems = masks.read(folder)
    assert problems == []
    assert found.classes == before.classes
    images = {image.path: image for image in found.images}
    assert set(images) == {image.path for image in before.images}
    for image in before.images:
        # What is seen, pixel by pixel: the last mask wins.
        expected = np.full((image.height, image.width), -1)
        for mask in image.shapes:
            expected[mask.pixels()] = before.classes.index(mask.label)
        got = np.full_like(expected, -1)
        for mask in images[image.path].shapes:
            assert (got[mask.pixels()] == -1).all()
            got[mask.pixels()] = before.classes.index(mask.label)
        np.testing.assert_array_equal(got, expected)
        overlap = sum(m.pixels().astype(int) for m in image.shapes)
        assert (f"{image.path}: " in lost and "below another" in lost) or np.max(overlap) <= 1
        labels = [mask.label for mask in image.shapes]
        assert "merged" in lost or len(set(labels)) == len(labels)
    told = any(mask.annotator for image in before.images for mask in image.shapes)
    assert ("who made" in lost) == told


@given(annotations())
def test_what_is_lost_is_said(tmp_path_factory, before):
    folder = tmp_path_factory.mktemp("masks")
    lost = said(masks.write(before, folder))
    for kind in ("Tag", "Box", "Polygon"):
        there = any(type(s).__name__ == kind for image in before.images for s in image.shapes)
        plural = {"Box": "boxes"}.get(kind, f"{kind.lower()}s")
        assert (f"{kind.lower()}:" in lost or f"{plural}:" in lost) == there
    assert ("the endings" in lost) == any(i.path.endswith(".jpg") for i in before.images)
    for image in before.images:
        assert (f"{image.path}: its size" in lost) == (image.width is None)


def test_the_picture(tmp_path):
    mask = Mask.of("dog", np.eye(3, 4, dtype=bool))
    data = Annotations(["cat", "dog"], [AnnotatedImage("in/a.png", 4, 3, [mask])])
    labels = LabelSet(["cat", "dog"])
    assert masks.write(data, tmp_path, labels) == []
    with Image.open(tmp_path / "in" / "a.png") as image:
        assert image.mode == "P"
        np.testing.assert_array_equal(np.asarray(image), 2 * np.eye(3, 4))
        colours = np.asarray(image.convert("RGB"))
    np.testing.assert_array_equal(colours[0, 0], labels.colors()[1])
    np.testing.assert_array_equal(colours[0, 1], [0, 0, 0])
    assert LabelSet.load(tmp_path / "classes.json") == labels


def test_images_give_the_paths(tmp_path, pictures):
    mask = Mask.of("cat", np.ones((10, 20)))
    data = Annotations(["cat"], [AnnotatedImage("b/c.jpg", 20, 10, [mask])])
    masks.write(data, tmp_path / "masks")
    found, problems = masks.read(tmp_path / "masks", pictures)
    assert problems == []
    assert found == data


def test_polygons_become_pixels(tmp_path):
    polygon = Polygon("cat", (((0, 0), (2, 0), (2, 2), (0, 2)),))
    data = Annotations(["cat"], [AnnotatedImage("a.png", 4, 3, [polygon, Box("cat", 0, 0, 1, 1)])])
    masks.write(data, tmp_path)
    (image,) = masks.read(tmp_path).annotations.images
    assert image.shapes[0].pixels().sum() == 4


def test_vocs_pictures(tmp_path):
    """255 is what VOC leaves open; other numbers that are no class are reported."""
    numbers = np.array([[0, 1, 255], [9, 9, 1]], np.uint8)
    Image.fromarray(numbers).save(tmp_path / "a.png")
    found, (problem,) = masks.read(tmp_path, classes=["cat"])
    assert problem.where == str(tmp_path / "a.png")
    assert "2 pixels of the unknown class 9: known are 1 to 1" in problem.what
    np.testing.assert_array_equal(found.images[0].shapes[0].pixels(), numbers == 1)


def test_bad_pictures(tmp_path, pictures):
    folder = tmp_path / "masks"
    folder.mkdir()
    Image.new("RGB", (20, 10)).save(folder / "a.png")
    Image.new("L", (20, 10)).save(folder / "z.png")
    (folder / "b").mkdir()
    (folder / "b" / "c.png").write_text("no image")
    found, problems = masks.read(folder, pictures, classes=["cat"])
    assert not found.images
    text = said(problems)
    assert "a palette or 8-bit grey, got the kind 'RGB'" in text
    assert "z.png: there is no image for it" in text
    assert "cannot read the mask" in text


def test_the_folder_is_made(tmp_path):
    assert masks.write(Annotations(["a"], []), tmp_path / "new" / "masks") == []
    assert masks.read(tmp_path / "new" / "masks").annotations.classes == ("a",)


def test_what_is_refused(tmp_path):
    many = Annotations([str(i) for i in range(255)], [])
    with pytest.raises(ValueError, match="at most 254 classes, got 255"):
        masks.write(many, tmp_path)
    with pytest.raises(ValueError, match="labels has the classes b"):
        masks.write(Annotations(["a"], []), tmp_path, LabelSet(["b"]))
    with pytest.raises(FileNotFoundError, match="no label set"):
        masks.read(tmp_path)
    with pytest.raises(FileNotFoundError, match="no folder of masks"):
        masks.read(tmp_path / "missing")
