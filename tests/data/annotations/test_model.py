"""The model: what shapes refuse, and the pixels and boxes that follow from them."""

import numpy as np
import pytest
from annotation_cases import masks, polygons
from hypothesis import given
from hypothesis import strategies as st

from minidl.data.annotations import AnnotatedImage, Annotations, Box, Mask, Polygon, Tag, runs
from minidl.data.annotations.model import relative


@given(masks(["a"], 7, 5))
def test_the_box_of_a_mask(mask):
    rows, columns = np.nonzero(mask.pixels())
    box = mask.box
    assert (box.x, box.y) == (columns.min(), rows.min())
    assert (box.x + box.width, box.y + box.height) == (columns.max() + 1, rows.max() + 1)


@given(masks(["a"], 7, 5))
def test_runs_are_the_pixels_column_by_column(mask):
    flat = [value for column in mask.pixels().T for value in column]
    rebuilt = []
    for i, count in enumerate(mask.counts):
        rebuilt += [i % 2 == 1] * count
    assert rebuilt == flat
    assert Mask.of("a", mask.pixels(), mask.annotator) == mask


def test_the_same_mask_has_the_same_counts():
    assert Mask("a", (2, 2), (0, 1, 0, 1, 2)) == Mask("a", (2, 2), (0, 2, 2))


@given(polygons(["a"], 9, 7))
def test_the_pixels_of_a_polygon_are_those_whose_centre_is_inside(polygon):
    expected, near = np.zeros((7, 9), bool), np.zeros((7, 9), bool)
    centers = np.stack(np.meshgrid(np.arange(9) + 0.5, np.arange(7) + 0.5), -1)
    for part in polygon.parts:
        corners = np.array(part)
        ends = np.roll(corners, -1, axis=0)
        # How many edges lie to the right of each centre: odd is inside.
        for row, column in np.ndindex(7, 9):
            x, y = centers[row, column]
            crossings = 0
            for (x0, y0), (x1, y1) in zip(corners, ends, strict=True):
                if (y0 > y) != (y1 > y):
                    at = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
                    crossings += at > x
                    near[row, column] |= abs(at - x) < 1e-9
            expected[row, column] |= crossings % 2 == 1
    # A centre on the outline itself may count either way.
    np.testing.assert_array_equal(polygon.pixels(7, 9)[~near], expected[~near])


def test_as_many_pixels_as_the_area():
    corners = [(1.2, 1.1), (87.3, 15.7), (60.2, 98.9), (4.1, 72.3)]
    pairs = zip(corners, corners[1:] + corners[:1], strict=True)
    area = abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2  # shoelace
    assert Polygon("a", (corners,)).pixels(100, 100).sum() == pytest.approx(area, rel=0.005)


def test_polygons_that_reach_out_are_cut_off():
    huge = (((-1e6, -1e6), (1e6, -1e6), (1e6, 1e6), (-1e6, 1e6)),)
    assert Polygon("a", huge).pixels(3, 4).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Tag(""), "label"),
        (lambda: Tag("a\nb"), "label"),
        (lambda: Tag(" a"), "label"),
        (lambda: Tag("a", ""), "annotator"),
        (lambda: Box("a", 0, 0, 0, 1), "above 0, got 0 × 1"),
        (lambda: Box("a", 0, 0, 1, -1), "above 0"),
        (lambda: Box("a", float("nan"), 0, 1, 1), "finite"),
        (lambda: Box("a", "0", 0, 1, 1), "finite"),
        (lambda: Polygon("a", ()), "three corners"),
        (lambda: Polygon("a", (((0, 0), (1, 1)),)), "three corners"),
        (lambda: Polygon("a", (((0, 0), (1, 0), (2, 0)),)), "above 0"),
        (lambda: Polygon("a", [[1, 2, 3]]), r"corners \(x, y\)"),
        (lambda: Polygon("a", 3), r"corners \(x, y\)"),
        (lambda: Mask("a", (2, 2, 2), (3,)), "size needs one whole number or two"),
        (lambda: Mask("a", (2, 2), (3,)), "add up to 3, but its size is 2 × 2"),
        (lambda: Mask("a", (2, 2), (4,)), "at least one pixel"),
        (lambda: Mask("a", (2, 2), (5, -1)), "counts"),
        (lambda: Mask("a", (0, 2), ()), "size"),
        (lambda: Mask("a", (10**6, 10**6), (0, 10**12)), "at most"),
        (lambda: AnnotatedImage("a", 3), "together"),
        (lambda: AnnotatedImage("a", 0, 3), "width"),
        (lambda: AnnotatedImage("a", 3, 3, [Mask("a", (2, 2), (3, 1))]), "2 × 2"),
        (lambda: Annotations(["a", "a"], []), "'a' is there twice"),
        (lambda: Annotations(["a"], [AnnotatedImage("x"), AnnotatedImage("x")]), "image 'x'"),
        (lambda: Annotations(["cat"], [AnnotatedImage("x", shapes=[Tag("cats")])]), "'cat'"),
        (lambda: relative("/a"), "inside its folder"),
        (lambda: relative("a/../../b"), "inside its folder"),
        (lambda: relative("..\\b"), "inside its folder"),
        (lambda: relative("C:\\b"), "inside its folder"),
        (lambda: relative("\\\\server\\b"), "inside its folder"),
        (lambda: relative(""), "characters"),
        (lambda: relative("."), "name of a file"),
        (lambda: relative("a\0"), "characters"),
    ],
)
def test_what_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Annotations("cat", []), "classes need a list, got the text 'cat'"),
        (lambda: Annotations([3], []), "classes cannot hold 3"),
        (lambda: Annotations(["cat"], ["x"]), "images cannot hold 'x'"),
        (lambda: AnnotatedImage("a.png", shapes=["cat"]), "a.png: shapes cannot hold 'cat'"),
    ],
)
def test_other_types_are_refused(make, message):
    with pytest.raises(TypeError, match=message):
        make()


@given(st.lists(st.integers(0, 2**20), min_size=1, max_size=20))
def test_packed_runs(counts):
    assert runs.unpack(_pack(counts)) == tuple(counts)


def _pack(counts):
    """As rleToString of pycocotools has it."""
    text = ""
    for i, count in enumerate(counts):
        value = count - counts[i - 2] if i > 2 else count
        while True:
            bits, value = value & 31, value >> 5
            more = value != -1 if bits & 16 else value != 0
            text += chr(48 + (bits | 32 if more else bits))
            if not more:
                break
    return text


@pytest.mark.parametrize("text", ["\x00", "o", "p0é"])
def test_bad_packed_runs(text):
    with pytest.raises(ValueError, match="packed run lengths"):
        runs.unpack(text)


@given(masks(["a"], 9, 6))
def test_as_pycocotools(mask):
    """With ``pip install -e ".[compare]"``."""
    coco = pytest.importorskip("pycocotools.mask")
    packed = coco.encode(np.asfortranarray(mask.pixels().astype(np.uint8)))
    assert runs.unpack(packed["counts"].decode()) == mask.counts
