"""Convolution, pooling, resizing, normalization and their gradients against PyTorch."""

import pathlib

import numpy as np
import pytest

from minidl import Tensor, grad, ops

REFERENCE = pathlib.Path(__file__).parents[1] / "reference"
GOLDEN = {k: a for f in ("torch", "torch_more") for k, a in np.load(REFERENCE / f"{f}.npz").items()}
CONVOLUTIONS = sorted({key.split("/")[1] for key in GOLDEN if key.startswith("conv/")})
POOLS = sorted({key.split("/")[1] for key in GOLDEN if key.startswith("pool/")})


def golden(kind, name):
    return {key.split("/")[2]: GOLDEN[key] for key in GOLDEN if key.startswith(f"{kind}/{name}/")}


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolution_and_its_gradients(name):
    case = golden("conv", name)
    sy, sx, py, px, dy, dx = case["how"].tolist()
    how = {
        "strides": (sy, sx),
        "padding": ((py, py), (px, px)),
        "dilation_rate": (dy, dx),
    }
    x, kernel = (Tensor(case[k], requires_grad=True) for k in ("x", "kernel"))
    y = ops.conv2d(x, kernel, **how)
    by_x, by_kernel = grad(y, (x, kernel), gradient=case["g"])
    np.testing.assert_allclose(y.data, case["y"], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(by_x.data, case["x_grad"], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(by_kernel.data, case["kernel_grad"], rtol=1e-12, atol=1e-12)
    transposed = ops.conv2d_transpose(case["g"], case["kernel"], **how)
    np.testing.assert_allclose(transposed, case["transpose"], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", POOLS)
def test_max_pooling_of_negative_numbers_with_ties_and_its_gradient(name):
    case = golden("pool", name)
    size, stride, padding, dilation = case["how"].tolist()
    x = Tensor(case["x"], requires_grad=True)
    pads = ((padding, padding), (padding, padding))
    y = ops.max_pool2d(x, size, stride, pads, dilation)
    (by_x,) = grad(y, x, gradient=case["g"])
    np.testing.assert_array_equal(y.data, case["y"])
    np.testing.assert_allclose(by_x.data, case["x_grad"], rtol=1e-12, atol=1e-12)


def batch_norm(x, gamma, beta):
    axes = (0, 1, 2)
    return ops.batch_norm(x, ops.mean(x, axes), ops.var(x, axes), gamma, beta)


def explicit(padding):
    return tuple((p, p) for p in padding)


def in_groups(operation):
    def run(groups, sy, sx, py, px, dy, dx):
        options = {"strides": (sy, sx), "dilation_rate": (dy, dx), "groups": groups}
        return lambda x, kernel: operation(x, kernel, padding=explicit((py, px)), **options)

    return run


def averaged(kh, kw, sy, sx, py, px):
    return lambda x: ops.average_pool2d(x, (kh, kw), (sy, sx), explicit((py, px)))


#: For each kind of case: the inputs, and the operation, from the numbers under "how".
KINDS = {
    "grouped": (("x", "kernel"), in_groups(ops.conv2d)),
    "painted": (("x", "kernel"), in_groups(ops.conv2d_transpose)),
    "average": (("x",), averaged),
    "resize_bilinear": (("x",), lambda *size: lambda x: ops.resize(x, size)),
    "resize_nearest": (("x",), lambda *size: lambda x: ops.resize(x, size, "nearest")),
    "norm": (("x", "gamma", "beta"), None),
}
NORMS = {
    "batch": batch_norm,
    "group": lambda x, gamma, beta: ops.group_norm(x, 3, gamma, beta),
    "layer": lambda x, gamma, beta: ops.layer_norm(x, gamma, beta),
}
CASES = sorted({tuple(k.split("/")[:2]) for k in GOLDEN if k.split("/")[0] in KINDS})


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_values_and_gradients(kind, name):
    case = golden(kind, name)
    inputs, operation = KINDS[kind]
    operation = NORMS[name] if operation is None else operation(*case["how"].tolist())
    tensors = [Tensor(case[i], requires_grad=True) for i in inputs]
    y = operation(*tensors)
    close = {"rtol": 1e-11, "atol": 1e-12}
    np.testing.assert_allclose(y.data, case["y"], **close)
    for i, slope in zip(inputs, grad(y, tensors, gradient=case["g"]), strict=True):
        np.testing.assert_allclose(slope.data, case[f"{i}_grad"], **close)


def test_batch_norm_with_given_statistics():
    case = golden("norm_used", "used")
    x = Tensor(case["x"], requires_grad=True)
    y = ops.batch_norm(x, *(case[i] for i in ("mean", "variance", "gamma", "beta")))
    np.testing.assert_allclose(y.data, case["y"], rtol=1e-12, atol=1e-12)
    (slope,) = grad(y, x, gradient=case["g"])
    np.testing.assert_allclose(slope.data, case["x_grad"], rtol=1e-12, atol=1e-12)
