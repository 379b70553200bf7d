"""Argument checks: what passes, what is refused, and in which words."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.runtime import checks


@pytest.mark.parametrize(
    ("name", "guess"),
    [("adm", "adam"), ("SGD", "SGD"), ("sgd", "SGD"), ("Adma", "adam"), ("zzz", None), (3, None)],
)
def test_unknown_name(name, guess):
    error = checks.unknown_name("optimizer", name, ["adam", "SGD", "rmsprop"])
    assert isinstance(error, ValueError)
    hint = f": did you mean {guess!r}?" if guess else ""
    assert str(error) == f"unknown optimizer {name!r}{hint} (known: SGD, adam, rmsprop)"


def test_nothing_is_known():
    assert str(checks.unknown_name("loss", "mse", [])) == "unknown loss 'mse' (known: )"


@pytest.mark.parametrize("value", [1, 7, np.int64(7), np.uint8(7), np.array(7)])
def test_integer(value):
    number = checks.integer(value, "units")
    assert type(number) is int
    assert number == value


@pytest.mark.parametrize("value", [1.0, 2.5, "3", None, True, np.True_, np.float64(2), (1,), [1]])
def test_integer_refuses_other_types(value):
    with pytest.raises(TypeError, match=r"^units needs a whole number, got "):
        checks.integer(value, "units")


@pytest.mark.parametrize(("value", "minimum"), [(0, 1), (-1, 0), (2, 3)])
def test_integer_refuses_what_is_too_small(value, minimum):
    with pytest.raises(ValueError, match=f"units needs a whole number of at least {minimum}, got"):
        checks.integer(value, "units", minimum)


def test_pair():
    assert checks.pair(3, "strides") == (3, 3)
    assert checks.pair([1, np.int32(2)], "strides") == (1, 2)
    assert checks.pair((0, 5), "strides", minimum=0) == (0, 5)


@pytest.mark.parametrize(
    ("value", "error"),
    [((1, 2, 3), ValueError), ((), ValueError), ((1,), ValueError), (0, ValueError),
     ((1, 0), ValueError), ((1, 2.0), TypeError), (True, TypeError), ("12", TypeError),
     (None, TypeError), (1.5, TypeError), (np.array([1, 2]), TypeError)],
)  # fmt: skip
def test_pair_refuses(value, error):
    with pytest.raises(error, match=r"^strides needs .*whole number.*, got"):
        checks.pair(value, "strides")


@pytest.mark.parametrize("value", [0, 1, 0.5, np.float32(0.5), np.int8(1)])
def test_real(value):
    number = checks.real(value, "rate", 0, 1)
    assert type(number) is float
    assert number == value


@pytest.mark.parametrize("value", ["0.5", None, True, 1j, [0.5], np.ones(1)])
def test_real_refuses_other_types(value):
    with pytest.raises(TypeError, match=r"^rate needs a number, got "):
        checks.real(value, "rate", 0, 1)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf, -math.inf])
def test_real_refuses_what_is_outside(value):
    with pytest.raises(ValueError, match=r"^rate needs a number in \[0, 1\], got "):
        checks.real(value, "rate", 0, 1)


@pytest.mark.parametrize("value", [0, 1])
def test_real_with_open_ends(value):
    assert checks.real(0.5, "rate", 0, 1, exclusive=True) == 0.5
    with pytest.raises(ValueError, match=r"^rate needs a number in \(0, 1\), got "):
        checks.real(value, "rate", 0, 1, exclusive=True)


def test_nan_is_refused_even_without_ends():
    with pytest.raises(ValueError, match="rate needs a number"):
        checks.real(math.nan, "rate")


def test_padding():
    assert checks.padding("VALID", "padding") == "valid"
    assert checks.padding("same", "padding") == "same"
    assert checks.padding([[1, 2], (0, np.int64(3))], "padding") == ((1, 2), (0, 3))


@pytest.mark.parametrize("value", ["vald", "full", 1, None, (1, 2), ((1, 2, 3), (1, 2)), [], 1.5])
def test_padding_refuses(value):
    message = r"^padding needs 'valid', 'same' or \(\(top, bottom\), \(left, right\)\), got "
    with pytest.raises(ValueError, match=message):
        checks.padding(value, "padding")


@pytest.mark.parametrize(
    ("value", "error"), [(((-1, 0), (0, 0)), ValueError), (((1, 1), (0.5, 0)), TypeError),
                         (((True, 0), (0, 0)), TypeError)],
)  # fmt: skip
def test_padding_refuses_what_is_no_width(value, error):
    with pytest.raises(error, match=r"^padding needs a whole number"):
        checks.padding(value, "padding")


@given(st.floats(-2, 2), st.floats(-2, 2))
def test_span(a, b):
    assert checks.span((a, b), "x", -2, 2) == (min(a, b), max(a, b))
    assert checks.span(a, "x", -2, 2) == (-abs(a), abs(a))
    assert checks.span(a, "x", 0, 2) == (0, abs(a))
    assert checks.span(a, "x", 0, 9, centre=1.0) == (max(1 - abs(a), 0), 1 + abs(a))


@pytest.mark.parametrize("value", [2.1, -2.1, (0, 2.1), (0,), (0, 1, 2), "a", None, np.nan, True])
def test_span_refuses(value):
    with pytest.raises((ValueError, TypeError), match=r"x needs a number"):
        checks.span(value, "x", -2, 2)


@pytest.mark.parametrize("y", [[], [0, 2], np.array([1], np.uint8), np.zeros(3, np.int32)])
def test_class_numbers(y):
    numbers = checks.class_numbers(y, "y", 3)
    assert numbers.dtype == np.int64
    assert numbers.tolist() == list(y)


@pytest.mark.parametrize("y", [[0.0], [[0]], ["a"], [True], 0, [None], [0, 3], [-1], [2**63]])
def test_class_numbers_refuses(y):
    with pytest.raises(ValueError, match=r"^y needs "):
        checks.class_numbers(y, "y", 3)


def test_class_numbers_of_any_number_of_classes():
    assert checks.class_numbers([0, 10**9], "y").tolist() == [0, 10**9]
    with pytest.raises(ValueError, match="of at least 0, got -1 at index 1"):
        checks.class_numbers([0, -1], "y")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_probabilities(dtype):
    p = np.random.default_rng(0).dirichlet(np.ones(10), 50).astype(dtype)
    assert checks.probabilities(p, "p").dtype == np.float64


@pytest.mark.parametrize(
    "p", [[0.5, 0.5], [[1.0]], [[0.6, 0.6]], [[1.1, -0.1]], [[np.nan, 1]], [["a", "b"]], [[1j, 1]]]
)
def test_probabilities_refuses(p):
    with pytest.raises(ValueError, match=r"^p needs "):
        checks.probabilities(p, "p")


@pytest.mark.parametrize("text", ["a", "black cat", "猫\u3000犬", "x" * 200, "👩\u200d🔬"])
def test_line(text):
    assert checks.line(text, "name") == text


@pytest.mark.parametrize(
    "text", ["", " a", "a ", "a\nb", "a\x00", "\ud800", "a\u2028b", "\ufffe", "x" * 201, None, 3]
)
def test_line_refuses(text):
    with pytest.raises(ValueError, match=r"^name needs 1 to 200 characters"):
        checks.line(text, "name")
