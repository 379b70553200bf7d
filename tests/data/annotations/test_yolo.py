"""YOLO's text: what it can hold comes back, and bad lines are reported."""

import pytest
from annotation_cases import NAMES, annotations, close, said
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from minidl.data.annotations import AnnotatedImage, Annotations, Box, Polygon, yolo


def save_images(data, folder):
    for image in data.images:
        path = folder / "images" / image.path
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (image.width or 5, image.height or 5)).save(path)
    (folder / "images").mkdir(exist_ok=True)


def held(shape):
    return isinstance(shape, Box) or (isinstance(shape, Polygon) and len(shape.parts) == 1)


def without_annotator(shape):
    if isinstance(shape, Box):
        return Box(shape.label, shape.x, shape.y, shape.width, shape.height)
    return Polygon(shape.label, shape.parts)


@given(annotations())
def test_all_that_it_holds_comes_back_and_the_rest_is_said(tmp_path_factory, before):
    folder = tmp_path_factory.mktemp("yolo")
    save_images(before, folder)
    lost = said(yolo.write(before, folder))
    found, problems = yolo.read(folder)
    assert problems == []
    assert found.classes == before.classes
    images = {image.path: image for image in found.images}
    assert set(images) == {image.path for image in before.images}
    for image in before.images:
        if image.width is None:
            assert f"{image.path}: its size" in lost
            continue
        other = images[image.path]
        assert (other.width, other.height) == (image.width, image.height)
        expected = dict.fromkeys(without_annotator(s) for s in image.shapes if held(s))
        assert len(other.shapes) == len(expected)
        assert all(map(close, other.shapes, expected))
        several = [s for s in image.of(Polygon) if len(s.parts) > 1]
        assert (f"{image.path}: {len(several)} polygon(s)" in lost) == bool(several)
    shapes = [shape for image in before.images for shape in image.shapes]
    for kind in ("Tag", "Mask"):
        there = any(type(shape).__name__ == kind for shape in shapes)
        assert (f"{kind.lower()}:" in lost or f"{kind.lower()}s:" in lost) == there
    assert ("who made" in lost) == any(s.annotator for s in shapes if isinstance(s, Box | Polygon))


@given(st.lists(NAMES, min_size=1, max_size=5, unique=True))
def test_the_names_are_yaml(tmp_path_factory, names):
    """With ``pip install -e ".[compare]"``."""
    yaml = pytest.importorskip("yaml")
    folder = tmp_path_factory.mktemp("yolo")
    yolo.write(Annotations(names, []), folder)
    content = yaml.safe_load((folder / "data.yaml").read_text(encoding="utf-8"))
    assert content["names"] == dict(enumerate(names))


def test_the_format(tmp_path, pictures):
    image = AnnotatedImage("a.png", 20, 10, [Box("dog", 5, 0, 10, 5)])
    assert yolo.write(Annotations(["cat", "dog"], [image]), tmp_path) == []
    text = (tmp_path / "labels" / "a.txt").read_text()
    assert [float(n) for n in text.split()] == [1, 0.5, 0.25, 0.5, 0.5]
    assert (tmp_path / "data.yaml").read_text().startswith("path: .\ntrain: images\n")


def test_a_data_set_as_it_is_downloaded(tmp_path, pictures):
    (tmp_path / "labels" / "b").mkdir(parents=True)
    (tmp_path / "labels" / "b" / "c.txt").write_text("1 0.5 0.5 1 1\r\n0 0 0 0.5 0 0.5 0.5\r\n")
    (tmp_path / "labels" / "classes.txt").write_text("cat\ndog\n")
    found, problems = yolo.read(tmp_path)
    assert problems == []
    assert found.classes == ("cat", "dog")
    assert found.images == (
        AnnotatedImage("a.png", 20, 10),
        AnnotatedImage(
            "b/c.jpg",
            20,
            10,
            [Box("dog", 0, 0, 20, 10), Polygon("cat", (((0, 0), (10, 0), (10, 5)),))],
        ),
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2 0.5 0.5 1 1", "unknown class '2': known are 0 to 1"),
        ("-1 0.5 0.5 1 1", "unknown class '-1'"),
        ("cat 0.5 0.5 1 1", "unknown class 'cat'"),
        ("1.0 0.5 0.5 1 1", "unknown class '1.0'"),
        ("0 0.5 0.5 1", "3 numbers after the class"),
        ("0", "0 numbers after the class"),
        ("0 0.5 0.5 1 1 0.9", "5 numbers after the class"),
        ("0 0.5 0.5 1 x", "'x' is not a finite number"),
        ("0 0.5 0.5 1 nan", "'nan' is not a finite number"),
        ("0 0.5 0.5 1 0", "above 0"),
        ("0 0.9 0.5 0.5 0.5", "reaches out of the image"),
        ("0 5 5 10 5", "reaches out of the image"),
        ("0 0 0 1 0 1 2", "reaches out of the image"),
        ("1 0.5 0.5 0.5 0.5", "the same box is there already"),
    ],
)
def test_bad_lines(tmp_path, pictures, line, message):
    path = tmp_path / "labels" / "a.txt"
    path.parent.mkdir()
    path.write_text(f"1 0.5 0.5 0.5 0.5\n\n{line}\n")
    found, (problem,) = yolo.read(tmp_path, classes=["cat", "dog"])
    assert problem.where == f"{path}, line 3"
    assert message in problem.what
    assert found.images[0].shapes == (Box("dog", 5, 2.5, 10, 5),)
    assert path.read_text().endswith(f"{line}\n")


def test_files_without_images_and_damaged_images(tmp_path, pictures):
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "z.txt").write_text("0 0.5 0.5 1 1\n")
    (tmp_path / "labels" / "a.txt").write_bytes(b"\xff\xfe")
    (pictures / "bad.png").write_text("no image")
    found, problems = yolo.read(tmp_path, classes=["cat"])
    assert [image.path for image in found.images] == ["a.png", "b/c.jpg"]
    text = said(problems)
    assert f"z.txt: there is no image for it in {str(pictures)!r}" in text
    assert "a.txt: " in text
    assert "not UTF-8" in text
    assert "cannot read image" in text
    assert len(problems) == 3


def test_nothing_that_names_the_classes(tmp_path, pictures):
    with pytest.raises(FileNotFoundError, match=r"holds none of data\.yaml"):
        yolo.read(tmp_path)
    with pytest.raises(FileNotFoundError, match="no folder"):
        yolo.read(tmp_path / "missing")
    (tmp_path / "data.yaml").write_text("names: 3")
    with pytest.raises(ValueError, match="needs a list"):
        yolo.read(tmp_path)
