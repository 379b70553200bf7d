"""Where arguments of operations begin to be wrong: the last that is right, the first that is not.

Convolutions, poolings and windows have such tests beside their own.
"""

import numpy as np
import pytest

from minidl import Tensor, grad, ops

ROW, SQUARE = np.arange(4.0), np.arange(16.0).reshape(4, 4)
EMPTY = np.ones((0, 3))
IMAGES = np.arange(24.0).reshape(1, 3, 4, 2)


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        (lambda: ops.average_pool2d(IMAGES, 2, 1, ((1, 1), (1, 1))), (1, 4, 5, 2)),
        (lambda: ops.batch_norm(SQUARE, ROW, ROW, axis=-2, epsilon=1), (4, 4)),
        (lambda: ops.concatenate([SQUARE, SQUARE], -2), (8, 4)),
        (lambda: ops.concatenate([SQUARE, SQUARE], 1), (4, 8)),
        (lambda: ops.dropout(SQUARE, 0), (4, 4)),
        (lambda: ops.dropout(SQUARE, 0.999), (4, 4)),
        (lambda: ops.full_like(np.ones(3, int), 2), (3,)),
        (lambda: ops.full_like(np.ones(3), 2.5), (3,)),
        (lambda: ops.group_norm(SQUARE, 1), (4, 4)),
        (lambda: ops.group_norm(SQUARE, 4), (4, 4)),
        (lambda: ops.layer_norm(SQUARE, axis=(-2, 1), epsilon=1), (4, 4)),
        (lambda: ops.layer_norm(SQUARE + SQUARE.T**2, epsilon=0), (4, 4)),
        (lambda: ops.one_hot([], 1), (0, 1)),
        (lambda: ops.one_hot([0], 1), (1, 1)),
        (lambda: ops.one_hot([0, 2], 3), (2, 3)),
        (lambda: ops.pad(SQUARE, 0), (4, 4)),
        (lambda: ops.pad(np.ones(3, int), 1, constant_values=2.0), (5,)),
        (lambda: ops.pad(ROW, 0, "reflect", constant_values=0), (4,)),
        (lambda: ops.repeat(SQUARE, 0, -2), (0, 4)),
        (lambda: ops.repeat(SQUARE, 2, 1), (4, 8)),
        (lambda: ops.resize(IMAGES, 1), (1, 1, 1, 2)),
        (lambda: ops.roll(ROW, np.int64(3)), (4,)),
        (lambda: ops.roll(ROW, np.uint8(3)), (4,)),
        (lambda: ops.split(SQUARE, 1)[0], (4, 4)),
        (lambda: ops.split(SQUARE, 4, -2)[3], (1, 4)),
        (lambda: ops.split(SQUARE, 2, 1)[1], (4, 2)),
        (lambda: ops.split(SQUARE, [-4])[0], (0, 4)),
        (lambda: ops.take(SQUARE, [-4, 3], -2), (2, 4)),
        (lambda: ops.take(SQUARE, [-16, 15]), (2,)),
        (lambda: ops.take(SQUARE, []), (0,)),
        (lambda: ops.tile(SQUARE, 0), (4, 0)),
        (lambda: ops.tile(ROW, 2), (8,)),
    ],
)
def test_the_last_that_is_right(call, shape):
    assert call().shape == shape


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ops.average_pool2d(IMAGES, 2, 1, ((2, 1), (1, 1))), ValueError,
         "average_pool2d: with padding .* hold padding alone"),
        (lambda: ops.average_pool2d(IMAGES[0], 2), ValueError, "average_pool2d: x needs 4 axes"),
        (lambda: ops.batch_norm(SQUARE, ROW, ROW, axis=2), ValueError,
         "batch_norm: axis needs a whole number from -2 to 1, got 2"),
        (lambda: ops.batch_norm(SQUARE, ROW, ROW, axis=-3), ValueError,
         "batch_norm: axis needs a whole number of at least -2, got -3"),
        (lambda: ops.batch_norm(SQUARE, ROW, ROW[1:]), ValueError,
         r"batch_norm: variance needs shape \(4,\), got \(3,\)"),
        (lambda: ops.batch_norm(SQUARE, ROW[:1], ROW), ValueError, "batch_norm: mean needs shape"),
        (lambda: ops.batch_norm(SQUARE, ROW, ROW, ROW[1:]), ValueError, "batch_norm: gamma needs"),
        (lambda: ops.batch_norm(SQUARE, ROW, ROW, None, ROW[1:]), ValueError,
         "batch_norm: beta needs"),
        (lambda: ops.batch_norm(SQUARE, ROW, ROW, epsilon=-1e-9), ValueError,
         r"batch_norm: epsilon needs a number in \[0, inf\], got -1e-09"),
        (lambda: ops.batch_norm(SQUARE, ROW.astype(int), ROW), TypeError,
         "batch_norm: mean needs float32 or float64, got int64"),
        (lambda: ops.concatenate([SQUARE, SQUARE], 2), ValueError, "concatenate: axis needs"),
        (lambda: ops.concatenate([SQUARE, SQUARE], -3), ValueError, "concatenate: axis needs"),
        (lambda: ops.concatenate([]), ValueError, "concatenate: need at least one array"),
        (lambda: ops.dropout(SQUARE, 1), ValueError, r"dropout: rate needs a number in \[0, 1\)"),
        (lambda: ops.dropout(SQUARE, 1.001), ValueError, r"dropout: rate .* in \[0, 1\], got 1.0"),
        (lambda: ops.elu(ROW, "a"), TypeError, "elu: alpha needs a number, got 'a'"),
        (lambda: ops.full_like(np.ones(3, int), 2.0), TypeError,
         r"full_like: fill_value needs a whole number for int64, got 2\.0"),
        (lambda: ops.group_norm(ROW, 1), ValueError, r"group_norm: x needs shape \(N, …, C\)"),
        (lambda: ops.group_norm(SQUARE, 0), ValueError, "group_norm: groups needs a whole number"),
        (lambda: ops.group_norm(SQUARE, 3), ValueError, "group_norm: x .* C divisible by 3"),
        (lambda: ops.group_norm(SQUARE, 8), ValueError, "group_norm: x .* C divisible by 8"),
        (lambda: ops.group_norm(SQUARE, 2, ROW[1:]), ValueError, "group_norm: gamma needs shape"),
        (lambda: ops.group_norm(SQUARE, 2, None, ROW[1:]), ValueError, "group_norm: beta needs"),
        (lambda: ops.layer_norm(SQUARE, axis=2), ValueError, "layer_norm: .*out of bounds"),
        (lambda: ops.layer_norm(SQUARE, axis=(1, -1)), ValueError, "layer_norm: repeated axis"),
        (lambda: ops.layer_norm(SQUARE, ROW[1:]), ValueError, "layer_norm: gamma needs shape"),
        (lambda: ops.layer_norm(SQUARE, None, ROW[1:]), ValueError, "layer_norm: beta needs shape"),
        (lambda: ops.leaky_relu(ROW, None), TypeError, "leaky_relu: negative_slope needs a num"),
        (lambda: ops.matmul(ROW, 2.0), ValueError, "matmul: x needs as many columns as y has rows"),
        (lambda: ops.matmul(2.0, ROW), ValueError, "matmul: x needs as many columns as y has rows"),
        (lambda: ops.matmul(SQUARE[:, :3], SQUARE), ValueError, "matmul: x needs as many columns"),
        (lambda: ops.moveaxis(SQUARE, (0, 1), 0), ValueError, "source and destination need as"),
        (lambda: ops.moveaxis(SQUARE, 0, (0, 1)), ValueError, "source and destination need as"),
        (lambda: ops.one_hot([0], 0), ValueError, "one_hot: num_classes needs .* at least 1, got"),
        (lambda: ops.one_hot([0, 3], 3), ValueError,
         "one_hot: x needs classes from 0 to 2, got 0 to 3"),
        (lambda: ops.one_hot([-1, 2], 3), ValueError,
         "one_hot: x needs classes from 0 to 2, got -1 to 2"),
        (lambda: ops.one_hot([0.0], 3), TypeError, "one_hot: x needs integers, got float64"),
        (lambda: ops.one_hot([True], 3), TypeError, "one_hot: x needs integers, got bool"),
        (lambda: ops.pad(ROW, -1), ValueError, "pad: pad_width needs .* at least 0, got -1"),
        (lambda: ops.pad(ROW, (-1, 0)), ValueError, "pad: pad_width needs"),
        (lambda: ops.pad(ROW, (0, -1)), ValueError, "pad: pad_width needs"),
        (lambda: ops.pad(np.ones(3, int), 1, constant_values=0.5), TypeError,
         "pad: constant_values needs a whole number for x of int64, got 0.5"),
        (lambda: ops.pad(ROW, 1, "edge", 1), ValueError,
         "pad: constant_values are for mode='constant', not for 'edge'"),
        (lambda: ops.pad(ROW, 1, "edge", -1), ValueError, "pad: constant_values are for mode"),
        (lambda: ops.pad(ROW, 1, "reflec"), ValueError, "unknown pad: mode 'reflec'.*'reflect'"),
        (lambda: ops.repeat(SQUARE, 2, 2), ValueError, "repeat: axis needs a whole number from -2"),
        (lambda: ops.resize(IMAGES, 0), ValueError, "resize: size needs .* at least 1, got 0"),
        (lambda: ops.resize(IMAGES[:, :0], 2), ValueError, "resize: x needs at least one pixel"),
        (lambda: ops.resize(IMAGES[:, :, :0], 2), ValueError, "resize: x needs at least one pixel"),
        (lambda: ops.resize(IMAGES, 2, "cubic"), ValueError, "unknown interpolation 'cubic'"),
        (lambda: ops.resize(IMAGES, 2, ["nearest"]), ValueError, "unknown interpolation"),
        (lambda: ops.roll(ROW, 1.0), TypeError, r"roll: shift needs whole numbers, got 1\.0"),
        (lambda: ops.roll(ROW, True), TypeError, "roll: shift needs whole numbers, got True"),
        (lambda: ops.split(SQUARE, 0), ValueError, "split: indices_or_sections needs .* at least"),
        (lambda: ops.split(SQUARE, 3), ValueError, "split: 4 along axis 0 do not make 3 equal"),
        (lambda: ops.split(SQUARE, 8), ValueError, "split: 4 along axis 0 do not make 8 equal"),
        (lambda: ops.split(SQUARE, [-5]), ValueError, "split: each of .* at least -4, got -5"),
        (lambda: ops.split(SQUARE, 2, 2), ValueError, "split: axis needs a whole number from"),
        (lambda: ops.take(SQUARE, 4, 0), ValueError, "take: index 4 is out of bounds"),
        (lambda: ops.take(SQUARE, -5, 0), ValueError, "take: index -5 is out of bounds"),
        (lambda: ops.take(SQUARE, 0, -3), ValueError, "take: axis needs a whole number of at l"),
        (lambda: ops.take(SQUARE, [0.0], 0), TypeError, "take: indices needs integers, got float"),
        (lambda: ops.take_along_axis(SQUARE, [[True]], 0), TypeError, "take_along_axis: indices"),
        (lambda: ops.tile(SQUARE, -1), ValueError, "tile: reps needs .* at least 0, got -1"),
        (lambda: ops.tile(SQUARE, (1, -1)), ValueError, "tile: reps needs .* at least 0, got -1"),
        (lambda: ops.tile(SQUARE, 1.0), TypeError, r"tile: reps needs a whole number, got 1\.0"),
    ],
)  # fmt: skip
def test_the_first_that_is_wrong(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_no_numbers_make_any_number_of_equal_parts(parts):
    assert [part.shape for part in ops.split(EMPTY, parts)] == [(0, 3)] * parts


@pytest.mark.parametrize("n", range(10))
def test_products_of_any_number_of_numbers(n):
    """Halves are multiplied: at every length some steps are odd and some are even."""
    x = np.random.default_rng(n).normal(size=(2, n))
    np.testing.assert_allclose(ops.prod(x, axis=1), np.prod(x, axis=1), rtol=1e-13)
    whole = ops.prod(np.arange(1, n + 1, dtype="uint8"))
    assert whole == np.prod(np.arange(1, n + 1, dtype="uint8"))
    assert whole.dtype == np.prod(np.ones(1, "uint8")).dtype


@pytest.mark.parametrize("exponent", [0, 0.0, np.zeros(2), 1, 2, 2.0, np.array([2.0, 0.0])])
def test_the_slope_of_a_power_at_0(exponent):
    x = Tensor(np.zeros(2), requires_grad=True)
    (slope,) = grad(ops.power(x, exponent).sum(), x)
    np.testing.assert_array_equal(slope.data, np.broadcast_to(np.equal(exponent, 1), 2) * 1.0)


def test_the_slope_by_an_exponent_is_taken_as_0_where_the_base_is_0():
    y = Tensor(np.array([2.0, 3.0]), requires_grad=True)
    (slope,) = grad(ops.power(np.array([0.0, 2.0]), y).sum(), y)
    np.testing.assert_allclose(slope.data, [0, 8 * np.log(2)], rtol=1e-14)


@pytest.mark.parametrize(("operation", "shares"), [(ops.maximum, [0, 0.5, 1]),
                                                   (ops.minimum, [1, 0.5, 0])])  # fmt: skip
def test_equals_share_the_slope(operation, shares):
    x, y = (Tensor(np.array(n), requires_grad=True) for n in ([1.0, 2.0, 3.0], [2.0] * 3))
    by_x, by_y = grad(operation(x, y).sum(), [x, y])
    assert by_x.data.tolist() == shares
    assert by_y.data.tolist() == shares[::-1]
    extreme = {ops.maximum: ops.max, ops.minimum: ops.min}[operation]
    (slope,) = grad(extreme(y), [y])
    np.testing.assert_allclose(slope.data, [1 / 3] * 3, rtol=1e-15)


@pytest.mark.parametrize(
    ("operation", "slope"),
    [(ops.relu, 0), (ops.absolute, 0), (ops.leaky_relu, 0.2), (ops.elu, 1), (ops.sigmoid, 0.25)],
)
def test_slopes_at_0(operation, slope):
    for create_graph in (False, True):
        x = Tensor(np.zeros(1), requires_grad=True)
        (found,) = grad(operation(x), [x], create_graph)
        assert found.item() == slope


def test_softplus_sigmoid_and_softmax_far_from_0():
    x = np.array([-1000.0, 1000.0])
    assert ops.softplus(x).tolist() == [0, 1000]
    assert ops.sigmoid(x).tolist() == [0, 1]
    assert ops.softmax(x).tolist() == [0, 1]
    assert ops.log_softmax(x).tolist() == [-2000, 0]
    assert ops.logsumexp(np.array([-np.inf, -np.inf])) == -np.inf
    assert ops.logsumexp(np.array([np.inf, 0])) == np.inf
    assert ops.logsumexp(np.array([1, 1])).dtype == "float64"


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        (lambda n: ops.conv2d(np.ones((1, 2, 2, n)), np.ones((1, 1, n, 2))), (1, 2, 2, 2)),
        (lambda n: ops.conv2d(np.ones((1, 1, 1, n)), np.ones((1, 1, 1, n)), groups=n), None),
        (lambda n: ops.conv2d_transpose(np.ones((1, 1, n, n)), np.ones((1, 1, 2, n))), None),
        (lambda n: ops.conv2d_kernel_grad(np.ones((1, 1, n, 2)), np.ones((1, 1, n, 2)), 1), None),
        (lambda n: ops.matmul(np.ones((2, n)), np.ones((n, 2))), (2, 2)),
        (lambda n: ops.matmul(np.ones(n), np.ones(n)), ()),
        (lambda n: ops.einsum("ij,jk->ik", np.ones((n, n)), np.ones((n, 1))), (300, 1)),
        (lambda n: ops.group_norm(np.ones((1, n)), n), (1, 300)),
        (lambda n: ops.pad(np.ones(n, int), n, constant_values=n), (900,)),
        (lambda n: ops.split(np.ones(n), n)[-1], (1,)),
        (lambda n: ops.one_hot([n - 1], n), (1, 300)),
        (lambda n: ops.prod(np.ones((2, n)), axis=1), (2,)),
    ],
)
def test_sizes_beyond_256(call, shape):
    """Python keeps one object for each small number only."""
    found = call(int("300"))
    assert shape is None or found.shape == shape
    assert found.size


def test_gradients_beyond_256():
    x, y = (Tensor(np.ones(s), requires_grad=True) for s in ((300, 300), (1, 300)))
    for result, by_x, by_y in (
        (ops.einsum("ij,ij->i", x, y), 1, 300),
        (ops.einsum("ii->i", x), np.eye(300), 0),
        (x * y, 1, 300),
        (x @ y.T, 1, 300),
    ):
        for slope, expected in zip(grad(result.sum(), [x, y]), (by_x, by_y), strict=True):
            np.testing.assert_array_equal(slope.data, np.broadcast_to(expected, slope.shape))
