"""Write torch.npz and torch_more.npz: what PyTorch computes, and its gradients.

Convolution and max-pooling in the first; in the second convolution in groups, average-pooling,
resizing and normalization, whose gradients ONNX's cases do not have.
"""

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


GROUPS = {  # name: (kernel size, channels, filters, groups, stride, padding, dilation)
    "depthwise": ((3, 3), 4, 4, 4, (1, 1), (1, 1), (1, 1)),
    "multiplier": ((3, 2), 3, 6, 3, (2, 1), (1, 0), (1, 2)),
    "groups": ((2, 3), 4, 6, 2, (2, 2), (1, 1), (1, 1)),
}
AVERAGES = {  # name: (size, stride, padding)
    "plain": ((2, 2), (2, 2), (0, 0)),
    "border": ((3, 3), (2, 2), (1, 1)),
    "oblong": ((3, 2), (1, 2), (1, 0)),
}
SIZES = {"up": (11, 7), "down": (3, 4), "both": (9, 2), "one": (1, 1), "same": (6, 5)}


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


def record(rng, out, key, function, inputs, how=()):
    """Store the inputs, the output, a gradient of it and what becomes of that.

    Arrays of four axes are channels last in the file and channels first for PyTorch; the
    kernel, (kh, kw, in, out) in the file, is (out, in, kh, kw).
    """
    tensors = {}
    for name, array in inputs.items():
        turned = array.transpose(3, 2, 0, 1) if name == "kernel" else array
        turned = np.moveaxis(array, -1, 1) if name == "x" else turned
        tensors[name] = torch.tensor(turned.copy(), requires_grad=True)
    y = function(**tensors)
    g = rng.normal(size=y.shape)
    y.backward(torch.tensor(g))
    out[f"{key}/how"] = np.array(how)
    out |= {f"{key}/y": channels_last(y), f"{key}/g": np.moveaxis(g, 1, -1)}
    for name, array in inputs.items():
        slope = tensors[name].grad.numpy()
        slope = slope.transpose(2, 3, 1, 0) if name == "kernel" else slope
        out[f"{key}/{name}"] = array
        out[f"{key}/{name}_grad"] = np.moveaxis(slope, 1, -1) if name == "x" else slope


def grouped(rng, out):
    for name, (size, channels, filters, groups, stride, padding, dilation) in GROUPS.items():
        inputs = {
            "x": rng.normal(size=(2, 8, 7, channels)),
            "kernel": rng.normal(size=(*size, channels // groups, filters)),
        }
        options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}

        def convolve(x, kernel, options=options):
            return functional.conv2d(x, kernel, **options)

        def paint(x, kernel, options=options):
            return functional.conv_transpose2d(x, kernel, **options)

        how = (groups, *stride, *padding, *dilation)
        record(rng, out, f"grouped/{name}", convolve, inputs, how)
        inputs["x"] = rng.normal(size=(2, 4, 5, filters))
        record(rng, out, f"painted/{name}", paint, inputs, how)


def averages(rng, out):
    for name, (size, stride, padding) in AVERAGES.items():

        def pool(x, how=(size, stride, padding)):
            return functional.avg_pool2d(x, *how, count_include_pad=False)

        inputs = {"x": rng.normal(size=(2, 7, 6, 3))}
        record(rng, out, f"average/{name}", pool, inputs, (*size, *stride, *padding))


def resizes(rng, out):
    modes = {
        "bilinear": {"mode": "bilinear", "align_corners": False},
        "nearest": {"mode": "nearest-exact"},
    }
    for name, size in SIZES.items():
        for mode, options in modes.items():

            def resize(x, size=size, options=options):
                return functional.interpolate(x, size, **options)

            inputs = {"x": rng.normal(size=(2, 6, 5, 3))}
            record(rng, out, f"resize_{mode}/{name}", resize, inputs, size)


def norms(rng, out):
    weights = {"gamma": rng.normal(size=6), "beta": rng.normal(size=6)}

    def batch(x, gamma, beta):
        return functional.batch_norm(x, None, None, gamma, beta, training=True, eps=1e-3)

    def used(x, mean, variance, gamma, beta):
        return functional.batch_norm(x, mean, variance, gamma, beta, eps=1e-3)

    def group(x, gamma, beta):
        return functional.group_norm(x, 3, gamma, beta, eps=1e-3)

    def layer(x, gamma, beta):
        y = functional.layer_norm(x.movedim(1, -1), (6,), gamma, beta, eps=1e-3)
        return y.movedim(-1, 1)

    for name, function in (("batch", batch), ("group", group), ("layer", layer)):
        inputs = {"x": rng.normal(1, 2, size=(3, 4, 5, 6)), **weights}
        record(rng, out, f"norm/{name}", function, inputs)
    x = rng.normal(1, 2, size=(3, 4, 5, 6))
    tensors = [channels_first(x)]
    stored = {"mean": rng.normal(size=6), "variance": rng.uniform(0.1, 2, size=6), **weights}
    tensors += [torch.tensor(a) for a in stored.values()]  # PyTorch holds these constant
    y = used(*tensors)
    g = rng.normal(size=y.shape)
    y.backward(torch.tensor(g))
    out |= {f"norm_used/used/{name}": array for name, array in stored.items()}
    out["norm_used/used/x"], out["norm_used/used/y"] = x, channels_last(y)
    out["norm_used/used/g"] = np.moveaxis(g, 1, -1)
    out["norm_used/used/x_grad"] = channels_last(tensors[0].grad)


def main():
    folder = pathlib.Path(__file__).parent
    for name, parts in (
        ("torch", (convolutions, pools)),
        ("torch_more", (grouped, averages, resizes, norms)),
    ):
        rng = np.random.default_rng(0)
        out = {"versions": np.array([f"torch {torch.__version__}"])}
        for part in parts:
            part(rng, out)
        np.savez_compressed(folder / f"{name}.npz", **out)


if __name__ == "__main__":
    main()
