"""One table of the operations: a row is all that a new one needs.

A row says how to draw arguments and what else computes the same numbers. What every
operation promises is tested below, row by row: values in both precisions, any layout,
first and second derivatives, Tensor in and Tensor out.
"""

import itertools
import math
import operator
from collections.abc import Callable
from typing import NamedTuple

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate

from minidl import Tensor, check_grads, grad, ops

FEWER = settings(max_examples=max(5, settings().max_examples // 5))


# --- Drawing arguments: a tuple of float64 arrays, and a dict of options ---------------

seeds = st.integers(0, 2**32)
shapes = hnp.array_shapes(min_dims=0, max_dims=3, max_side=4)
with_axes = hnp.array_shapes(min_dims=1, max_dims=3, max_side=4)


def uniform(low, high):
    return lambda shape, seed: np.random.default_rng(seed).uniform(low, high, shape)


def distinct(shape, seed):
    """Return numbers at least 0.1 apart, and at least 0.05 from 0: no kinks, no ties."""
    order = np.random.default_rng(seed).permutation(math.prod(shape))
    return (order.reshape(shape) - order.size // 2) * 0.1 + 0.05


def between(shape, seed):
    """Return numbers halfway between those of `distinct`: pairs have no ties either."""
    return distinct(shape, seed + 1) - 0.05


anywhere, positive = uniform(-2, 2), uniform(0.5, 2)


def nonzero(shape, seed):
    return positive(shape, seed) * np.random.default_rng(seed).choice([-1, 1], shape)


@st.composite
def one(draw, values=anywhere, shapes=shapes, **options):
    x = values(draw(shapes), draw(seeds))
    return (x,), {k: draw(o(x)) if callable(o) else o for k, o in options.items()}


@st.composite
def two(draw, first=anywhere, second=anywhere, **options):
    """Draw two arrays that broadcast against each other."""
    drawn = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=4))
    seed = draw(seeds)
    arrays = first(drawn.input_shapes[0], seed), second(drawn.input_shapes[1], seed + 2)
    return arrays, {k: o(drawn.result_shape, seed) for k, o in options.items()}


@st.composite
def several(draw):
    """Draw one to three arrays whose shapes differ along `axis` alone."""
    shape = draw(with_axes)
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    arrays = []
    for _ in range(draw(st.integers(1, 3))):
        shape = list(shape)
        shape[axis] = draw(st.integers(1, 4))
        arrays.append(anywhere(shape, draw(seeds)))
    return tuple(arrays), {"axis": axis}


@st.composite
def alike(draw):
    shape, seed = draw(shapes), draw(seeds)
    axis = draw(st.integers(-len(shape) - 1, len(shape)))
    return tuple(anywhere(shape, seed + i) for i in range(draw(st.integers(1, 3)))), {"axis": axis}


@st.composite
def matrices(draw):
    n, k, m = draw(st.tuples(*[st.integers(1, 4)] * 3))
    a, b = draw(
        st.sampled_from(
            [((n, k), (k, m)), ((k,), (k,)), ((n, k), (k,)), ((k,), (k, m)), ((2, n, k), (k, m)),
             ((n, k), (3, k, m)), ((2, 1, n, k), (3, k, m)), ((2, n, k), (k,)), ((k,), (2, k, m))]
        )
    )  # fmt: skip
    seed = draw(seeds)
    return (anywhere(a, seed), anywhere(b, seed + 1)), {}


@st.composite
def windows(draw, most_padding=1):
    """Draw (N, H, W, C), (kh, kw), (h, w) and options whose windows fit; pads are explicit."""
    few = st.integers(1, 2)
    size, strides, dilation = (draw(st.tuples(few, few)) for _ in range(3))
    width = st.integers(0, most_padding)
    pads = draw(st.tuples(*[st.tuples(width, width)] * 2))
    counts, image = [], []
    for k, s, d, p in zip(size, strides, dilation, pads, strict=True):
        n = draw(st.integers(max(1, d * (k - 1) + 1 - sum(p)), 5))
        image.append(n)
        counts.append((n + sum(p) - d * (k - 1) - 1) // s + 1)
    shape = (draw(few), *image, draw(few))
    return (
        shape,
        size,
        tuple(counts),
        {"strides": strides, "padding": pads, "dilation_rate": dilation},
    )


@st.composite
def convolutions(draw, name):
    (n, *image, c), size, counts, options = draw(windows())
    f, seed = draw(st.integers(1, 3)), draw(seeds)
    x, kernel, y = (n, *image, c), (*size, c, f), (n, *counts, f)
    a, b, more = {
        "conv2d": (x, kernel, {}),
        "conv2d_transpose": (y, kernel, {"output_size": tuple(image)}),
        "conv2d_kernel_grad": (x, y, {"kernel_size": size}),
    }[name]
    return (anywhere(a, seed), anywhere(b, seed + 1)), {**options, **more}


@st.composite
def pooled(draw):
    shape, size, _, options = draw(windows(most_padding=0))
    return (distinct(shape, draw(seeds)),), {"pool_size": size, **options}


def axes_of(x):
    """Draw no axes, some or all, or one, counted from either end."""
    several = st.sets(st.integers(0, x.ndim - 1)) if x.ndim else st.just(())
    back = [st.integers(-x.ndim, x.ndim - 1)] if x.ndim else []
    return st.one_of(st.none(), several.map(tuple), *back)


def axis_of(x):
    return st.integers(-x.ndim, x.ndim - 1)


def orders_of(x):
    """Draw the axes in any order, each counted from either end."""
    places = [st.sampled_from([i, i - x.ndim]) for i in range(x.ndim)]
    turned = st.permutations(places).flatmap(lambda order: st.tuples(*order))
    return st.one_of(turned, st.none())


def shapes_of(x):
    divisors = [n for n in range(1, x.size + 1) if x.size % n == 0]
    return st.sampled_from([(x.size,), (-1,), *((n, -1) for n in divisors), (1, *x.shape)])


def indices_into(x):
    fancy = hnp.integer_array_indices(x.shape, result_shape=hnp.array_shapes(max_dims=2))
    return st.one_of(hnp.basic_indices(x.shape, allow_newaxis=True), fancy)


def widths_of(x):
    return st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * x.ndim)


@st.composite
def taken(draw):
    (x,), options = draw(one(shapes=with_axes, axis=axis_of))
    shape = [draw(st.sampled_from([1, n])) for n in x.shape]
    shape[options["axis"]] = draw(st.integers(1, 4))
    top = x.shape[options["axis"]]
    rng = np.random.default_rng(draw(seeds))
    return (x,), {"indices": rng.integers(-top, top, shape), **options}


# --- Judges: the same numbers, from plain Python, SciPy or loops -----------------------


def each(f):
    """Apply a function of Python numbers element by element, broadcast."""
    return np.vectorize(f, otypes=[float])


def over(f):
    """Reduce the axes asked for by a function of a list of Python numbers."""

    def judge(x, axis=None, keepdims=False):
        axes = range(x.ndim) if axis is None else np.atleast_1d(axis).astype(int) % max(x.ndim, 1)
        kept = [1 if i in axes else n for i, n in enumerate(x.shape)]
        out = np.empty(kept)
        for place in np.ndindex(*kept):
            block = (slice(None) if i in axes else p for i, p in enumerate(place))
            out[place] = f(x[tuple(block)].ravel().tolist())
        return out if keepdims else out.squeeze(tuple(axes))

    return judge


def product(a, b):
    first, second = a[None] if a.ndim == 1 else a, b[:, None] if b.ndim == 1 else b
    out = (first[..., None] * second[..., None, :, :]).sum(axis=-2)
    out = out[..., 0] if b.ndim == 1 else out
    return out if a.ndim > 1 else out[..., 0] if b.ndim == 1 else out[..., 0, :]


def take(x, indices, axis):
    shape = [max(n, m) for n, m in zip(x.shape, indices.shape, strict=True)]
    shape[axis] = indices.shape[axis]
    indices = np.broadcast_to(indices, shape)
    out = np.empty(shape)
    for place in np.ndindex(*shape):
        source = list(place)
        source[axis] = indices[place]
        out[place] = x[tuple(source)]
    return out


def surround(x, pad_width):
    out = np.zeros([n + sum(w) for n, w in zip(x.shape, pad_width, strict=True)])
    out[tuple(slice(b, b + n) for n, (b, _) in zip(x.shape, pad_width, strict=True))] = x
    return out


def taps(kernel_size, counts, strides, dilation_rate):
    """Yield (tap of the kernel, pixel of the output, pixel of the padded image)."""
    (sy, sx), (dy, dx) = strides, dilation_rate
    for i, j, p, q in np.ndindex(*kernel_size, *counts):
        yield (i, j), (p, q), (p * sy + i * dy, q * sx + j * dx)


def convolve(x, kernel, strides, padding, dilation_rate):
    """Correlate with the dilated kernel and keep every stride-th result."""
    (sy, sx), (dy, dx) = strides, dilation_rate
    kh, kw, channels, filters = kernel.shape
    dilated = np.zeros((dy * (kh - 1) + 1, dx * (kw - 1) + 1, channels, filters))
    dilated[::dy, ::dx] = kernel
    x = surround(x, ((0, 0), *padding, (0, 0)))
    maps = [
        correlate(i, dilated[..., f], "valid")[::sy, ::sx, 0] for i in x for f in range(filters)
    ]
    return np.moveaxis(np.reshape(maps, (len(x), filters, *maps[0].shape)), 1, -1)


def paint(y, kernel, strides, padding, dilation_rate, output_size):
    (top, bottom), (left, right) = padding
    height, width = output_size
    out = np.zeros((len(y), height + top + bottom, width + left + right, kernel.shape[2]))
    for tap, (p, q), (h, w) in taps(kernel.shape[:2], y.shape[1:3], strides, dilation_rate):
        out[:, h, w] += product(y[:, p, q], kernel[tap].T)
    return out[:, top : top + height, left : left + width]


def collect(x, y, kernel_size, strides, padding, dilation_rate):
    out = np.zeros((*kernel_size, x.shape[3], y.shape[3]))
    x = surround(x, ((0, 0), *padding, (0, 0)))
    for tap, (p, q), (h, w) in taps(kernel_size, y.shape[1:3], strides, dilation_rate):
        out[tap] += product(x[:, h, w].T, y[:, p, q])
    return out


def pool(x, pool_size, strides, padding, dilation_rate):
    counts = [
        (n - d * (k - 1) - 1) // s + 1
        for n, k, s, d in zip(x.shape[1:3], pool_size, strides, dilation_rate, strict=True)
    ]
    out = np.full((len(x), *counts, x.shape[3]), -np.inf)
    for _, (p, q), (h, w) in taps(pool_size, counts, strides, dilation_rate):
        out[:, p, q] = np.where(x[:, h, w] > out[:, p, q], x[:, h, w], out[:, p, q])
    return out


# --- The table ---------------------------------------------------------------------------


class Row(NamedTuple):
    judge: Callable
    arguments: st.SearchStrategy
    operation: Callable  # of the arrays, one by one, and the options
    differentiable: bool = True


def row(name, judge, arguments, operation=None, **more):
    return name, Row(judge, arguments, operation or getattr(ops, name), **more)


def listed(operation):
    return lambda *xs, **options: operation(xs, **options)


def mask(shape, seed):
    return np.random.default_rng(seed).random(shape) < 0.5


some_axes = {"axis": axes_of, "keepdims": lambda x: st.booleans()}

TABLE = dict(
    [
        row("abs", each(abs), one(distinct)),
        row("absolute", each(abs), one(distinct)),
        row("add", each(operator.add), two()),
        row("broadcast_to", lambda x, shape: np.tile(
                x, shape[: -x.ndim or None] + (1,) * x.ndim),
            one(shape=lambda x: st.sampled_from([x.shape, (2, *x.shape), (3, 1, *x.shape)]))),
        row("clip", each(lambda x, x_min, x_max: min(max(x, x_min), x_max)),
            one(distinct, x_min=-0.12, x_max=0.31)),
        row("concatenate", lambda *xs, axis: np.moveaxis(
                np.array([r for x in xs for r in np.moveaxis(x, axis, 0)]), 0, axis),
            several(), listed(ops.concatenate)),
        row("conv2d", convolve, convolutions("conv2d")),
        row("conv2d_kernel_grad", collect, convolutions("conv2d_kernel_grad")),
        row("conv2d_transpose", paint, convolutions("conv2d_transpose")),
        row("cos", each(math.cos), one()),
        row("divide", each(operator.truediv), two(anywhere, nonzero)),
        row("dropout", lambda x, rate: x, one(rate=0), differentiable=False),
        row("equal", each(operator.eq), two(mask, mask), differentiable=False),
        row("exp", each(math.exp), one()),
        row("expand_dims", lambda x, axis: np.reshape(
                x, np.insert(np.array(x.shape, int), axis % (x.ndim + 1), 1)),
            one(axis=lambda x: st.integers(-x.ndim - 1, x.ndim))),
        row("getitem", lambda x, index: x[index], one(shapes=with_axes, index=indices_into)),
        row("greater", each(operator.gt), two(distinct, between), differentiable=False),
        row("greater_equal", each(operator.ge), two(distinct, distinct), differentiable=False),
        row("less", each(operator.lt), two(distinct, between), differentiable=False),
        row("less_equal", each(operator.le), two(distinct, distinct), differentiable=False),
        row("log", each(math.log), one(positive)),
        row("log_softmax", scipy.special.log_softmax, one(shapes=with_axes, axis=axis_of)),
        row("matmul", product, matrices()),
        row("max", over(max), one(distinct, **some_axes)),
        row("max_pool2d", pool, pooled()),
        row("maximum", each(max), two(distinct, between)),
        row("mean", over(lambda xs: math.fsum(xs) / len(xs)), one(**some_axes)),
        row("min", over(min), one(distinct, **some_axes)),
        row("minimum", each(min), two(distinct, between)),
        row("multiply", each(operator.mul), two()),
        row("negative", each(operator.neg), one()),
        row("not_equal", each(operator.ne), two(mask, mask), differentiable=False),
        row("pad", surround, one(shapes=with_axes, pad_width=widths_of)),
        row("power", each(operator.pow), two(positive, anywhere)),
        row("relu", each(lambda x: max(x, 0.0)), one(distinct)),
        row("reshape", lambda x, newshape: np.array(x.ravel().tolist()).reshape(newshape),
            one(newshape=shapes_of)),
        row("sigmoid", scipy.special.expit, one()),
        row("sin", each(math.sin), one()),
        row("softmax", scipy.special.softmax, one(shapes=with_axes, axis=axis_of)),
        row("sqrt", each(math.sqrt), one(positive)),
        row("square", each(lambda x: x * x), one()),
        row("squeeze", lambda x, axis: x.reshape([
                n for i, n in enumerate(x.shape) if n > 1 or axis not in (None, i)]),
            one(axis=lambda x: st.sampled_from([None, *np.flatnonzero(np.array(x.shape) == 1)]))),
        row("stack", lambda *xs, axis: np.moveaxis(np.array(xs), 0, axis), alike(),
            listed(ops.stack)),
        row("subtract", each(operator.sub), two()),
        row("sum", over(math.fsum), one(**some_axes)),
        row("take_along_axis", take, taken()),
        row("tanh", each(math.tanh), one()),
        row("transpose", lambda x, axes: np.einsum(x, range(x.ndim), [
                a % x.ndim for a in axes] if axes is not None else range(x.ndim)[::-1]),
            one(shapes=hnp.array_shapes(min_dims=2, max_dims=4, max_side=3), axes=orders_of)),
        row("where", lambda x, y, condition: each(lambda c, a, b: a if c else b)(condition, x, y),
            two(condition=mask), lambda x, y, condition: ops.where(condition, x, y)),
    ]
)  # fmt: skip


def draw(data, name):
    (arrays, options), row = data.draw(TABLE[name].arguments), TABLE[name]
    return row, [np.asarray(a, "float64") for a in arrays], options


def check_values(found, expected, dtype):
    # Few and small numbers: a few dozen roundings, of at most the largest of them.
    tolerance = 32 * np.finfo(dtype).eps
    scale = np.max(np.abs(expected), initial=1)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * scale)


