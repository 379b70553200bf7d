"""CSV: everything comes back, and bad rows are reported while the others are used."""

import csv

import pytest
from annotation_cases import annotations, said
from hypothesis import given

from minidl.data.annotations import AnnotatedImage, Annotations, Box, Mask, Polygon, Tag, table

HEADER = ",".join(table.COLUMNS) + "\n"


@given(annotations())
def test_everything_comes_back(tmp_path_factory, given_annotations):
    path = tmp_path_factory.mktemp("table") / "a.csv"
    lost = table.write(given_annotations, path)
    found, problems = table.read(path)
    assert not problems
    assert found.images == given_annotations.images
    assert bool(lost) == (found.classes != given_annotations.classes)
    # With the classes named, nothing is lost.
    assert table.read(path, classes=given_annotations.classes).annotations == given_annotations


@given(annotations())
def test_the_file_is_a_table_that_others_can_read(tmp_path_factory, given_annotations):
    path = tmp_path_factory.mktemp("table") / "a.csv"
    table.write(given_annotations, path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    shapes = [(i.path, s) for i in given_annotations.images for s in i.shapes or (None,)]
    assert len(rows) == len(shapes)
    for row, (image, shape) in zip(rows, shapes, strict=True):
        assert row["path"] == image
        if isinstance(shape, Box):
            assert [float(row[c]) for c in ("x", "y", "width", "height")] == [
                shape.x, shape.y, shape.width, shape.height,
            ]  # fmt: skip
        if shape is not None:
            assert row["label"] == shape.label
            assert (row["annotator"] or None) == shape.annotator


def test_a_simple_table(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("File,Class\nb/x.png,cat\ny.png,\nb/x.png,dog\n")
    found, problems = table.read(path)
    assert not problems
    assert found.classes == ("cat", "dog")
    assert [image.path for image in found.images] == ["b/x.png", "y.png"]
    assert found.images[0].shapes == (Tag("cat"), Tag("dog"))


def test_tensorflows_table(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "filename,width,height,class,xmin,ymin,xmax,ymax\r\na.jpg,640,480,cat,10,20,110,70\r\n"
    )
    found, problems = table.read(path)
    assert not problems
    (image,) = found.images
    assert (image.width, image.height) == (640, 480)
    assert image.shapes == (Box("cat", 10, 20, 100, 50),)


def test_sizes_come_from_the_images(tmp_path, pictures):
    path = tmp_path / "a.csv"
    path.write_text("path,label\na.png,cat\nb\\c.jpg,cat\n")
    found, problems = table.read(path, pictures)
    assert not problems
    assert [(i.path, i.width, i.height) for i in found.images] == [
        ("a.png", 20, 10),
        ("b/c.jpg", 20, 10),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a.png,20,10,dog,1,2,3,4,,,", "unknown class 'dog': did you mean 'dogs'"),
        ("a.png,20,10,cat,1,2,30,4,,,", r"box from \(1, 2\) to \(31, 6\) reaches out .* 20 × 10"),
        ("a.png,20,10,cat,-1,2,3,4,,,", "reaches out"),
        ("a.png,20,10,cat,1,2,3,0,,,", "above 0"),
        ("a.png,20,10,cat,1,2,3,x,,,", "'x' is not a finite number"),
        ("a.png,20,10,cat,1,2,3,nan,,,", "'nan' is not a finite number"),
        ("a.png,20,10,cat,1,2,3,1_0,,,", "'1_0' is not a finite number"),
        ("a.png,20,10,cat,1,2,3,,,,", "x, y, width: not a box"),
        ("a.png,20,10,,1,2,3,4,,,", "no label"),
        ("a.png,20,10,cat,,,,,0 0,,", "three corners"),
        ("a.png,20,10,cat,,,,,0 0 0,,", "a corner needs two numbers"),
        ('a.png,20,10,cat,,,,,"0 0, 90 0, 9 9",,', "polygon .* reaches out"),
        ("a.png,20,10,cat,,,,,,1 2,", "add up to 3"),
        ("a.png,20,10,cat,,,,,,1.5 198.5,", "whole number"),
        ("b/c.jpg,,,cat,,,,,,x,", "not a finite number"),
        ("a.png,20,,cat,,,,,,,", "only one of"),
        ("a.png,20,ten,cat,,,,,,,", "'ten' is not a finite number"),
        ("b/c.jpg,21,10,cat,,,,,,,", "said to have 21 × 10 pixels, but has 20 × 10"),
        ("a.png,21,10,cat,,,,,,,", "said to have 21 × 10 pixels, before it was 20 × 10"),
        ("a.png,20,10,cat,0,0,5,5,,,", "the same box is there already"),
        ("missing.png,,,cat,,,,,,,", r"there is no image file '.*missing\.png'"),
        ("../a.png,,,cat,,,,,,,", "inside its folder"),
        (",,,cat,,,,,,,", "a path needs"),
        ("a.png,cat", "2 fields instead of 11"),
        ('a.png,"x"y,,,,,,,,,', "not CSV"),
    ],
)
def test_bad_rows(tmp_path, pictures, row, message):
    path = tmp_path / "a.csv"
    good = "a.png,20,10,cat,0,0,5,5,,,\n"
    path.write_text(HEADER + good + row + "\n")
    before = path.read_bytes()
    found, problems = table.read(path, pictures, classes=["cat", "dogs"])
    assert len(problems) == 1
    assert problems[0].where == f"{path}, line 3"
    with pytest.raises(ValueError, match=message):
        raise ValueError(said(problems))
    assert found.images[0].of(Box) == [Box("cat", 0, 0, 5, 5)]
    assert path.read_bytes() == before


def test_lines_are_counted_through_line_breaks_in_fields(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('path,label,remark\na.png,cat,"two\nlines"\nb.png,cat\n')
    _, problems = table.read(path)
    assert problems[0].where == f"{path}, line 4"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no column 'path'; got nothing"),
        ("path,x\n", "no column 'label'"),
        ("path,label,file\n", "two columns for 'path'"),
        ('"path\n', "not CSV"),
    ],
)
def test_what_is_no_table(tmp_path, text, message):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=message) as error:
        table.read(path)
    assert f"{path}, line 1" in str(error.value)


