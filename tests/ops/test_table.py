"""One table of the operations: a row is all that a new one needs.

A row says how to draw arguments and what else computes the same numbers. What every
operation promises is tested below, row by row: values in both precisions, any layout,
first and second derivatives, Tensor in and Tensor out.
"""

import inspect
import itertools
import math
import operator
import statistics
from collections.abc import Callable
from typing import NamedTuple

import hypothesis.extra.numpy as hnp
import numpy as np
import op_judges as judges
import pytest
import scipy.special
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from op_arguments import (
    alike,
    anywhere,
    averaged,
    axes_of,
    axis_of,
    axis_or_all,
    between,
    convolutions,
    cut,
    distinct,
    einsums,
    filled,
    indices_into,
    matrices,
    moved,
    nonzero,
    normalized,
    one,
    orders_of,
    padded,
    pooled,
    positive,
    repeated,
    reps_of,
    resized,
    rolled,
    several,
    shapes_of,
    special,
    taken,
    taken_whole,
    two,
    with_axes,
    with_zeros,
)
from op_judges import each, over

from minidl import Tensor, check_grads, grad, ops

FEWER = settings(max_examples=max(5, settings().max_examples // 5))


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


def yes_or_no(x):
    return st.booleans()


some_axes = {"axis": axes_of, "keepdims": yes_or_no}
two_or_more = hnp.array_shapes(min_dims=1, max_dims=2, min_side=2, max_side=4)

TABLE = dict(
    [
        row("abs", each(abs), one(distinct)),
        row("absolute", each(abs), one(distinct)),
        row("add", each(operator.add), two()),
        row("argmax", over(lambda xs: xs.index(max(xs))), one(distinct, filled, axis=axis_or_all,
            keepdims=yes_or_no), differentiable=False),
        row("argmin", over(lambda xs: xs.index(min(xs))), one(distinct, filled, axis=axis_or_all,
            keepdims=yes_or_no), differentiable=False),
        row("average_pool2d", judges.average, averaged()),
        row("batch_norm", judges.batch_norm, normalized("batch_norm")),
        row("broadcast_to", lambda x, shape: np.tile(
                x, shape[: -x.ndim or None] + (1,) * x.ndim),
            one(shape=lambda x: st.sampled_from([x.shape, (2, *x.shape), (3, 1, *x.shape)]))),
        row("clip", each(lambda x, x_min, x_max: min(max(x, x_min), x_max)),
            one(distinct, x_min=-0.12, x_max=0.31)),
        row("concatenate", lambda *xs, axis: np.moveaxis(
                np.array([r for x in xs for r in np.moveaxis(x, axis, 0)]), 0, axis),
            several(), listed(ops.concatenate)),
        row("conv2d", judges.convolve, convolutions("conv2d")),
        row("conv2d_kernel_grad", judges.collect, convolutions("conv2d_kernel_grad")),
        row("conv2d_transpose", judges.paint, convolutions("conv2d_transpose")),
        row("cos", each(math.cos), one()),
        row("divide", each(operator.truediv), two(anywhere, nonzero)),
        row("dropout", lambda x, rate: x, one(rate=0), differentiable=False),
        row("einsum", judges.einsum, einsums(),
            lambda *xs, subscripts: ops.einsum(subscripts, *xs)),
        row("elu", each(lambda x, alpha=1.0: x if x > 0 else alpha * (math.exp(x) - 1)),
            one(distinct, alpha=lambda x: st.sampled_from([1.0, 0.3]))),
        row("equal", each(operator.eq), two(mask, mask), differentiable=False),
        row("erf", scipy.special.erf, one()),
        row("exp", each(math.exp), one()),
        row("expand_dims", lambda x, axis: np.reshape(
                x, np.insert(np.array(x.shape, int), axis % (x.ndim + 1), 1)),
            one(axis=lambda x: st.integers(-x.ndim - 1, x.ndim))),
        row("flip", judges.backwards, one(axis=axes_of)),
        row("floor", each(math.floor), one(), differentiable=False),
        row("full_like", each(lambda x, fill_value: fill_value), one(fill_value=0.75),
            differentiable=False),
        row("gelu", each(lambda x, approximate: x / 2 * (
                1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)) if approximate
                else 1 + math.erf(x / math.sqrt(2)))), one(approximate=yes_or_no)),
        row("getitem", lambda x, index: x[index], one(shapes=with_axes, index=indices_into)),
        row("greater", each(operator.gt), two(distinct, between), differentiable=False),
        row("greater_equal", each(operator.ge), two(distinct, distinct), differentiable=False),
        row("group_norm", judges.group_norm, normalized("group_norm"),
            lambda x, *w, groups, **o: ops.group_norm(x, groups, *w, **o)),
        row("isfinite", each(math.isfinite), one(special), differentiable=False),
        row("layer_norm", judges.layer_norm, normalized("layer_norm")),
        row("leaky_relu", each(lambda x, negative_slope: x if x > 0 else x * negative_slope),
            one(distinct, negative_slope=lambda x: st.sampled_from([0.2, 0.0, 1.5]))),
        row("less", each(operator.lt), two(distinct, between), differentiable=False),
        row("less_equal", each(operator.le), two(distinct, distinct), differentiable=False),
        row("log", each(math.log), one(positive)),
        row("log1p", each(lambda x: math.log(1 + x)), one(positive)),
        row("log_softmax", scipy.special.log_softmax, one(shapes=with_axes, axis=axis_of)),
        row("logsumexp", over(
                lambda xs: math.log(math.fsum(map(math.exp, xs))) if xs else -math.inf),
            one(**some_axes)),
        row("matmul", judges.product, matrices()),
        row("max", over(max), one(distinct, filled, **some_axes)),
        row("max_pool2d", judges.pool, pooled()),
        row("maximum", each(max), two(distinct, between)),
        row("mean", over(lambda xs: math.fsum(xs) / len(xs)), one(shapes=filled, **some_axes)),
        row("min", over(min), one(distinct, filled, **some_axes)),
        row("minimum", each(min), two(distinct, between)),
        row("moveaxis", np.moveaxis, moved()),
        row("multiply", each(operator.mul), two()),
        row("negative", each(operator.neg), one()),
        row("not_equal", each(operator.ne), two(mask, mask), differentiable=False),
        row("ones_like", each(lambda x: 1), one(), differentiable=False),
        row("pad", judges.border, padded()),
        row("power", each(operator.pow), two(positive, anywhere)),
        row("prod", over(math.prod), one(with_zeros, **some_axes)),
        row("relu", each(lambda x: max(x, 0.0)), one(distinct)),
        row("repeat", judges.repeat, repeated()),
        row("reshape", lambda x, newshape: np.array(x.ravel().tolist()).reshape(newshape),
            one(newshape=shapes_of)),
        row("resize", judges.resize, resized()),
        row("roll", judges.roll, rolled()),
        row("round", lambda x, decimals: each(lambda n: round(n, decimals))(x),
            one(decimals=lambda x: st.integers(0, 3)), differentiable=False),
        row("selu", each(lambda x: 1.0507009873554805 * (
                x if x > 0 else 1.6732632423543772 * (math.exp(x) - 1))), one(distinct)),
        row("sigmoid", scipy.special.expit, one()),
        row("sign", each(lambda x: math.copysign(1, x)), one(distinct), differentiable=False),
        row("silu", each(lambda x: x / (1 + math.exp(-x))), one()),
        row("sin", each(math.sin), one()),
        row("softmax", scipy.special.softmax, one(shapes=with_axes, axis=axis_of)),
        row("softplus", each(lambda x: math.log(1 + math.exp(x))), one()),
        row("split", judges.parts_backwards, cut(), lambda x, axis, **o: ops.concatenate(
                ops.split(x, axis=axis, **o)[::-1], axis)),
        row("sqrt", each(math.sqrt), one(positive)),
        row("square", each(lambda x: x * x), one()),
        row("squeeze", lambda x, axis: x.reshape([
                n for i, n in enumerate(x.shape) if n != 1 or axis not in (None, i)]),
            one(axis=lambda x: st.sampled_from([None, *np.flatnonzero(np.array(x.shape) == 1)]))),
        row("stack", lambda *xs, axis: np.moveaxis(np.array(xs), 0, axis), alike(),
            listed(ops.stack)),
        row("std", over(statistics.pstdev), one(distinct, two_or_more)),
        row("subtract", each(operator.sub), two()),
        row("sum", over(math.fsum), one(**some_axes)),
        row("take", judges.take_whole, taken_whole()),
        row("take_along_axis", judges.take, taken()),
        row("tanh", each(math.tanh), one()),
        row("tile", lambda x, reps: np.kron(np.ones(reps), x), one(shapes=with_axes, reps=reps_of)),
        row("transpose", lambda x, axes: np.einsum(x, range(x.ndim), [
                a % x.ndim for a in axes] if axes is not None else range(x.ndim)[::-1]),
            one(shapes=hnp.array_shapes(min_dims=2, max_dims=4, max_side=3), axes=orders_of)),
        row("var", over(statistics.pvariance), one(shapes=filled, **some_axes)),
        row("where", lambda x, y, condition: each(lambda c, a, b: a if c else b)(condition, x, y),
            two(condition=mask), lambda x, y, condition: ops.where(condition, x, y)),
        row("zeros_like", each(lambda x: 0), one(), differentiable=False),
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
        exact = found.dtype in ("bool", "int64")
        assert found.dtype == dtype or (exact and not row.differentiable)
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
        for after, before in zip(given, arrays, strict=True):
            np.testing.assert_array_equal(after, before)


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


@pytest.mark.parametrize("name", [n for n, row in TABLE.items() if row.operation is vars(ops)[n]])
@FEWER
@given(data=st.data())
def test_inputs_by_name(name, data):
    row, arrays, options = draw(data, name)
    expected = row.operation(*arrays, **options)
    names = list(inspect.signature(row.operation).parameters)[: len(arrays)]
    for kind in (np.asarray, lambda a: Tensor(a, requires_grad=True)):
        named = dict(zip(names, map(kind, arrays), strict=True))
        for order in (named, dict(reversed(named.items()))):
            found = row.operation(**order, **options)
            assert isinstance(found, Tensor) == (kind is not np.asarray)
            assert np.array_equal(np.asarray(found), expected)
    mixed = {n: Tensor(a) for n, a in zip(names[1:], arrays[1:], strict=True)}
    found = row.operation(arrays[0], **mixed, **options)
    assert isinstance(found, Tensor) == bool(mixed)
    assert np.array_equal(np.asarray(found), expected)


@pytest.mark.parametrize("name", TABLE)
@FEWER
@given(data=st.data())
def test_lists_are_as_good_as_arrays(name, data):
    row, arrays, options = draw(data, name)
    lists = [a.tolist() for a in arrays]
    assume(all(np.shape(x) == a.shape for x, a in zip(lists, arrays, strict=True)))
    expected = row.operation(*arrays, **options)
    found = row.operation(*lists, **options)
    assert np.array_equal(found, expected)
    for place, x in enumerate(arrays):
        beside = value_and_gradients(row, x, place, lists, options)
        for found, expected in zip(
            beside, value_and_gradients(row, x, place, arrays, options), strict=True
        ):
            assert found.dtype == expected.dtype
            assert np.array_equal(found, expected)


def value_and_gradients(row, x, place, others, options):
    """Compute with a Tensor of x at one place, and the others as they are."""
    x = Tensor(x, requires_grad=True)
    y = row.operation(*others[:place], x, *others[place + 1 :], **options)
    if not row.differentiable:
        return [y.data]
    weights = anywhere(y.shape, 0)
    return [y.data, *(grad(y, x, graph, weights)[0].data for graph in (False, True))]


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.differentiable])
@FEWER
@given(data=st.data())
def test_gradients(name, data):
    row, arrays, options = draw(data, name)
    # An infinite value, such as logsumexp of nothing, has no slope.
    assume(np.isfinite(row.operation(*arrays, **options)).all())
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


@pytest.mark.parametrize("name", TABLE)
@FEWER
@given(data=st.data())
def test_arrays_that_inputs_are_views_of_are_left(name, data):
    row, arrays, options = draw(data, name)
    frames, views = [], []
    for array in arrays:
        frame = np.full([n + 2 for n in array.shape], 7.0)
        view = frame[(..., *[slice(1, -1)] * array.ndim)]
        view[...] = array
        frames.append(frame)
        views.append(Tensor(view, requires_grad=True))
    before = [frame.copy() for frame in frames]
    result = row.operation(*views, **options)
    if row.differentiable:
        for create_graph in (False, True):
            grad(result, views, create_graph, np.ones(result.shape))
    for frame, copy in zip(frames, before, strict=True):
        np.testing.assert_array_equal(frame, copy)
