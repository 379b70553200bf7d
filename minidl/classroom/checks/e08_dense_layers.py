"""Exercise 8: dense layers, held against sums in loops, exact decimals and autograd."""

import decimal

import numpy as np

from minidl import ops
from minidl.autograd import Tensor
from minidl.classroom.task import Exercise, Task


def _layer(draw):
    N, D, U = (draw.integer(1, 3) for _ in range(3))
    return draw.array(N, D), draw.array(D, U), draw.array(U)


def _numbers(draw):
    return (draw.array(draw.integer(1, 3), draw.integer(1, 3)),)


def _logits(draw):
    """Return logits: small, or far apart, or all of a row far from 0, each row elsewhere."""
    N = draw.integer(1, 3)
    z = draw.array(N, draw.integer(1, 4)) * draw.choice(1, 100)
    return (z + draw.choice(0, 1000, -1000) * np.arange(1, N + 1)[:, np.newaxis],)


def _layer_and_gradient(draw):
    N, D, U = (draw.integer(1, 3) for _ in range(3))
    return draw.array(N, D), draw.array(D, U), draw.array(N, U)


def _dense(x, kernel, bias):
    y = np.zeros((len(x), len(bias)))
    for n, u in np.ndindex(y.shape):
        y[n, u] = bias[u] + sum(a * b for a, b in zip(x[n], kernel[:, u], strict=True))
    return y


def _relu(x):
    return np.array([[value if value > 0 else 0.0 for value in row] for row in x.tolist()])


def _softmax(logits):
    """Return the formula in decimal numbers, whose exponents have no such limit."""
    p = []
    for row in logits.tolist():
        powers = [decimal.Decimal(z).exp() for z in row]
        p.append([float(power / sum(powers)) for power in powers])
    return np.array(p)


def _dense_gradients(x, kernel, gradient):
    variables = [Tensor(a, requires_grad=True) for a in (x, kernel, np.zeros(kernel.shape[1]))]
    inputs, weights, bias = variables
    ops.sum((inputs @ weights + bias) * gradient).backward()
    return tuple(variable.grad.data for variable in variables)


def _softmax_of(shifted, axis=1):
    """Return softmax as it is computed: `shifted` is what is subtracted from z."""

    def mistaken(logits):
        powers = np.exp(logits - shifted(logits))
        return powers / powers.sum(axis=axis, keepdims=True)

    return mistaken


def _largest(z):
    return z.max(axis=1, keepdims=True)


def _log_softmax(logits):
    z = logits - _largest(logits)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def _with_other(**changes):
    """Return the right gradients, but for those by x, kernel or bias that `changes` computes."""

    def mistaken(x, kernel, gradient):
        names = ("x", "kernel", "bias")
        right = dict(zip(names, _dense_gradients(x, kernel, gradient), strict=True))
        wrong = {name: change(x, kernel, gradient) for name, change in changes.items()}
        return tuple({**right, **wrong}.values())

    return mistaken


def _exchanged(x, kernel, gradient):
    by_x, by_kernel, by_bias = _dense_gradients(x, kernel, gradient)
    return by_kernel, by_x, by_bias


def _of_ones(x, kernel, gradient):
    return _dense_gradients(x, kernel, np.ones_like(gradient))