def test_a_mask_needs_a_size(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("path,label,mask\na.png,cat,1 2\n")
    assert "needs the image's width and height" in said(table.read(path).problems)


def test_missing_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="no table"):
        table.read(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text("path,label\n")
    with pytest.raises(FileNotFoundError, match="no folder of images"):
        table.read(tmp_path / "a.csv", images=tmp_path / "images")


def test_a_file_that_is_not_text(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"path,label\n\xff,a\n")
    with pytest.raises(ValueError, match="not UTF-8"):
        table.read(tmp_path / "a.csv")


def test_long_masks_and_the_limit_of_others(tmp_path):
    before = csv.field_size_limit()
    mask = Mask("a", (400, 400), (1,) * 160_000)
    image = AnnotatedImage("a.png", 400, 400, [mask])
    table.write(Annotations(["a"], [image]), tmp_path / "a.csv")
    assert table.read(tmp_path / "a.csv").annotations.images == (image,)
    assert csv.field_size_limit() == before


def test_what_is_lost_is_said(tmp_path):
    polygon = Polygon("b", (((0, 0), (1, 0), (1, 1)),))
    two = Annotations(["a", "b", "c"], [AnnotatedImage("x.png", shapes=[polygon, Tag("a")])])
    (lost,) = table.write(two, tmp_path / "a.csv")
    assert "'c'" in lost
    (lost,) = table.write(Annotations(["a", "b"], two.images), tmp_path / "a.csv")
    assert "order" in lost
    assert table.write(Annotations(["b", "a"], two.images), tmp_path / "a.csv") == []
