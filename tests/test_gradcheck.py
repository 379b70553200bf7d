"""The checker of gradients accepts right ones, and rejects what is a little wrong."""

import re

import numpy as np
import pytest

from minidl import Tensor, check_grads, ops
from minidl.autograd import primitive

X = np.array([[0.3, -0.7], [1.1, 0.4]])


def cube_with(slope, curvature=None):
    """Return x³ with another first derivative, and one for that derivative, both times g."""

    @primitive
    def cube(x):
        return x**3

    @primitive
    def first(x):
        return slope(x)

    cube.def_vjps(lambda g, y, x: g * first(x))
    first.def_vjps(lambda g, y, x: g * (curvature or (lambda x: 6 * x))(x))
    return cube


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: ops.sin(x) * ops.exp(y),
        lambda x, y: x @ y,
        lambda x, y: (x**2).sum() / (2 + ops.cos(y)),
        lambda x, y: x,  # y is not used
        lambda x, y: Tensor(np.ones(3)),  # nothing is
    ],
)
def test_accepts_right_gradients(f, order):
    check_grads(f, X, X.T + 0.1, order=order)


def test_accepts_our_own_cube():
    check_grads(cube_with(lambda x: 3 * x**2), X, order=2)


@pytest.mark.parametrize("factor", [1.001, 0.999, -1, 0])
def test_rejects_a_gradient_wrong_everywhere(factor):
    with pytest.raises(AssertionError, match=r"the gradient by input 0 at index \(0, 0\) is "):
        check_grads(cube_with(lambda x: factor * 3 * x**2), X)


@pytest.mark.parametrize("index", [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_rejects_a_gradient_wrong_in_one_place(index):
    def slope(x):
        slope = 3 * x**2
        slope[index] *= 1.001
        return slope

    with pytest.raises(AssertionError, match=re.escape(f"by input 0 at index {index} is ")):
        check_grads(cube_with(slope), X)


def test_names_the_input_and_both_values():
    wrong = cube_with(lambda x: 2 * 3 * x**2)
    with pytest.raises(AssertionError) as caught:
        check_grads(lambda x, y: x * wrong(y).sum(), np.ones(1), np.array([2.0]))
    # The weight w of the sum is between 0.5 and 1.5: the values are 24 w and 12 w.
    found = re.fullmatch(
        r"check_grads: the gradient by input 1 at index \(0,\) is (\S+), "
        r"but differences give (\S+)",
        str(caught.value),
    )
    analytic, numeric = map(float, found.groups())
    assert analytic == pytest.approx(2 * numeric, rel=1e-8)
    assert 6 < numeric < 18


@pytest.mark.parametrize("factor", [1.001, 0])
def test_rejects_a_wrong_second_derivative(factor):
    wrong = cube_with(lambda x: 3 * x**2, lambda x: factor * 6 * x)
    check_grads(wrong, X)
    with pytest.raises(AssertionError, match=r"^in the gradient by input 0: .*by input 0 at index"):
        check_grads(wrong, X, order=2)


def test_rejects_raw_numpy_in_a_vjp():
    @primitive
    def square(x):
        return x**2

    square.def_vjps(lambda g, y, x: g * 2 * np.asarray(x))
    check_grads(square, X)
    with pytest.raises(AssertionError, match="in the gradient by input 0"):
        check_grads(square, X, order=2)


def test_rejects_a_missing_gradient():
    @primitive
    def product(x, y):
        return x * y

    product.def_vjps(lambda g, z, x, y: g * y, None)
    with pytest.raises(AssertionError, match="by input 1 at index"):
        check_grads(product, X, X)


def test_rejects_a_function_that_changes():
    rng = np.random.default_rng(0)
    with pytest.raises(AssertionError, match="check_grads: "):
        check_grads(lambda x: x * rng.normal(), X)


def test_inputs_are_left():
    x = X.copy()
    check_grads(lambda x: x * x, x, order=2)
    assert np.array_equal(x, X)


@pytest.mark.parametrize("order", [0, -1])
def test_refuses_orders_that_there_are_not(order):
    with pytest.raises(ValueError, match="check_grads: order needs a whole number of at least 1"):
        check_grads(lambda x: x, X, order=order)
