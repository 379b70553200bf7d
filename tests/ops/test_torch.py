"""Convolution, its transpose, max-pooling and their gradients against PyTorch."""

import pathlib

import numpy as np
import pytest

from minidl import Tensor, grad, ops

GOLDEN = np.load(pathlib.Path(__file__).parents[1] / "reference" / "torch.npz")
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
