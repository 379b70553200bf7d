"""Where windows lie, against a direct statement of Keras's rules."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minidl.ops.windows import windows

few = st.integers(1, 4)
sizes = st.integers(1, 12)


@given(n=sizes, k=few, s=few, d=few)
def test_same_is_keras_rule(n, k, s, d):
    w = windows("op", (n, 5), (k, 1), (s, 1), "same", (d, 1))
    assert w.out_size == (math.ceil(n / s), 5)
    # TensorFlow: n % s == 0 needs max(e − s, 0) of padding, else max(e − n % s, 0).
    e = d * (k - 1) + 1
    total = max(e - s, 0) if n % s == 0 else max(e - n % s, 0)
    assert w.pads == ((total // 2, total - total // 2), (0, 0))
    assert w.geometry == (s, 1, total // 2, 0, d, 1)


@given(n=sizes, k=few, s=few, d=few, before=st.integers(0, 3), after=st.integers(0, 3))
def test_valid_and_explicit_count_the_places_that_fit(n, k, s, d, before, after):
    places = [p for p in range(0, n + before + after, s) if p + d * (k - 1) < n + before + after]
    assume(places)
    w = windows("op", (3, n), (1, k), (1, s), ((0, 0), (before, after)), (1, d))
    assert w.out_size == (3, len(places))
    assert w.geometry == (1, s, 0, before, 1, d)
    if not before and not after:
        assert windows("op", (3, n), (1, k), (1, s), "valid", (1, d)) == w


@given(n=sizes, k=few, d=few)
def test_what_does_not_fit_is_refused(n, k, d):
    assume(d * (k - 1) + 1 > n)
    with pytest.raises(ValueError, match=f"^op: the {k} × 1 window.* does not fit in the {n} × 9"):
        windows("op", (n, 9), (k, 1), dilation_rate=(d, 1))


def test_the_error_says_dilation_and_padding():
    message = (
        r"op: the 3 × 3 window \(dilated to 5 × 5\) does not fit in the 3 × 2 image "
        r"\(padded to 4 × 2\); use a smaller window, a larger image or padding='same'"
    )
    with pytest.raises(ValueError, match=message):
        windows("op", (3, 2), 3, padding=((1, 0), (0, 0)), dilation_rate=2)


@pytest.mark.parametrize("argument", ["kernel_size", "strides", "dilation_rate"])
@pytest.mark.parametrize(
    ("value", "error"),
    [(0, ValueError), (-1, ValueError), ((1, 0), ValueError), ((1, 1, 1), ValueError),
     (1.0, TypeError), (True, TypeError), ("1", TypeError), (None, TypeError)],
)  # fmt: skip
def test_refuses_what_is_no_size(argument, value, error):
    options = {"kernel_size": 2, argument: value}
    named = "the window's size" if argument == "kernel_size" else argument
    with pytest.raises(error, match=f"^op: {named} needs .*, got "):
        windows("op", (9, 9), **options)


@pytest.mark.parametrize("value", ["vald", "full", 1, None, (1, 1), ((1, 1), (1,))])
def test_refuses_unknown_padding(value):
    with pytest.raises(ValueError, match=r"^op: padding needs 'valid', 'same' or .*, got "):
        windows("op", (9, 9), 2, padding=value)


def test_refuses_negative_padding():
    with pytest.raises(
        ValueError, match=r"^op: padding needs a whole number of at least 0, got -1"
    ):
        windows("op", (9, 9), 2, padding=((-1, 0), (0, 0)))


def test_defaults():
    spelt_out = windows("op", (9, 8), 3, strides=1, padding="valid", dilation_rate=1)
    assert windows("op", (9, 8), 3) == spelt_out
    assert (spelt_out.out_size, spelt_out.geometry) == ((7, 6), (1, 1, 0, 0, 1, 1))


@pytest.mark.parametrize("axis", [0, 1])
def test_a_window_that_just_fits(axis):
    for padding, room in (("valid", 5), (((1, 0), (0, 1)), 4)):
        size = [9, 9]
        size[axis] = room
        assert windows("op", size, 3, 4, padding, 2).out_size[axis] == 1
        size[axis] -= 1
        with pytest.raises(ValueError, match="does not fit"):
            windows("op", size, 3, 4, padding, 2)


def test_numpy_integers_are_whole_numbers():
    w = windows("op", np.array([9, 9]), np.int64(3), (np.int32(2), 1))
    assert w.out_size == (4, 7)
    assert {type(n) for n in w.geometry} == {int}
