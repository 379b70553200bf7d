"""Operations called without their options do what they do with the defaults spelt out.

Every gradient has its own copy of the defaults, so gradients are compared too, and theirs.
"""

import inspect

import numpy as np
import pytest

from minidl import Tensor, grad, ops


def numbers(*shape, low=0.2, high=2.0, seed=0):
    return np.random.default_rng(seed).uniform(low, high, shape)


CUBE = numbers(2, 3, 4)
SIGNED = numbers(2, 3, 4, low=-2.0)
PLACES = np.array([[2, 0], [1, 2]])
IMAGES, MORE = numbers(2, 5, 6, 4), numbers(2, 4, 5, 4, seed=1)
KERNEL = numbers(2, 2, 4, 4, seed=2)
CHANNELS = [numbers(4, seed=i) for i in range(4)]
OVER = {"axis": None, "keepdims": False}
WINDOWS = {"strides": 1, "padding": "valid", "dilation_rate": 1, "groups": 1}
SCALES = {"gamma": None, "beta": None}
#: Inputs that have gradients, other arguments, and the defaults of the rest.
CASES = {
    "argmax": ([CUBE], [], OVER),
    "argmin": ([CUBE], [], OVER),
    "average_pool2d": ([IMAGES], [2], {"strides": None, "padding": "valid"}),
    "batch_norm": ([CUBE, *CHANNELS[:2]], [], {**SCALES, "axis": -1, "epsilon": 1e-3}),
    "concatenate": ([[CUBE, SIGNED]], [], {"axis": 0}),
    "conv2d": ([IMAGES, KERNEL], [], WINDOWS),
    "conv2d_kernel_grad": ([IMAGES, MORE], [(2, 2)], WINDOWS),
    "conv2d_transpose": (
        [IMAGES, KERNEL],
        [],
        {
            "strides": 1,
            "padding": "valid",
            "output_padding": None,
            "dilation_rate": 1,
            "groups": 1,
            "output_size": None,
        },
    ),
    "elu": ([SIGNED], [], {"alpha": 1.0}),
    "flip": ([CUBE], [], {"axis": None}),
    "full_like": ([CUBE], [7], {"dtype": None}),
    "gelu": ([SIGNED], [], {"approximate": True}),
    "group_norm": ([CUBE], [2], {**SCALES, "epsilon": 1e-3}),
    "layer_norm": ([CUBE], [], {**SCALES, "axis": -1, "epsilon": 1e-3}),
    "leaky_relu": ([SIGNED], [], {"negative_slope": 0.2}),
    "log_softmax": ([CUBE], [], {"axis": -1}),
    "logsumexp": ([CUBE], [], OVER),
    "max": ([CUBE], [], OVER),
    "max_pool2d": ([IMAGES], [2], {"strides": None, "padding": "valid", "dilation_rate": 1}),
    "mean": ([CUBE], [], OVER),
    "min": ([CUBE], [], OVER),
    "one_hot": ([PLACES], [3], {"dtype": "float32"}),
    "ones_like": ([CUBE], [], {"dtype": None}),
    "pad": ([CUBE], [1], {"mode": "constant", "constant_values": 0}),
    "prod": ([CUBE], [], OVER),
    "repeat": ([CUBE], [2], {"axis": None}),
    "resize": ([IMAGES], [(7, 9)], {"interpolation": "bilinear"}),
    "roll": ([CUBE], [5], {"axis": None}),
    "round": ([SIGNED], [], {"decimals": 0}),
    "softmax": ([CUBE], [], {"axis": -1}),
    "split": ([CUBE], [2], {"axis": 0}),
    "squeeze": ([CUBE[:1, :, :1]], [], {"axis": None}),
    "stack": ([[CUBE, SIGNED]], [], {"axis": 0}),
    "std": ([CUBE], [], OVER),
    "sum": ([CUBE], [], OVER),
    "take": ([CUBE], [PLACES], {"axis": None}),
    "transpose": ([CUBE], [], {"axes": None}),
    "var": ([CUBE], [], OVER),
    "zeros_like": ([CUBE], [], {"dtype": None}),
}


def test_these_are_all_defaults_there_are():
    found = {}
    for name in ops.__all__:
        parameters = inspect.signature(getattr(ops, name)).parameters.values()
        options = {p.name: p.default for p in parameters if p.default is not p.empty}
        if options and name != "dropout":  # its rng is random
            found[name] = options
    assert found == {name: options for name, (_, _, options) in CASES.items()}


def results(name, *more, **options):
    """Return values, gradients, and gradients of gradients, with and without a graph."""
    inputs, others, _ = CASES[name]
    tensors = []

    def tensor(x):
        if isinstance(x, list):
            return [tensor(each) for each in x]
        tensors.append(Tensor(x, requires_grad=x.dtype.kind == "f"))
        return tensors[-1]

    y = getattr(ops, name)(*map(tensor, inputs), *others, *more, **options)
    found = [np.asarray(each) for each in (y if isinstance(y, list) else [y])]
    y = y[0] if isinstance(y, list) else y
    if y.requires_grad:
        weights = numbers(*y.shape, seed=9)
        slopes = grad(y, tensors, create_graph=True, gradient=weights)
        found += [*grad(y, tensors, gradient=weights), *slopes]
        total = sum((slope * slope).sum() for slope in slopes)
        if total.requires_grad:
            found += grad(total, tensors)
    return found


@pytest.mark.parametrize("name", CASES)
def test_without_options_it_is_as_with_the_defaults(name):
    _, _, options = CASES[name]
    expected = results(name, **options)
    assert len(expected) > 1 or name in ("argmax", "argmin", "one_hot", "round", "full_like",
                                         "ones_like", "zeros_like")  # fmt: skip
    ways = [results(name)]
    if name != "batch_norm":  # its weights come before
        ways.append(results(name, *options.values()))
    for found in ways:
        assert len(found) == len(expected)
        for f, e in zip(found, expected, strict=True):
            assert f.dtype == e.dtype
            np.testing.assert_array_equal(f, e)
