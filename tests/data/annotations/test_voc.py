"""VOC's XML: what it can hold comes back, as the official layout has it; bombs are refused."""

import xml.etree.ElementTree as ElementTree

import pytest
from annotation_cases import annotations, close, said
from hypothesis import given

from minidl.data.annotations import AnnotatedImage, Annotations, Box, Tag, voc

#: In the layout of VOC2012's Annotations/2007_000032.xml.
OFFICIAL = """<annotation>
	<folder>VOC2012</folder>
	<filename>2007_000032.jpg</filename>
	<source>
		<database>The VOC2007 Database</database>
		<annotation>PASCAL VOC2007</annotation>
		<image>flickr</image>
	</source>
	<size>
		<width>500</width>
		<height>281</height>
		<depth>3</depth>
	</size>
	<segmented>1</segmented>
	<object>
		<name>aeroplane</name>
		<pose>Frontal</pose>
		<truncated>0</truncated>
		<difficult>0</difficult>
		<bndbox>
			<xmin>104</xmin>
			<ymin>78</ymin>
			<xmax>375</xmax>
			<ymax>183</ymax>
		</bndbox>
	</object>
	<object>
		<name>person</name>
		<difficult>1</difficult>
		<bndbox>
			<xmin>195.5</xmin>
			<ymin>180</ymin>
			<xmax>213</xmax>
			<ymax>229</ymax>
		</bndbox>
		<part>
			<name>head</name>
			<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox>
		</part>
	</object>
</annotation>
"""


def simple(text, name="a.png", size="<width>20</width><height>10</height>"):
    return (
        f"<annotation><filename>{name}</filename><size>{size}</size>\n"
        "<object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>5</xmax>"
        f"<ymax>5</ymax></bndbox></object>\n{text}</annotation>"
    )


@given(annotations(kinds=(Box,), sized=True))
def test_all_that_it_holds_comes_back(tmp_path_factory, before):
    folder = tmp_path_factory.mktemp("voc")
    lost = said(voc.write(before, folder))
    found, problems = voc.read(folder, classes=before.classes)
    assert [p for p in problems if "no XML file" not in p.what] == []
    assert found.classes == before.classes
    images = {image.path: image for image in found.images}
    assert set(images) == {image.path for image in before.images}
    told = any(box.annotator for image in before.images for box in image.shapes)
    assert ("who made" in lost) == told
    for image in before.images:
        other = images[image.path]
        assert (other.width, other.height) == (image.width, image.height)
        expected = dict.fromkeys(
            Box(b.label, b.x, b.y, b.width, b.height) for b in image.shapes
        )  # boxes that differed in their annotators only are the same now
        assert len(other.shapes) == len(expected)
        assert all(map(close, other.shapes, expected))


@given(annotations())
def test_what_is_lost_is_said(tmp_path_factory, before):
    folder = tmp_path_factory.mktemp("voc")
    lost = said(voc.write(before, folder))
    found = voc.read(folder).annotations
    for kind in ("Tag", "Polygon", "Mask"):
        there = any(type(s).__name__ == kind for image in before.images for s in image.shapes)
        assert (f"{kind.lower()}:" in lost or f"{kind.lower()}s:" in lost) == there
    if found.classes != before.classes and all(i.width for i in before.images):
        assert "lists no classes" in lost
    assert {i.path for i in found.images} == {i.path for i in before.images if i.width}
    assert all(f"{i.path}: its size" in lost for i in before.images if i.width is None)


def test_the_official_layout(tmp_path):
    (tmp_path / "2007_000032.xml").write_text(OFFICIAL)
    found, (problem,) = voc.read(tmp_path)
    assert problem.what == "1 object(s) marked as difficult are read as any other"
    assert found.classes == ("aeroplane", "person")
    (image,) = found.images
    assert (image.path, image.width, image.height) == ("2007_000032.jpg", 500, 281)
    assert image.shapes == (
        Box("aeroplane", 103, 77, 272, 106),
        Box("person", 194.5, 179, 18.5, 50),
    )


