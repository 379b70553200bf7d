"""NumPy's functions in tiles, against NumPy's functions: the same bits and dtypes."""

from unittest import mock

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.kernels import elementwise
from minidl.runtime import threads

DTYPES = ["float32", "float64"]
#: One under and several over the size from which work is cut into tiles.
LARGE_SHAPES = [(100, 300), (200, 300), (64, 14, 14, 32), (500_001,), (1, 70_000), (70_000, 1)]


@pytest.fixture
def _small_is_large():
    """Send small arrays down the way of large ones, in several tiles."""
    with (
        mock.patch.object(elementwise, "LARGE", 1),
        mock.patch.object(elementwise, "RUN", 8),
        mock.patch.object(threads, "GRAIN", 4),
    ):
        yield


def numbers(shape, dtype="float64", seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def same_bits(found, expected):
    return (found.dtype, found.shape, found.tobytes()) == (
        expected.dtype,
        expected.shape,
        expected.tobytes(),
    )


def broadcast(draw_shapes):
    return hnp.mutually_broadcastable_shapes(num_shapes=draw_shapes, max_dims=4, max_side=6)


def test_broadcasting_as_numpy():
    @given(shapes=broadcast(2), dtypes=st.tuples(*[st.sampled_from([*DTYPES, "int32"])] * 2))
    def check(shapes, dtypes):
        x, y = (
            (10 * numbers(s, seed=i)).astype(d)
            for i, (s, d) in enumerate(zip(shapes.input_shapes, dtypes, strict=True))
        )
        for ufunc in (np.add, np.subtract, np.multiply, np.maximum):
            assert same_bits(elementwise.apply(ufunc, x, y), np.asarray(ufunc(x, y)))

    check()
    with (
        mock.patch.object(elementwise, "LARGE", 1),
        mock.patch.object(elementwise, "RUN", 8),
        mock.patch.object(threads, "GRAIN", 4),
    ):
        check()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", LARGE_SHAPES)
def test_large_arrays_as_numpy(shape, dtype):
    x = numbers(shape, dtype)
    partners = [numbers(shape, dtype, 1), numbers(shape[-1:], dtype, 2), numbers((), dtype, 3)]
    if len(shape) > 1:
        partners.append(numbers((*shape[:-1], 1), dtype, 4))
        partners.append(numbers((1, *shape[1:]), dtype, 5))
    for y in partners:
        assert same_bits(elementwise.apply(np.subtract, x, y), x - y)
        assert same_bits(elementwise.apply(np.subtract, y, x), y - x)
    assert same_bits(elementwise.apply(np.negative, x), -x)


SCALARS = [2, 2.5, True, np.float32(2.5), np.float64(2.5), np.int64(2), np.bool_(True)]


@pytest.mark.parametrize("dtype", [*DTYPES, "float16", "int64", "bool"])
@pytest.mark.parametrize("scalar", SCALARS, ids=lambda s: f"{type(s).__name__}")
@pytest.mark.parametrize("size", [10, 2 * elementwise.LARGE])
def test_scalars_promote_as_in_numpy(size, scalar, dtype):
    x = (10 * numbers(size)).astype(dtype)
    assert same_bits(elementwise.apply(np.multiply, x, scalar), x * scalar)
    assert same_bits(elementwise.apply(np.multiply, scalar, x), scalar * x)


@pytest.mark.usefixtures("_small_is_large")
@pytest.mark.parametrize("view", [np.transpose, np.flip, lambda a: a[::2, 1::3], np.asfortranarray])
def test_any_layout_and_inputs_are_left(view):
    x, y = view(numbers((9, 12))), view(numbers((9, 12), seed=1))
    x.flags.writeable = y.flags.writeable = False
    before = x.copy(), y.copy()
    assert np.array_equal(elementwise.apply(np.add, x, y), before[0] + before[1])
    assert np.array_equal(x, before[0])
    assert np.array_equal(y, before[1])


@pytest.mark.parametrize("size", [10, 10 * elementwise.LARGE])
def test_floating_point_errors_are_the_callers_choice(size):
    x, zeros = np.ones(size), np.zeros(size)
    with np.errstate(divide="ignore"):
        assert np.isinf(elementwise.apply(np.divide, x, zeros)).all()
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError, match="divide by zero"):
        elementwise.apply(np.divide, x, zeros)


def test_shapes_that_do_not_broadcast_are_refused():
    with pytest.raises(ValueError, match="broadcast"):
        elementwise.apply(np.add, np.ones((300, 200)), np.ones((200, 300)))


def test_same_bits_for_every_number_of_threads(set_num_threads):
    x, g = numbers((701, 301), "float32"), numbers((701, 301), "float32", 1)
    results = []
    for n in (1, 2, 3):
        set_num_threads(n)
        results.append(
            (
                elementwise.apply(np.exp, x).tobytes(),
                elementwise.sum_rows(x).tobytes(),
                elementwise.relu_backward(g[:50], x[:50]).tobytes(),
            )
        )
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(1, 5), (7, 1), (701, 301), (20_001, 3)])
def test_sum_rows(shape, dtype):
    whole = np.random.default_rng(1).integers(-9, 10, shape)
    found = elementwise.sum_rows(whole.astype(dtype))
    assert found.dtype == dtype
    assert np.array_equal(found, whole.sum(axis=0))  # sums of whole numbers are exact


@pytest.mark.usefixtures("_small_is_large")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (1,), (3, 5), (0, 4)])
def test_relu_backward(shape, dtype):
    gradient, output = numbers(shape, dtype), np.maximum(numbers(shape, dtype, 1), 0)
    found = elementwise.relu_backward(gradient, output)
    assert same_bits(found, np.where(output > 0, gradient, np.zeros((), dtype)))


@pytest.mark.usefixtures("_small_is_large")
def test_relu_backward_of_any_layout():
    gradient = np.broadcast_to(np.float32([1, 2, 3]), (4, 3))
    output = np.maximum(numbers((3, 4), "float32"), 0).T
    found = elementwise.relu_backward(gradient, output)
    assert np.array_equal(found, gradient * (output > 0))


@pytest.mark.parametrize("shape", [(), (3, 0), (7, 5), (3, 40_001)])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_blockwise_is_the_function(shape, dtype):
    x = np.random.default_rng(6).integers(-9, 10, shape).astype(dtype)
    for view in (x, x.T, x[..., ::-1]) if x.ndim else (x,):
        found = elementwise.blockwise(lambda a: np.abs(a) * 2 + 1, view)
        assert found.dtype == dtype
        assert np.array_equal(found, np.abs(view) * 2 + 1)


@pytest.mark.usefixtures("_small_is_large")
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("slope", [0.2, 0.0, -1.5])
def test_scale_negative(dtype, slope):
    values, x = numbers((9, 12), dtype, 1), numbers((9, 12), dtype)
    x[0, :3] = 0, -0.0, np.nan
    expected = np.where(x > 0, values, np.dtype(dtype).type(slope) * values)
    assert same_bits(elementwise.scale_negative(values, x, slope), expected)
    assert same_bits(elementwise.scale_negative(values.T, x.T, slope), expected.T.copy())
