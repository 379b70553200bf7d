"""Several operations in one pass, which models use for runs of layers: `models.fusion`.

A fused primitive means its plain composition, and says so: with ``create_graph=True`` it is
differentiated through that. Otherwise it computes the gradients by all inputs together, from
the little that it kept.
"""

import numpy as np

from minidl import autograd, ops
from minidl.autograd import primitive
from minidl.kernels import conv, crossentropy, elementwise, matmul, normalize, pool
from minidl.kernels.conv import direct, fused
from minidl.ops import activation, arithmetic, linear, normalization, pooling
from minidl.ops.convolution import conv2d, prepared

#: The windows of pooling: 2 × 2 with stride 2.
SQUARES = (2, 2), (2, 2, 0, 0, 1, 1)


@primitive(residuals=True)
def conv2d_relu_pool(x, kernel, bias, strides=1, padding="valid", dilation_rate=1, groups=1):
    """Return ``max_pool2d(relu(conv2d(x, kernel, …) + bias), 2)``, bit for bit.

    Only the pooled numbers are kept, and a byte for each: which corner of the square won.

    Parameters
    ----------
    x, kernel, strides, padding, dilation_rate, groups
        As for `conv2d`.
    bias : (F,)

    Returns
    -------
    (N, h // 2, w // 2, F), where the convolution's output is (N, h, w, F).

    >>> image = np.arange(16.0).reshape(1, 4, 4, 1)
    >>> conv2d_relu_pool(image, np.ones((1, 1, 1, 1)), np.array([-6.0])).reshape(2, 2)
    array([[0., 1.],
           [7., 9.]])
    """
    name = "conv2d_relu_pool"
    how = strides, padding, dilation_rate, groups
    x, kernel, w, groups = prepared(name, x, kernel, *how)
    bias = _checked_bias(name, bias, kernel.shape[3], x.dtype)
    if min(w.out_size) < 2:
        raise ValueError(f"{name}: no 2 × 2 square fits in the convolution's output {w.out_size}")
    is_direct = groups == 1 and _is_direct(x, kernel, w)
    if is_direct:
        y, winner = fused.forward(x, kernel, bias, w.geometry[2:4], w.out_size)
    else:
        y, winner = pool.bias_relu_max(conv2d(x, kernel, *how), bias)
    return y, (winner, w, is_direct)


def _conv2d_relu_pool(x, kernel, bias, *how, **named):
    """What it means."""
    y = arithmetic.add(conv2d(x, kernel, *how, **named), bias)
    return pooling.max_pool2d(activation.relu(y), 2)


def _conv2d_relu_pool_gradients(positions, g, y, x, kernel, bias, *how, residuals, **named):
    winner, w, is_direct = residuals
    if is_direct and 0 not in positions:
        by_kernel, by_bias = fused.gradients(x, g, winner, w.geometry[2:4])
        return [by_kernel if i == 1 else by_bias for i in positions]
    opened = pool.scatter(g, winner, *SQUARES, w.out_size)
    rules = {
        0: lambda: conv2d.vjp(0, False)(opened, None, x, kernel, *how, **named),
        1: lambda: conv2d.vjp(1, False)(opened, None, x, kernel, *how, **named),
        2: lambda: elementwise.sum_rows(opened.reshape(-1, len(bias))),
    }
    return [rules[i]() for i in positions]


@primitive
def dense(x, kernel, bias, relu=False):
    """Return ``x @ kernel + bias``, with its negative numbers set to 0 if `relu`.

    Parameters
    ----------
    x : (…, features) float32 or float64
    kernel : (features, units)
    bias : (units,)

    Returns
    -------
    (…, units)

    >>> dense(np.array([[1.0, 2.0]]), np.array([[1.0, -1.0], [1.0, -1.0]]), np.ones(2), relu=True)
    array([[4., 0.]])
    """
    if x.ndim < 2 or kernel.ndim != 2 or x.shape[-1] != len(kernel):
        raise ValueError(
            "dense: x (…, features) and kernel (features, units) need equally many features, "
            f"got shapes {x.shape} and {kernel.shape}"
        )
    y = matmul.matmul(x, kernel)
    bias = _checked_bias("dense", bias, kernel.shape[1], y.dtype)
    elementwise.add_bias(y.reshape(-1, len(bias)), bias, relu)
    return y


def _dense(x, kernel, bias, relu=False):
    """What it means."""
    y = arithmetic.add(linear.matmul(x, kernel), bias)
    return activation.relu(y) if relu else y


def _dense_gradients(positions, g, y, x, kernel, bias, relu=False):
    g = elementwise.relu_backward(g, y) if relu else g
    rows = g.reshape(-1, g.shape[-1])
    rules = {
        0: lambda: matmul.matmul(g, kernel.T),
        1: lambda: matmul.matmul(x.reshape(-1, x.shape[-1]).T, rows),
        2: lambda: elementwise.sum_rows(rows),
    }
    return [rules[i]() for i in positions]