def test_pixels_count_from_one(tmp_path):
    whole = AnnotatedImage("in/a.png", 20, 10, [Box("cat", 0, 0, 20, 10)])
    assert voc.write(Annotations(["cat"], [whole]), tmp_path) == []
    tree = ElementTree.parse(tmp_path / "in" / "a.xml")
    values = {side: tree.findtext(f"object/bndbox/{side}") for side in voc.SIDES}
    assert values == {"xmin": "1", "ymin": "1", "xmax": "20", "ymax": "10"}
    assert tree.findtext("filename") == "a.png"


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("", 1, "not XML"),
        ("<annotation>\n<object></annotation>", 2, "mismatched tag"),
        ("<html/>", None, "root is <html>"),
        ("<annotation/>", 1, "no <filename>"),
        (simple("", name="../a.png"), 1, "inside its folder"),
        (simple("", size="<width>x</width><height>10</height>"), 1, "'x' is not a finite"),
        (simple("", size="<width>0</width><height>10</height>"), 1, "above 0"),
        (simple("<object><name>cat</name></object>"), 3, "no <xmin>"),
        (
            simple("<object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
                   "<xmax>22</xmax><ymax>5</ymax></bndbox></object>"),
            3, "reaches out of the image",
        ),
        (
            simple("<object><name>dog</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
                   "<xmax>2</xmax><ymax>5</ymax></bndbox></object>"),
            3, "unknown class 'dog'",
        ),
        (
            simple("<object><name>cat</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
                   "<xmax>two</xmax><ymax>5</ymax></bndbox></object>"),
            3, "'two' is not a finite number",
        ),
        (
            simple("<object><name>cat</name><bndbox><xmin>5</xmin><ymin>1</ymin>"
                   "<xmax>2</xmax><ymax>5</ymax></bndbox></object>"),
            3, "above 0",
        ),
    ],
)  # fmt: skip
def test_bad_files(tmp_path, content, line, message):
    (tmp_path / "bad.xml").write_text(content)
    (tmp_path / "good.xml").write_text(simple("", name="good.png"))
    found, (problem,) = voc.read(tmp_path, classes=["cat"])
    assert problem.where == str(tmp_path / "bad.xml") + (
        f", line {line}" if line and not problem.what.startswith("line") else ""
    )
    assert message in problem.what
    assert found.images[-1] == AnnotatedImage("good.png", 20, 10, [Box("cat", 0, 0, 5, 5)])
    assert (tmp_path / "bad.xml").read_text() == content


LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol">
""" + "".join(
    f'<!ENTITY lol{i} "{f"&lol{i - 1 or str()};" * 10}">\n' for i in range(1, 30)
) + "]>\n<annotation><filename>&lol29;</filename></annotation>"  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        LAUGHS,
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><annotation/>',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><annotation>&e;</annotation>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://localhost/">%p;]><annotation/>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused(tmp_path, document, encoding):
    (tmp_path / "bomb.xml").write_bytes(document.encode(encoding))
    found, (problem,) = voc.read(tmp_path)
    assert "a document type (DTD) is not allowed" in problem.what
    assert not found.images


def test_an_entity_that_nobody_declared(tmp_path):
    (tmp_path / "a.xml").write_text("<annotation>&e;</annotation>")
    assert "undefined entity" in said(voc.read(tmp_path).problems)


def test_two_files_for_one_image(tmp_path):
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_text(simple(""))
    found, (problem,) = voc.read(tmp_path)
    assert problem.where == f"{tmp_path / 'b.xml'}, line 1"
    assert "already" in problem.what
    assert len(found.images) == 1


def test_missing_images(tmp_path, pictures):
    (tmp_path / "xml").mkdir()
    for name in ("a", "z"):
        (tmp_path / "xml" / f"{name}.xml").write_text(simple("", name=f"{name}.png"))
    found, (problem,) = voc.read(tmp_path / "xml", pictures)
    assert [image.path for image in found.images] == ["a.png"]
    assert "there is no image file" in problem.what


def test_nothing_to_read(tmp_path):
    with pytest.raises(FileNotFoundError, match="no folder"):
        voc.read(tmp_path / "missing")
    assert "no XML file" in said(voc.read(tmp_path).problems)


def test_images_that_would_share_a_file(tmp_path):
    images = [AnnotatedImage(name, 5, 5, [Tag("a")]) for name in ("x/a.png", "x/A.jpg")]
    with pytest.raises(ValueError, match=r"'x/a.png' and 'x/A.jpg' would share"):
        voc.write(Annotations(["a"], images), tmp_path / "out")
    assert not (tmp_path / "out").exists()
