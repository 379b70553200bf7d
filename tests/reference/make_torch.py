"""Write torch.npz: what PyTorch computes for convolution, pooling and their gradients."""

import pathlib

import numpy as np
import torch
from torch.nn import functional

CONVOLUTIONS = {  # name: (kernel size, stride, padding, dilation)
    "plain": ((3, 3), (1, 1), (0, 0), (1, 1)),
    "padded": ((3, 2), (1, 1), (2, 1), (1, 1)),
    "strided": ((3, 3), (2, 3), (1, 1), (1, 1)),
    "dilated": ((2, 3), (1, 2), (2, 2), (2, 2)),
    "one": ((1, 1), (2, 2), (0, 0), (1, 1)),
}
POOLS = {
    "plain": (2, 2, 0, 1),
    "overlapping": (3, 1, 1, 1),
    "strided": (3, 2, 1, 1),
    "dilated": (2, 1, 0, 3),
}


def channels_first(array):
    return torch.tensor(np.moveaxis(array, -1, 1).copy(), requires_grad=True)


def channels_last(tensor):
    return np.moveaxis(tensor.detach().numpy(), 1, -1)


def convolutions(rng, out):
    for name, (size, stride, padding, dilation) in CONVOLUTIONS.items():
        x = rng.normal(size=(2, 9, 8, 3))
        kernel = rng.normal(size=(*size, 3, 4))
        t = channels_first(x)
        k = torch.tensor(kernel.transpose(3, 2, 0, 1).copy(), requires_grad=True)
        y = functional.conv2d(t, k, None, stride, padding, dilation)
        g = rng.normal(size=y.shape)
        y.backward(torch.tensor(g))
        key = f"conv/{name}"
        out[f"{key}/how"] = np.array([*stride, *padding, *dilation])
        out |= {f"{key}/x": x, f"{key}/kernel": kernel, f"{key}/y": channels_last(y)}
        out[f"{key}/g"] = np.moveaxis(g, 1, -1)
        out[f"{key}/x_grad"] = channels_last(t.grad)
        out[f"{key}/kernel_grad"] = k.grad.numpy().transpose(2, 3, 1, 0)
        back = functional.conv_transpose2d(
            torch.tensor(g), k.detach(), None, stride, padding, 0, 1, dilation
        )
        out[f"{key}/transpose"] = channels_last(back)


def pools(rng, out):
    for name, (size, stride, padding, dilation) in POOLS.items():
        x = rng.integers(-4, 0, size=(2, 9, 8, 3)).astype(np.float64)  # negative, with ties
        t = channels_first(x)
        y = functional.max_pool2d(t, size, stride, padding, dilation)
        g = rng.normal(size=y.shape)
        y.backward(torch.tensor(g))
        key = f"pool/{name}"
        out[f"{key}/how"] = np.array([size, stride, padding, dilation])
        out |= {f"{key}/x": x, f"{key}/y": channels_last(y), f"{key}/g": np.moveaxis(g, 1, -1)}
        out[f"{key}/x_grad"] = channels_last(t.grad)


def main():
    rng = np.random.default_rng(0)
    out = {"versions": np.array([f"torch {torch.__version__}"])}
    convolutions(rng, out)
    pools(rng, out)
    np.savez_compressed(pathlib.Path(__file__).with_name("torch.npz"), **out)


if __name__ == "__main__":
    main()