def moments(x):
    """Return mean and variance of each channel of `x` (…, C), over all other axes: arrays (C,).

    >>> moments(np.array([[1.0, 5.0], [3.0, 5.0]]))
    (array([2., 5.]), array([1., 0.]))
    """
    return normalize.moments(x.reshape(-1, x.shape[-1]))


@primitive
def batch_norm(x, gamma, beta, mean, variance, epsilon=1e-3):
    """Return ``ops.batch_norm`` of x by its own mean and variance, as while training.

    Parameters
    ----------
    x : (…, C) float32 or float64
    gamma, beta : (C,)
    mean, variance : (C,)
        `moments` of x. Gradients know that they depend on x.
    epsilon : float

    Returns
    -------
    (…, C)

    >>> x = np.array([[1.0], [3.0]])
    >>> batch_norm(x, np.ones(1), np.zeros(1), *moments(x), epsilon=0)
    array([[-1.],
           [ 1.]])
    """
    scale = gamma / np.sqrt(variance + x.dtype.type(epsilon))
    return normalize.forward(x.reshape(-1, len(gamma)), mean, scale, beta).reshape(x.shape)


def _batch_norm(x, gamma, beta, mean, variance, epsilon=1e-3):
    """What it means."""
    axes = tuple(range(x.ndim - 1))
    own = ops.mean(x, axis=axes), ops.var(x, axis=axes)
    return normalization.batch_norm(x, *own, gamma, beta, epsilon=epsilon)


def _batch_norm_gradients(positions, g, y, x, gamma, beta, mean, variance, epsilon=1e-3):
    deviation = np.sqrt(variance + x.dtype.type(epsilon))
    rows = [array.reshape(-1, len(gamma)) for array in (g, x)]
    by_x, by_gamma, by_beta = normalize.gradients(*rows, mean, deviation, gamma)
    found = by_x.reshape(x.shape), by_gamma, by_beta
    return [found[i] for i in positions]


@primitive
def sparse_softmax_crossentropy(logits, labels):
    """Return −log of the share that softmax gives to the class in `labels`.

    Parameters
    ----------
    logits : (…, classes) float32 or float64
    labels : (…) int64
        Class numbers, 0 … classes − 1.

    Returns
    -------
    (…)

    >>> sparse_softmax_crossentropy(np.log([[0.25, 0.75]]), np.array([1])).round(4)
    array([0.2877])
    """
    classes = logits.shape[-1]
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"sparse_softmax_crossentropy: labels need to be in 0 … {classes - 1}, "
            f"got {labels.min()} to {labels.max()}"
        )
    rows = logits.reshape(-1, classes)
    return crossentropy.forward(rows, labels.reshape(-1)).reshape(labels.shape)


def _sparse_softmax_crossentropy(logits, labels):
    """What it means."""
    log_p = activation.log_softmax(logits)
    chosen = ops.take_along_axis(log_p, labels[..., np.newaxis], axis=-1)
    return arithmetic.negative(ops.squeeze(chosen, -1))


def _crossentropy_gradients(positions, g, y, logits, labels):
    rows = logits.reshape(-1, logits.shape[-1])
    gradient = crossentropy.gradient(rows, labels.reshape(-1), g.reshape(-1))
    return [gradient.reshape(logits.shape)]


def _together(plain, quick):
    """Return the VJP of several inputs: through `plain` in a graph, else the `quick` one."""

    def gradients(positions, create_graph, g, y, *args, **kwargs):
        if not create_graph:
            return quick(positions, g, y, *args, **kwargs)
        kwargs.pop("residuals", None)
        # Inputs of this call alone: one may have been computed from another.
        args = [arithmetic.multiply(a, 1) if i in positions else a for i, a in enumerate(args)]
        wanted = [args[i] for i in positions]
        return autograd.grad(plain(*args, **kwargs), wanted, create_graph=True, gradient=g)

    return gradients


conv2d_relu_pool.def_vjps(
    None, None, None, together=_together(_conv2d_relu_pool, _conv2d_relu_pool_gradients)
)
dense.def_vjps(None, None, None, together=_together(_dense, _dense_gradients))
batch_norm.def_vjps(None, None, None, together=_together(_batch_norm, _batch_norm_gradients))
sparse_softmax_crossentropy.def_vjps(
    None, together=_together(_sparse_softmax_crossentropy, _crossentropy_gradients)
)


def _is_direct(x, kernel, w):
    return conv.route(x.dtype, len(x), kernel.shape, w.geometry, w.out_size) is direct


def _checked_bias(name, bias, count, dtype):
    if np.shape(bias) != (count,):
        raise ValueError(f"{name}: the bias needs shape ({count},), got {np.shape(bias)}")
    return np.asarray(bias).astype(dtype, copy=False)