def spread(array):
    """Return the same numbers read-only, every other one of an array, backwards."""
    wide = np.full([2 * n for n in array.shape], np.nan, array.dtype)
    view = wide[(..., *[slice(None, None, -2)] * array.ndim)]
    view[...] = array
    view.flags.writeable = False
    return view


def test_every_operation_has_a_row():
    assert {*TABLE, "astype", "one_hot"} == set(ops.__all__)
    assert list(TABLE) == sorted(TABLE)


@pytest.mark.parametrize("name", TABLE)
@given(data=st.data())
def test_values(name, data):
    row, arrays, options = draw(data, name)
    for dtype in ("float32", "float64"):
        given = [a.astype(dtype) for a in arrays]
        expected = np.asarray(row.judge(*(a.astype("float64") for a in given), **options))
        found = row.operation(*given, **options)
        assert found.dtype == dtype or (found.dtype == "bool" and not row.differentiable)
        check_values(found, expected, dtype)


@pytest.mark.parametrize("name", TABLE)
@FEWER
@given(data=st.data())
def test_any_layout_and_inputs_are_left(name, data):
    row, arrays, options = draw(data, name)
    expected = np.asarray(row.judge(*arrays, **options))
    for layout in (spread, lambda a: a.copy(order="F")):
        given = [layout(a) for a in arrays]
        check_values(row.operation(*given, **options), expected, "float64")
        assert all(map(np.array_equal, given, arrays))