EXERCISE = Exercise(
    number=8,
    name="dense_layers",
    tasks=(
        Task(
            "dense",
            inputs=_layer,
            judge=_dense,
            tolerance=1e-9,
            mistakes={
                "the bias is left out": lambda x, kernel, bias: x @ kernel,
                "the bias is subtracted": lambda x, kernel, bias: x @ kernel - bias,
                "the bias is added with every product": lambda x, kernel, bias: (
                    x @ kernel + x.shape[1] * bias
                ),
                "`=` for `+=`: only the last product is kept": lambda x, kernel, bias: (
                    x[:, -1:] * kernel[-1:] + bias
                ),
                "the kernel is transposed": lambda x, kernel, bias: x @ kernel.T + bias,
                "the bias goes by examples instead of units": lambda x, kernel, bias: (
                    x @ kernel + bias[:, np.newaxis]
                ),
            },
        ),
        Task(
            "relu",
            inputs=_numbers,
            judge=_relu,
            tolerance=1e-9,
            mistakes={
                "np.max for np.maximum: the largest along an axis": lambda x: np.max(x, 0),
                "negative numbers lose their sign": abs,
                "the smaller instead of the larger": lambda x: np.minimum(x, 0),
                "1 for positive numbers: ReLU's slope": lambda x: (x > 0) * 1.0,
                "negative numbers are left out: another shape": lambda x: x[x > 0],
            },
        ),
        Task(
            "softmax",
            inputs=_logits,
            judge=_softmax,
            tolerance=1e-9,
            mistakes={
                "the exponential overflows": _softmax_of(lambda z: 0),
                "the largest of all rows is subtracted from every row": _softmax_of(np.max),
                "the mean is subtracted instead of the largest": _softmax_of(
                    lambda z: z.mean(axis=1, keepdims=True)
                ),
                "divided by the sum of all rows": _softmax_of(_largest, axis=(0, 1)),
                "the sum runs down the columns: axis 0 for 1": _softmax_of(
                    lambda z: z.max(axis=0), axis=0
                ),
                "not divided by the sum": lambda logits: np.exp(logits - _largest(logits)),
                "the logarithm of softmax": _log_softmax,
                "the exponential is left out": lambda logits: (
                    logits / logits.sum(axis=1, keepdims=True)
                ),
            },
        ),
        Task(
            "dense_gradients",
            inputs=_layer_and_gradient,
            judge=_dense_gradients,
            tolerance=1e-9,
            mistakes={
                "the gradients by x and kernel are exchanged": _exchanged,
                "the given gradient is left out": _of_ones,
                "the kernel is not transposed": _with_other(
                    x=lambda x, kernel, gradient: gradient @ kernel
                ),
                "the gradient by kernel is transposed": _with_other(
                    kernel=lambda x, kernel, gradient: gradient.T @ x
                ),
                "the gradient by kernel is a mean over the examples": _with_other(
                    kernel=lambda x, kernel, gradient: x.T @ gradient / len(x)
                ),
                "the gradient by bias is a mean over the examples": _with_other(
                    bias=lambda x, kernel, gradient: gradient.mean(axis=0)
                ),
                "the gradients by kernel and bias are means over the examples": _with_other(
                    kernel=lambda x, kernel, gradient: x.T @ gradient / len(x),
                    bias=lambda x, kernel, gradient: gradient.mean(axis=0),
                ),
                "the gradient by bias is not summed over the examples": _with_other(
                    bias=lambda x, kernel, gradient: gradient
                ),
                "the gradient by bias is summed over the units": _with_other(
                    bias=lambda x, kernel, gradient: gradient.sum(axis=1)
                ),
                "the gradient by bias is 1: the given gradient is left out": _with_other(
                    bias=lambda x, kernel, gradient: np.ones(kernel.shape[1])
                ),
                "the gradient by bias keeps the examples' axis": _with_other(
                    bias=lambda x, kernel, gradient: gradient.sum(axis=0, keepdims=True)
                ),
            },
        ),
    ),
    hints=(
        """
        Write the shapes down: (N, D) and (D, U) make (N, U). A sum over a common index is a
        matrix product. For softmax, print np.exp(710.0), and think of what happens to a
        fraction if both its parts are divided by the same number.
        """,
        """
        relu compares two numbers at a time: np.maximum, not np.max.
        softmax: subtract from each row its own largest number, with keepdims=True.
        dense_gradients: the sums are matrix products too. In which order, and with which one
        transposed, do (N, U) and (D, U) make (N, D)?
        """,
        """
        softmax:

            z = logits - logits.max(axis=1, keepdims=True)
            powers = np.exp(z)    # then divide by each row's sum

        The gradient by x, as a sum over u; that by kernel is a product of the same kind:

            gradient @ kernel.T

        The bias is added to every example, so its gradient is a sum over axis 0.
        """,
    ),
)
