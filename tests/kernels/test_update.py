"""Adam's update, against its formula in a plain loop of float64 numbers."""

import math
from unittest import mock

import numpy as np
import pytest

from minidl.kernels import update
from minidl.runtime import threads

RATES = (0.01, 0.1, 0.001, 1e-7)  # step size, 1 − β₁, 1 − β₂, ε


def by_formula(weight, gradient, mean, square, rates):
    step, a, b, epsilon = rates
    rows = []
    for w, g, m, v in zip(*(x.ravel().tolist() for x in (weight, gradient, mean, square)),
                          strict=True):  # fmt: skip
        m = (1 - a) * m + a * g
        v = (1 - b) * v + b * g * g
        rows.append((w - step * m / (math.sqrt(v) + epsilon), m, v))
    return [np.reshape(column, weight.shape) for column in zip(*rows, strict=True)]


def state(shape, dtype, seed=0):
    rng = np.random.default_rng(seed)
    weight, gradient, mean = (rng.normal(size=shape).astype(dtype) for _ in range(3))
    return weight, gradient, mean, rng.uniform(0.5, 1.5, shape).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(), (1,), (7, 5, 3)])
@pytest.mark.parametrize("grain", [1, threads.GRAIN])
def test_adam_by_formula(shape, dtype, grain):
    arrays = state(shape, dtype)
    gradient = arrays[1].copy()
    expected = by_formula(*arrays, RATES)
    with mock.patch.object(threads, "GRAIN", grain):
        update.adam(*arrays, RATES)
    # A dozen roundings of numbers about 1, those of the four rates included.
    tolerance = 12 * np.finfo(dtype).eps
    for found, true in zip((arrays[0], *arrays[2:]), expected, strict=True):
        np.testing.assert_allclose(found, true, rtol=tolerance, atol=tolerance)
    assert np.array_equal(arrays[1], gradient)


def test_adam_by_hand():
    weight, gradient = np.array([1.0, 1.0]), np.array([2.0, 0.0])
    mean, square = np.array([0.0, 4.0]), np.array([0.0, 16.0])
    update.adam(weight, gradient, mean, square, (0.5, 0.5, 0.25, 0.0))
    # Means 0 + (2 − 0) / 2 and 4 − 4 / 2; squares 0 + (4 − 0) / 4 and 16 − 16 / 4.
    assert mean.tolist() == [1, 2]
    assert square.tolist() == [1, 12]
    np.testing.assert_allclose(weight, [0.5, 1 - 0.5 * 2 / math.sqrt(12)], rtol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("sign", [1, -1])
def test_denormal_moments_become_zero(dtype, sign):
    tiny = np.finfo(dtype).tiny
    size = 5
    mean = np.full(size, sign * tiny, dtype)
    square = np.full(size, tiny, dtype)
    gradient = np.zeros(size, dtype)
    weight = np.ones(size, dtype)
    update.adam(weight, gradient, mean, square, RATES)
    assert not mean.any()
    assert not square.any()
    assert np.array_equal(weight, np.ones(size, dtype))


def test_normal_moments_are_kept():
    smallest = np.finfo("float32").tiny
    mean, square = np.full(1, 4 * smallest), np.full(1, 4 * smallest)
    update.adam(np.ones(1, "float32"), np.zeros(1, "float32"), mean, square, (0.1, 0.5, 0.5, 1.0))
    assert mean.item() == square.item() == 2 * smallest


def test_nan_shows_in_the_weight():
    arrays = [np.ones(3, "float32") for _ in range(4)]
    arrays[1][1] = np.nan
    update.adam(*arrays, RATES)
    assert np.isnan(arrays[0]).tolist() == [False, True, False]


def test_same_bits_for_every_number_of_threads(set_num_threads):
    results = []
    with mock.patch.object(threads, "GRAIN", 10):
        for n in (1, 2, 3):
            set_num_threads(n)
            arrays = state((31, 7), "float32", 1)
            update.adam(*arrays, RATES)
            results.append([a.tobytes() for a in arrays])
    assert results[0] == results[1] == results[2]