@pytest.mark.parametrize("name", TABLE)
@FEWER
@given(data=st.data())
def test_tensor_in_tensor_out(name, data):
    row, arrays, options = draw(data, name)
    expected = row.operation(*arrays, **options)
    assert isinstance(expected, np.ndarray | np.generic)
    for chosen in itertools.product([False, True], repeat=len(arrays)):
        given = [
            Tensor(a, requires_grad=True) if c else a for a, c in zip(arrays, chosen, strict=True)
        ]
        found = row.operation(*given, **options)
        assert isinstance(found, Tensor) == any(chosen)
        assert np.array_equal(np.asarray(found), expected)
        if any(chosen) and name != "dropout":
            assert found.requires_grad == row.differentiable


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.differentiable])
@FEWER
@given(data=st.data())
def test_gradients(name, data):
    row, arrays, options = draw(data, name)
    check_grads(lambda *tensors: row.operation(*tensors, **options), *arrays, order=2)


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.differentiable])
@FEWER
@given(data=st.data())
def test_same_gradients_with_and_without_a_graph(name, data):
    row, arrays, options = draw(data, name)
    for dtype in ("float32", "float64"):
        tensors = [Tensor(a.astype(dtype), requires_grad=True) for a in arrays]
        result = row.operation(*tensors, **options)
        weights = anywhere(result.shape, 0).astype(dtype)
        fast = grad(result, tensors, gradient=weights)
        slow = grad(result, tensors, gradient=weights, create_graph=True)
        for f, s in zip(fast, slow, strict=True):
            assert f.dtype == s.dtype == dtype
            assert np.array_equal(f.data, s.data)
