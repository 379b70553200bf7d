"""Exports, read back by programs that are not ours."""

import csv
import json
import os

import numpy as np
import pytest
from PIL import Image

from minidl.data.labelset import LabelSet
from minidl.label import export
from minidl.label.annotation import Annotation, Box, Mask
from minidl.label.folder import Folder
from minidl.label.journal import Journal

CAT, DOG = Annotation("cat"), Annotation("dog")


@pytest.fixture
def say(tmp_path):
    """Write what annotators say, {image: {annotator: Annotation}}, to the journal."""

    def say(opinions):
        journal = Journal(tmp_path / "labels.jsonl")
        for image, said in opinions.items():
            for annotator, annotation in said.items():
                version = journal.state.saved(image, annotator).version
                journal.save(image, annotator, version, annotation)
        journal.close()

    return say


@pytest.fixture
def write(tmp_path):
    """Export to a file, and return its path and the report."""

    def write(name, **options):
        target = tmp_path / name
        folder = Folder(tmp_path / "images")
        return target, export.write(folder, tmp_path / "labels.jsonl", target, **options)

    return write


def rows(path):
    with open(path, newline="", encoding="utf-8", errors="surrogateescape") as file:
        return list(csv.reader(file))


def test_a_table(images, say, write):
    say(
        {
            "0.png": {"ann": CAT},
            "1.png": {"ann": DOG, "bob": DOG},
            "2.png": {"ann": CAT, "bob": DOG},
            "3.png": {"ann": CAT, "bob": DOG, "eve": DOG},
            "4.png": {"ann": Annotation(skipped=True)},
            "gone.png": {"ann": CAT},
        }
    )
    path, report = write("labels.csv")
    table = [["path", "label"], ["0.png", "cat"], ["1.png", "dog"], ["3.png", "dog"]]
    assert rows(path) == table
    assert report == export.Report(images=6, written=3, divided=1)
    path, report = write("labels.csv", annotator="ann")
    assert [label for _, label in rows(path)[1:]] == ["cat", "dog", "cat", "cat"]
    assert report.divided == 0
    assert rows(write("labels.csv", annotator="nobody")[0]) == [["path", "label"]]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_of_all_kinds_come_back(put, say, write):
    names = ['a,"b"\n.png', "=1+1.png", "\udcff.png", "猫.png"]
    for name in names:
        put(name)
    say({name: {"ann": Annotation(f"class of\n{name}")} for name in names})
    found = rows(write("labels.csv")[0])[1:]
    assert sorted(found) == sorted([name, f"class of\n{name}"] for name in names)
    assert b"\xff.png" in write("labels.csv")[0].read_bytes()


def test_folders_are_labels_until_somebody_says_otherwise(put, say, write):
    for name in ("cat/1.png", "cat/2.png", "cat/3.png", "dog/1.png", "1.png"):
        put(name)
    path, report = write("labels.csv")  # no journal yet
    assert len(rows(path)) == 5
    say({"cat/1.png": {"ann": DOG}, "cat/2.png": {"ann": Annotation(skipped=True)}})
    path, report = write("labels.csv")
    assert rows(path)[1:] == [["cat/1.png", "dog"], ["cat/3.png", "cat"], ["dog/1.png", "dog"]]
    assert report == export.Report(images=5, written=3, divided=0)


def test_coco(put, say, write):
    put("a.png", size=(6, 4))
    put("b/b.png", size=(30, 20))
    pixels = np.zeros((4, 6), bool)
    pixels[1:3, 2:5] = True
    mask = Mask("dog", (4, 6), (9, 2, 2, 2, 2, 2, 5))
    say(
        {
            "a.png": {"ann": Annotation(masks=(mask,))},
            "b/b.png": {"ann": Annotation("cat", (Box("nose", 1, 2.5, 10, 4),))},
        }
    )
    path, report = write("coco.json", classes=["cat"])
    coco = json.loads(path.read_text())
    assert report.written == 2
    assert coco["images"] == [
        {"id": 1, "file_name": "a.png", "width": 6, "height": 4},
        {"id": 2, "file_name": "b/b.png", "width": 30, "height": 20},
    ]
    assert coco["categories"] == [
        {"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}, {"id": 3, "name": "nose"}
    ]  # fmt: skip
    masked, boxed = coco["annotations"]
    assert boxed == {
        "id": 2, "image_id": 2, "category_id": 3, "bbox": [1, 2.5, 10, 4], "area": 40,
        "iscrowd": 0, "segmentation": [],
    }  # fmt: skip
    assert (masked["category_id"], masked["bbox"], masked["area"]) == (2, [2, 1, 3, 2], 6)
    counts = masked["segmentation"]["counts"]
    flat = np.concatenate([np.full(n, i % 2, bool) for i, n in enumerate(counts)])
    np.testing.assert_array_equal(flat.reshape(6, 4).T, pixels)
    assert report.lost == ("1 tag: COCO has no classes of whole images",)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_that_a_format_does_not_hold_are_left_out_and_said(put, say, write):
    for name in ("a.png", "b\n.png"):
        put(name)
    say(
        {
            name: {"ann": Annotation(boxes=(Box("cat", 1, 1, 2, 2),))}
            for name in ("a.png", "b\n.png")
        }
    )
    path, report = write("coco.json")
    assert [image["file_name"] for image in json.loads(path.read_text())["images"]] == ["a.png"]
    assert report.written == 1
    assert "b\n.png: left out" in report.lost[0]


def test_masks(put, say, write):
    put("b/1.jpg", size=(2, 2))
    put("b/2.png", size=(2, 2))
    put("c.png")
    dog, cat = Mask("dog", (2, 2), (0, 1, 3)), Mask("cat", (2, 2), (2, 2))
    say(
        {
            "b/1.jpg": {"ann": Annotation(masks=(dog, cat))},
            "b/2.png": {"ann": Annotation(masks=(cat,))},
            "c.png": {"ann": CAT},
        }
    )
    folder, report = write("masks", classes=["owl", "cat", "dog"])
    assert report.written == 2
    assert LabelSet.load(folder / "classes.json").names == ("owl", "cat", "dog")
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))
    assert files == ["b/1.png", "b/2.png"]
    with Image.open(folder / "b/1.png") as image:
        np.testing.assert_array_equal(np.asarray(image), [[3, 2], [0, 2]])
    with pytest.raises(ValueError, match="is there already"):
        write("masks")


def test_masks_of_too_many_classes(put, say, write, tmp_path):
    put("1.png", size=(2, 2))
    say({"1.png": {"ann": Annotation(masks=(Mask("cat", (2, 2), (0, 4)),))}})
    with pytest.raises(ValueError, match="at most 254 classes"):
        write("masks", classes=["cat", *map(str, range(255))])
    assert not (tmp_path / "masks").exists()


def test_a_failed_export_leaves_nothing_behind(put, say, write, tmp_path, monkeypatch):
    put("1.png", size=(2, 2))
    say({"1.png": {"ann": Annotation(masks=(Mask("cat", (2, 2), (0, 4)),))}})
    before = sorted(tmp_path.iterdir())

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    monkeypatch.setattr(csv, "writer", full)
    for name in ("masks", "labels.csv"):
        with pytest.raises(OSError, match="No space left"):
            write(name)
        assert sorted(tmp_path.iterdir()) == before


def test_another_suffix(images, write):
    with pytest.raises(ValueError, match=r"needs FILE\.csv, FILE\.json or a new folder"):
        write("labels.xml")
