"""COCO: what it can hold comes back, as pycocotools reads it, and bad entries are reported."""

import json

import numpy as np
import pytest
from annotation_cases import annotations, said
from hypothesis import given

from minidl.data.annotations import AnnotatedImage, Annotations, Box, Mask, Polygon, Tag, coco

#: In the layout of instances_val2017.json, whose names and ids are kept, cut to what matters.
OFFICIAL = {
    "info": {"description": "COCO 2017 Dataset", "year": 2017},
    "licenses": [{"id": 4, "name": "Attribution License", "url": "http://example.org"}],
    "images": [
        {
            "license": 4,
            "file_name": "000000397133.jpg",
            "coco_url": "http://example.org/val2017/000000397133.jpg",
            "height": 427,
            "width": 640,
            "date_captured": "2013-11-14 17:02:52",
            "id": 397133,
        }
    ],
    "annotations": [
        {
            "segmentation": [[224.24, 297.18, 228.29, 297.18, 234.91, 298.29, 225.34, 297.55]],
            "area": 1481.38,
            "iscrowd": 0,
            "image_id": 397133,
            "bbox": [217.62, 240.54, 38.99, 57.75],
            "category_id": 44,
            "id": 82445,
        },
        {
            "segmentation": {"counts": [10, 20, 640 * 427 - 30], "size": [427, 640]},
            "area": 20,
            "iscrowd": 1,
            "image_id": 397133,
            "bbox": [0, 10, 1, 20],
            "category_id": 67,
            "id": 900100006700,
        },
    ],
    "categories": [
        {"supercategory": "kitchen", "id": 44, "name": "bottle"},
        {"supercategory": "furniture", "id": 67, "name": "dining table"},
    ],
}


def write_json(path, content):
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@given(annotations(kinds=(Box, Polygon, Mask), sized=True))
def test_all_that_it_holds_comes_back(tmp_path_factory, before):
    path = tmp_path_factory.mktemp("coco") / "a.json"
    assert coco.write(before, path) == []
    assert coco.read(path) == (before, [])


@given(annotations())
def test_what_is_lost_is_said(tmp_path_factory, before):
    path = tmp_path_factory.mktemp("coco") / "a.json"
    lost = said(coco.write(before, path))
    found, problems = coco.read(path)
    assert not problems
    assert ("tag" in lost) == any(image.of(Tag) for image in before.images)
    expected = [image for image in before.images if image.width is not None]
    assert [i.path for i in found.images] == [i.path for i in expected]
    for image in before.images:
        assert (f"{image.path}: its size" in lost) == (image.width is None)
    for image, other in zip(expected, found.images, strict=True):
        assert list(other.shapes) == image.of(Box, Polygon, Mask)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@given(annotations(kinds=(Box, Polygon, Mask), sized=True))
def test_as_pycocotools_reads_it(tmp_path_factory, before):
    """With ``pip install -e ".[compare]"``."""
    judge = pytest.importorskip("pycocotools.coco")
    path = tmp_path_factory.mktemp("coco") / "a.json"
    coco.write(before, path)
    theirs = judge.COCO()
    theirs.dataset = json.loads(path.read_text(encoding="utf-8"))
    theirs.createIndex()
    names = {c["id"]: c["name"] for c in theirs.loadCats(theirs.getCatIds())}
    for number, image in enumerate(before.images, 1):
        entries = theirs.loadAnns(theirs.getAnnIds([number]))
        assert [names[e["category_id"]] for e in entries] == [s.label for s in image.shapes]
        for entry, shape in zip(entries, image.shapes, strict=True):
            box = shape.box
            assert entry["bbox"] == [box.x, box.y, box.width, box.height]
            if isinstance(shape, Mask):
                np.testing.assert_array_equal(theirs.annToMask(entry), shape.pixels())


def test_the_official_layout(tmp_path):
    found, problems = coco.read(write_json(tmp_path / "a.json", OFFICIAL))
    assert "1 crowd(s)" in said(problems)
    assert found.classes == ("bottle", "dining table")
    (image,) = found.images
    assert (image.path, image.width, image.height) == ("000000397133.jpg", 640, 427)
    polygon, mask = image.shapes
    assert polygon.parts == (
        ((224.24, 297.18), (228.29, 297.18), (234.91, 298.29), (225.34, 297.55)),
    )
    np.testing.assert_array_equal(np.argwhere(mask.pixels())[:, 0], np.arange(10, 30))
    assert mask.label == "dining table"


def test_packed_masks(tmp_path):
    content = json.loads(json.dumps(OFFICIAL))
    packed = {"counts": "525", "size": [3, 4]}
    content["images"][0] |= {"width": 4, "height": 3}
    content["annotations"] = [content["annotations"][1] | {"segmentation": packed, "iscrowd": 0}]
    (image,) = coco.read(write_json(tmp_path / "a.json", content)).annotations.images
    assert image.shapes == (Mask("dining table", (3, 4), (5, 2, 5)),)


