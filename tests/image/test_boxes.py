"""Boxes and key points, against the pixels that they are about."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import matrices

from minidl import image
from minidl.image import boxes, geometry, warping

SIZE = 40, 50


@st.composite
def some_boxes(draw, most=4, whole=True):
    """Boxes inside an image of `SIZE`, at least 4 pixels wide and high."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(1, most))
    low = rng.uniform(0, [SIZE[1] - 5, SIZE[0] - 5], (count, 2))
    high = rng.uniform(low + 4, [SIZE[1], SIZE[0]])
    found = np.concatenate([low, high], axis=1)
    return np.concatenate([np.floor(low), np.ceil(high)], axis=1) if whole else found


def drawn(box):
    canvas = np.zeros(SIZE)
    x0, y0, x1, y1 = (int(v) for v in box)
    canvas[y0:y1, x0:x1] = 1
    return canvas


def bright(canvas, least=0.5):
    """The box of all pixels that are at least so bright."""
    rows, columns = np.nonzero(canvas >= least)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])


gentle = st.tuples(
    st.floats(-180, 180), st.floats(0.6, 1.6), st.floats(-0.3, 0.3), st.floats(-8, 8)
)


@given(box=some_boxes(most=1), how=gentle)
def test_boxes_follow_the_pixels(box, how):
    angle, factor, slant, dx = how
    matrix = geometry.compose(
        geometry.rotation(angle, SIZE),
        geometry.scaling(factor, factor, SIZE),
        geometry.shearing(slant, 0, SIZE),
        geometry.translation(dx + 60, 60),
    )
    # On a canvas that everything fits on, a pixel is bright if its centre lies in the rectangle.
    seen = bright(image.affine(drawn(box[0]), matrix, (200, 200), "nearest"))
    moved = boxes.move_boxes(box, lambda points: geometry.move(matrix, points))[0]
    assert (moved[:2] <= seen[:2] + 0.5 + 1e-9).all()
    assert (moved[2:] >= seen[2:] - 0.5 - 1e-9).all()
    # As tight as can be told: in a sharp corner there need not be a centre at once.
    assert np.abs(moved - seen).max() <= 2


@given(
    box=some_boxes(most=1), quarters=st.integers(0, 3), dx=st.integers(-9, 9), flip=st.booleans()
)
def test_boxes_follow_exactly_where_pixels_do(box, quarters, dx, flip):
    matrix = geometry.compose(
        geometry.rotation(90 * quarters, SIZE),
        geometry.flipping(flip, False, SIZE),
        geometry.translation(dx + 65, 60),
    )
    seen = image.affine(drawn(box[0]), matrix, (200, 200))
    moved = boxes.move_boxes(box, lambda points: geometry.move(matrix, points))[0]
    np.testing.assert_array_equal(moved, bright(seen, 1e-9))


@given(box=some_boxes(most=1), seed=st.integers(0, 99))
def test_boxes_follow_a_flow(box, seed):
    noise = np.random.default_rng(seed).normal(size=(1, *SIZE, 2))
    flow = warping.smooth_flow(noise, 1.5, 5)[0]
    moved = boxes.move_boxes(box, lambda points: warping.move_through(flow, points))
    seen = image.warp(drawn(box[0]), flow, fill_mode="constant")
    inside, kept = boxes.clip_boxes(moved, SIZE)
    if kept.all():
        assert np.abs(inside[0] - bright(seen)).max() <= 1.5


@given(given_boxes=some_boxes(whole=False), matrix=matrices())
def test_an_affine_box_is_that_of_its_corners(given_boxes, matrix):
    def move(points):
        return geometry.move(matrix, points)

    moved = boxes.move_boxes(given_boxes, move)
    for box, found in zip(given_boxes, moved, strict=True):
        corners = move(np.array([[x, y] for x in box[::2] for y in box[1::2]]))
        expected = [*corners.min(axis=0), *corners.max(axis=0)]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6)


@given(given_boxes=some_boxes(whole=False), shift=st.floats(-60, 60), share=st.floats(0, 1))
def test_what_is_cut_off_and_what_is_dropped(given_boxes, shift, share):
    moved = np.add(given_boxes, [shift, 0, shift, 0])
    found, kept = boxes.clip_boxes(moved, SIZE, share)
    assert kept.shape == (len(moved),)
    assert len(found) == kept.sum()
    assert ((found >= 0) & (found <= [SIZE[1], SIZE[0]] * 2)).all()
    for box, is_kept in zip(moved, kept, strict=True):
        width = min(box[2], SIZE[1]) - max(box[0], 0)
        left = max(width, 0) / (box[2] - box[0])
        if abs(left - share) > 1e-9:
            assert is_kept == (left > 0 and left > share)


def test_visibility():
    points = [[5, 5, 2], [45, 5, 1], [0, 0, 0]]
    found = boxes.move_points(points, lambda p: geometry.move(geometry.translation(10, 0), p), SIZE)
    np.testing.assert_array_equal(found, [[15, 5, 2], [55, 5, 0], [0, 0, 0]])
    found = boxes.move_points([[45, 5]], lambda p: np.add(p, [10, 0]), SIZE)
    np.testing.assert_array_equal(found, [[55, 5]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: boxes.as_boxes([[1, 2, 3]]), r"shape \(M, 4\), .* got \(1, 3\)"),
        (lambda: boxes.as_boxes([1, 2, 3, 4]), r"got \(4,\)"),
        (lambda: boxes.as_boxes([[0, 0, 1, 1], [3, 2, 3, 4]]), r"box 1 is \[3.0, 2.0, 3.0, 4.0\]"),
        (lambda: boxes.as_boxes([[0, 0, np.nan, 1]]), "box 0 is .*nan"),
        (lambda: boxes.clip_boxes([[0, 0, 1, 1]], SIZE, 1.5), "min_share needs a number in"),
        (lambda: boxes.move_points([[1, 2, 3, 4]], None, SIZE), r"\(K, 2\) or \(K, 3\)"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("empty", [[], np.empty((0, 4)), np.empty((0, 0))])
def test_no_boxes(empty):
    assert boxes.move_boxes(empty, lambda points: points).shape == (0, 4)
    found, kept = boxes.clip_boxes(empty, SIZE)
    assert (found.shape, kept.shape) == ((0, 4), (0,))
