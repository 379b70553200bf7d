"""Fused operations are their plain compositions: values, gradients, gradients of gradients."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl import Tensor, check_grads, grad, ops
from minidl.ops import fused

few = st.integers(1, 4)


def plain_pool(x, kernel, bias, *how):
    return ops.max_pool2d(ops.relu(ops.add(ops.conv2d(x, kernel, *how), bias)), 2)


def plain_dense(x, kernel, bias, relu=False):
    y = ops.add(ops.matmul(x, kernel), bias)
    return ops.relu(y) if relu else y


@st.composite
def convolutions(draw):
    """Draw arrays and options of a convolution whose output holds a square."""
    k, s, d = draw(st.sampled_from([(3, 1, 1), (3, 1, 1), (1, 1, 1), (2, 2, 1), (2, 1, 2)]))
    groups = draw(st.sampled_from([1, 1, 2]))
    channels, filters = groups * draw(few), groups * draw(few)
    padding = draw(st.sampled_from(["valid", "same", ((1, 0), (2, 1))]))
    smallest = d * (k - 1) + 1 + s
    height, width = (smallest + draw(st.integers(0, 5)) for _ in range(2))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    arrays = (
        rng.normal(size=(draw(few), height, width, channels)),
        rng.normal(size=(k, k, channels // groups, filters)),
        rng.normal(size=filters),
    )
    return arrays, (s, padding, d, groups)


def assert_the_same(fused_, plain, arrays, how, exact):
    """Compare values and gradients, with a graph and without, of inputs in any combination."""
    y, expected = fused_(*arrays, *how), plain(*arrays, *how)
    if exact:
        assert np.array_equal(y, expected)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
    g = np.random.default_rng(5).normal(size=y.shape)
    for tracked in [(0, 1, 2), (1, 2), (2,), (0,), (1,)] if len(arrays) == 3 else [(0,)]:
        found = []
        for function in (fused_, plain):
            for create_graph in (False, True):
                inputs = [Tensor(a, requires_grad=i in tracked) for i, a in enumerate(arrays)]
                wanted = [inputs[i] for i in tracked]
                found.append(
                    grad(function(*inputs, *how), wanted, create_graph, gradient=Tensor(g))
                )
        for other in found[1:]:
            for a, b in zip(found[0], other, strict=True):
                np.testing.assert_allclose(a.data, b.data, rtol=1e-10, atol=1e-10)


@given(case=convolutions())
def test_convolution_relu_and_pooling(case):
    arrays, how = case
    assert_the_same(fused.conv2d_relu_pool, plain_pool, arrays, how, exact=True)


@given(n=few, features=few, units=few, relu=st.booleans(), stacked=st.booleans())
def test_dense(n, features, units, relu, stacked):
    rng = np.random.default_rng(n)
    shape = (2, n, features) if stacked else (n, features)
    arrays = rng.normal(size=shape), rng.normal(size=(features, units)), rng.normal(size=units)
    assert_the_same(fused.dense, plain_dense, arrays, (relu,), exact=True)


def test_dense_keeps_negatives_unless_told():
    np.testing.assert_array_equal(
        fused.dense(np.ones((1, 1)), -np.ones((1, 2)), np.zeros(2)), [[-1, -1]]
    )


@given(n=few, classes=few, stacked=st.booleans(), scale=st.sampled_from([1.0, 300.0]))
def test_sparse_crossentropy_of_logits(n, classes, stacked, scale):
    rng = np.random.default_rng(n)
    shape = (2, n) if stacked else (n,)
    labels = rng.integers(0, classes, shape)
    logits = scale * rng.normal(size=(*shape, classes))
    assert_the_same(
        lambda x: fused.sparse_softmax_crossentropy(x, labels),
        lambda x: ops.negative(
            ops.take_along_axis(ops.log_softmax(x), labels[..., np.newaxis], -1)[..., 0]
        ),
        (logits,),
        (),
        exact=False,
    )


@given(n=few, channels=few, images=st.booleans(), seed=st.integers(0, 9))
def test_batch_norm_by_own_moments(n, channels, images, seed):
    rng = np.random.default_rng(seed)
    shape = (n, 2, 3, channels) if images else (n + 1, channels)
    arrays = rng.normal(size=shape), rng.normal(size=channels), rng.normal(size=channels)

    def plain(x, gamma, beta):
        axes = tuple(range(x.ndim - 1))
        return ops.batch_norm(x, ops.mean(x, axes), ops.var(x, axes), gamma, beta, epsilon=0.1)

    def quick(x, gamma, beta):
        moments = fused.moments(x.data if isinstance(x, Tensor) else x)
        return fused.batch_norm(x, gamma, beta, *moments, 0.1)

    assert_the_same(quick, plain, arrays, (), exact=False)


def test_crossentropy_of_infinite_logits_and_of_nan():
    logits = np.array([[-np.inf, 1.0, 2.0], [np.nan, 0.0, 1.0], [0.0, 0.0, np.inf]])
    labels = np.array([2, 1, 0])
    with np.errstate(invalid="ignore"):
        expected = -np.take_along_axis(ops.log_softmax(logits), labels[:, np.newaxis], -1)[:, 0]
    found = fused.sparse_softmax_crossentropy(logits, labels)
    np.testing.assert_allclose(found, expected)
    assert np.isfinite(found).tolist() == [True, False, False]


def test_gradients_of_gradients():
    rng = np.random.default_rng(0)
    labels = np.array([1, 0, 2])
    check_grads(
        lambda x: fused.sparse_softmax_crossentropy(x, labels), rng.normal(size=(3, 4)), order=2
    )
    arrays = rng.normal(size=(2, 5, 6, 2)), rng.normal(size=(3, 3, 2, 3)), rng.normal(size=3)
    check_grads(fused.conv2d_relu_pool, *arrays, order=2)
    arrays = rng.normal(size=(3, 4)), rng.normal(size=(4, 5)), rng.normal(size=5)
    check_grads(lambda *a: ops.square(fused.dense(*a, relu=True)), *arrays, order=2)
    arrays = rng.normal(size=(6, 3)), rng.normal(size=3), rng.normal(size=3)
    check_grads(
        lambda x, *a: ops.square(fused.batch_norm(x, *a, *fused.moments(x.data))),
        *arrays,
        order=2,
    )


def test_an_input_computed_from_another():
    """Under create_graph only the paths of this call count: x's share by way of the kernel is
    added once, by the multiplication that made it."""
    rng = np.random.default_rng(0)
    x = Tensor(rng.normal(size=(3, 3)), requires_grad=True)

    def by(function):
        (slope,) = grad(ops.sum(function(x, ops.multiply(x, 2.0), x[0])), x, create_graph=True)
        return slope.data, grad(ops.sum(ops.square(slope)), x)[0].data

    for a, b in zip(by(fused.dense), by(plain_dense), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


def test_nan_is_not_hidden():
    x = np.zeros((1, 4, 4, 1))
    x[0, 1, 2, 0] = np.nan
    kernel, bias = np.ones((1, 1, 1, 1)), np.array([-1.0])
    y = fused.conv2d_relu_pool(x, kernel, bias)
    assert np.isnan(y).tolist() == [[[[False], [True]], [[False], [False]]]]
    assert np.isnan(fused.conv2d_relu_pool(x, np.ones((3, 3, 1, 1)), bias)).all()
    assert np.isnan(fused.dense(x[0, :, :, 0], np.ones((4, 2)), np.zeros(2), True)[1]).all()


def test_ties_go_to_the_first_corner():
    x = Tensor(np.ones((1, 4, 4, 1)), requires_grad=True)
    ops.sum(fused.conv2d_relu_pool(x, np.ones((1, 1, 1, 1)), np.zeros(1))).backward()
    assert x.grad.data[0, :, :, 0].tolist() == [
        [1, 0, 1, 0],
        [0, 0, 0, 0],
        [1, 0, 1, 0],
        [0, 0, 0, 0],
    ]


def test_closed_squares_pass_nothing_on():
    x = Tensor(np.full((1, 2, 2, 1), -1.0), requires_grad=True)
    y = fused.conv2d_relu_pool(x, np.ones((1, 1, 1, 1)), np.zeros(1))
    assert y.data.tolist() == [[[[0]]]]
    ops.sum(y).backward()
    assert not x.grad.data.any()


def test_same_bits_for_any_number_of_threads(set_num_threads):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=s) for s in ((9, 30, 30, 1), (3, 3, 1, 32), (32,))]
    arrays = [a.astype("float32") for a in arrays]
    results = []
    for n in (1, 2, 3):
        set_num_threads(n)
        x, kernel, bias = (Tensor(a, requires_grad=i > 0) for i, a in enumerate(arrays))
        y = fused.conv2d_relu_pool(x, kernel, bias)
        results.append((y.data, *(g.data for g in grad(ops.sum(y), (kernel, bias)))))
    for other in results[1:]:
        assert all(map(np.array_equal, results[0], other))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda x: fused.conv2d_relu_pool(x, np.ones((3, 3, 2, 4)), np.ones(4)),
            "conv2d_relu_pool: x has 1 channels",
        ),
        (
            lambda x: fused.conv2d_relu_pool(x, np.ones((3, 3, 1, 4)), np.ones(3)),
            r"conv2d_relu_pool: the bias needs shape \(4,\), got \(3,\)",
        ),
        (
            lambda x: fused.conv2d_relu_pool(x, np.ones((5, 5, 1, 4)), np.ones(4)),
            r"no 2 × 2 square fits in the convolution's output \(1, 2\)",
        ),
        (
            lambda x: fused.dense(x, np.ones((1, 4)), np.ones(3)),
            r"dense: the bias needs shape \(4,\), got \(3,\)",
        ),
        (
            lambda x: fused.sparse_softmax_crossentropy(x[0, 0], np.array([0, 0, 0, 0, 0, 1])),
            "labels need to be in 0 … 0, got 0 to 1",
        ),
        (
            lambda x: fused.sparse_softmax_crossentropy(x[0, 0], np.array([0, 0, 0, 0, 0, -1])),
            "labels need to be in 0 … 0, got -1 to 0",
        ),
        (
            lambda x: fused.dense(x, np.ones((2, 4)), np.ones(4)),
            r"dense: .* got shapes \(2, 5, 6, 1\) and \(2, 4\)",
        ),
    ],
)
def test_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.ones((2, 5, 6, 1)))