BAD = {
    "an unknown category": ({"category_id": 3}, "there is no category of id 3"),
    "an unknown image": ({"image_id": 3}, "there is no image of id 3"),
    "no box": ({"bbox": None, "segmentation": []}, 'needs a "bbox"'),
    "half a box": ({"bbox": [1, 2], "segmentation": []}, 'needs a "bbox"'),
    "a box outside": ({"bbox": [600, 1, 41, 5], "segmentation": []}, "reaches out of the image"),
    "an empty box": ({"bbox": [1, 1, 0, 5], "segmentation": []}, "above 0"),
    "text for a number": ({"bbox": [1, 1, "a", 5], "segmentation": []}, "'a' is not a finite"),
    "a list for a number": ({"bbox": [1, 1, [2], 5], "segmentation": []}, "not a finite number"),
    "true for a number": ({"bbox": [1, 1, True, 5], "segmentation": []}, "not a finite number"),
    "infinity": ({"bbox": [1, 1, float("inf"), 5], "segmentation": []}, "not a finite number"),
    "a huge integer": ({"bbox": [1, 1, 10**400, 5], "segmentation": []}, "not a finite number"),
    "odd polygon": ({"segmentation": [[1, 2, 3]]}, "x1, y1, x2, y2"),
    "two corners": ({"segmentation": [[1, 2, 3, 4]]}, "three corners"),
    "a number for a polygon": ({"segmentation": 5}, "x1, y1, x2, y2"),
    "text for a polygon": ({"segmentation": "abc"}, "x1, y1, x2, y2"),
    "a short mask": ({"segmentation": {"counts": [1], "size": [427, 640]}}, "add up to 1"),
    "a mask of another size": ({"segmentation": {"counts": [1, 3], "size": [2, 2]}}, "2 × 2"),
    "a mask without size": ({"segmentation": {"counts": [1, 3]}}, '"size"'),
    "a huge mask": ({"segmentation": {"counts": [0, 10**12], "size": [10**6, 10**6]}}, "at most"),
    "a damaged mask": ({"segmentation": {"counts": "\x00", "size": [2, 2]}}, "packed run lengths"),
    "a second of its id": ({"id": 82445}, "an annotation of this id already"),
    "a bad annotator": ({"annotator": 3}, "annotator"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_annotations(tmp_path, name):
    change, message = BAD[name]
    content = json.loads(json.dumps(OFFICIAL))
    del content["annotations"][1]
    content["annotations"].append(content["annotations"][0] | {"id": 7} | change)
    path = write_json(tmp_path / "a.json", content)
    before = path.read_bytes()
    found, problems = coco.read(path)
    assert len(problems) == 1
    assert problems[0].where == f"{path}, annotation {change.get('id', 7)}"
    assert message in problems[0].what
    assert len(found.images[0].shapes) == 1
    assert path.read_bytes() == before


def test_bad_images_and_categories(tmp_path):
    content = json.loads(json.dumps(OFFICIAL))
    content["images"] += [
        {"id": 397133, "file_name": "other.jpg"},
        {"id": 2, "file_name": "../out.jpg"},
        {"id": 3},
        {"file_name": "x.jpg"},
        {"id": 4, "file_name": "000000397133.jpg", "width": 640, "height": 427},
        {"id": 5, "file_name": "y.jpg", "width": -1, "height": 5},
        3,
    ]
    content["categories"] += [{"id": 44, "name": "x"}, {"id": 1, "name": "bottle"}, {"id": 2}, None]
    content["categories"] += [{"id": 6, "name": "two\nlines"}]
    content["annotations"] += [
        content["annotations"][0] | {"id": 1, "image_id": 2},
        "x",
    ]
    path = write_json(tmp_path / "a.json", content)
    found, problems = coco.read(path)
    assert len(found.images) == 1
    assert len(found.images[0].shapes) == 2
    assert {problem.where.removeprefix(f"{path}, ") for problem in problems} >= {
        "image 397133", "image 2", "image 3", "image number 5", "image 4", "image 5",
        "image number 8", "category 44", "category 1", "category 2", "category number 6",
        "category 6",
        "annotation number 4",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1, column 1: not JSON"),
        ('{"images": [],\n "annotations": [}', "line 2, column 18: not JSON"),
        ("[]", "not COCO"),
        ('{"images": [], "annotations": []}', "not COCO"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_bad_files(tmp_path, text, message):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        coco.read(path)
    assert str(path) in str(error.value)


def test_missing_images_are_left_out(tmp_path, pictures):
    images = [AnnotatedImage(name, 20, 10, [Box("a", 1, 1, 2, 2)]) for name in ("a.png", "z.png")]
    path = tmp_path / "a.json"
    coco.write(Annotations(["a"], images), path)
    found, (problem,) = coco.read(path, pictures)
    assert found.images == (images[0],)
    assert problem.where == f"{path}, image 2"
    assert "there is no image file" in problem.what


def test_known_classes(tmp_path):
    path = write_json(tmp_path / "a.json", OFFICIAL)
    found, problems = coco.read(path, classes=["cup", "bottle"])
    assert found.classes == ("cup", "bottle")
    assert [type(shape) for shape in found.images[0].shapes] == [Polygon]
    assert "unknown class 'dining table'" in said(problems)
