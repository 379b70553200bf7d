"""Annotations as JSON: what comes back, and what is refused."""

import json

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from minidl.data.annotations import runs
from minidl.label.annotation import Annotation, Box, Mask, check_fits, from_json

NAMES = st.text(min_size=1, max_size=9).filter(str.strip)
SIDES = st.floats(0.001, 1e6)
BOXES = st.builds(Box, NAMES, st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), SIDES, SIDES)


@st.composite
def masks(draw):
    height, width = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    cuts = sorted(draw(st.lists(st.integers(0, height * width), max_size=6)))
    counts = np.diff([0, *cuts, height * width]).tolist()
    return Mask(draw(NAMES), (height, width), tuple(counts))


ANNOTATIONS = st.builds(
    Annotation,
    st.none() | NAMES,
    st.lists(BOXES, max_size=3).map(tuple),
    st.lists(masks(), max_size=2).map(tuple),
    st.booleans(),
)


@given(ANNOTATIONS)
def test_json_comes_back(annotation):
    assert from_json(json.loads(json.dumps(annotation.to_json()))) == annotation


@given(masks())
def test_counts_are_runs_column_by_column(mask):
    flat = [i % 2 == 1 for i, count in enumerate(mask.counts) for _ in range(count)]
    height, width = mask.size
    by_column = [[flat[x * height + y] for x in range(width)] for y in range(height)]
    np.testing.assert_array_equal(runs.decode(mask.counts, height, width), by_column)


def box(**changed):
    return {"class": "a", "x": 0, "y": 0, "width": 1, "height": 1} | changed


def mask(**changed):
    return {"class": "a", "size": [2, 2], "counts": [1, 3]} | changed


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "an annotation needs an object"),
        ([], "an annotation needs an object"),
        ({"clas": "a"}, "unknown"),
        ({"class": ""}, "a name needs text"),
        ({"class": "  "}, "a name needs text"),
        ({"class": 3}, "a name needs text"),
        ({"class": "a" * 256}, "a name needs text"),
        ({"skipped": 1}, "'skipped' needs true or false"),
        ({"boxes": {}}, "boxes: needs a list"),
        ({"boxes": [box()] * 10_001}, "boxes: needs a list of at most 10,000"),
        ({"boxes": [{"class": "a"}]}, "a box lacks"),
        ({"boxes": [box(x="0")]}, "'x' needs a number"),
        ({"boxes": [box(x=True)]}, "'x' needs a number"),
        ({"boxes": [box(y=float("nan"))]}, "'y' needs a number"),
        ({"boxes": [box(y=float("inf"))]}, "'y' needs a number"),
        ({"boxes": [box(y=10**400)]}, "'y' needs a number"),
        ({"boxes": [box(width=0)]}, "width and height above 0"),
        ({"boxes": [box(height=-1)]}, "width and height above 0"),
        ({"masks": [mask(size=[2])]}, "a mask needs size"),
        ({"masks": [mask(size=[2, 2.0])]}, "a mask needs size"),
        ({"masks": [mask(counts=[5, -1])]}, "a mask needs size"),
        ({"masks": [mask(counts=[1, 2])]}, "add up to 3"),
        ({"masks": [mask(counts="13")]}, "counts: needs a list"),
    ],
)
def test_what_is_no_annotation(value, message):
    with pytest.raises(ValueError, match=message):
        from_json(value)


def test_a_box_needs_to_lie_in_the_image():
    check_fits(Annotation(boxes=(Box("a", 0, 0, 4, 3),)), 3, 4)
    for outside in (Box("a", 0, 0, 4.5, 3), Box("a", 0, 1, 4, 3), Box("a", -1, 0, 2, 2)):
        with pytest.raises(ValueError, match="does not lie in the image of 4 × 3 pixels"):
            check_fits(Annotation(boxes=(outside,)), 3, 4)


def test_masks_need_the_size_of_the_image_and_pixels_of_their_own():
    first, second = Mask("a", (2, 2), (0, 2, 2)), Mask("b", (2, 2), (2, 1, 1))
    check_fits(Annotation(masks=(first, second)), 2, 2)
    with pytest.raises(ValueError, match="a mask has size"):
        check_fits(Annotation(masks=(first,)), 4, 1)
    with pytest.raises(ValueError, match="one mask, not several"):
        check_fits(Annotation(masks=(first, Mask("a", (2, 2), (3, 1)))), 2, 2)
    with pytest.raises(ValueError, match="overlap"):
        check_fits(Annotation(masks=(first, Mask("b", (2, 2), (1, 2, 1)))), 2, 2)
