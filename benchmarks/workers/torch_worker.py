"""PyTorch, eager; of layouts, kinds of Adam and ways of inference the quickest is taken."""

import functools
import pathlib
import platform

import numpy as np
import torch
from common import STEPS, THREADS, Ways, arrays, batch, choices, digits, serve
from torch import nn
from torch.nn import functional

from benchmarks import cases

LAYOUTS = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}
ADAMS = {"Adam": {}, "foreach Adam": {"foreach": True}, "fused Adam": {"fused": True}}


def images(array, layout):
    """Return (N, H, W, C) as PyTorch's (N, C, H, W), in a memory layout."""
    return torch.from_numpy(array.transpose(0, 3, 1, 2).copy()).contiguous(memory_format=layout)


def cnn(layout):
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(5408, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    ).to(memory_format=layout)


class Trainer:
    """The article's CNN with its optimizer."""

    def __init__(self, layout, **adam):
        self.model = cnn(layout)
        self.optimizer = torch.optim.Adam(self.model.parameters(), 0.001, **adam)

    def step(self, x, y):
        """Forward, backward, update; returns loss and logits."""
        logits = self.model(x)
        loss = functional.cross_entropy(logits, y)
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return loss, logits

    def epoch(self, x, y):
        """Take every example once in a new order; returns mean loss and accuracy."""
        order = torch.randperm(len(x))
        total, right = 0.0, 0
        for i in range(0, len(x), cases.BATCH):
            chosen = order[i : i + cases.BATCH]
            labels = y[chosen]
            loss, logits = self.step(x[chosen], labels)
            total += loss.item()
            right += (logits.argmax(1) == labels).sum().item()
        return total / STEPS, right / len(x)


def all_ways(build):
    """Return the Ways of ``build(layout, **adam)`` for every layout and kind of Adam."""
    return Ways(
        {
            f"{layout}, {adam}": functools.partial(build, LAYOUTS[layout], **ADAMS[adam])
            for layout in LAYOUTS
            for adam in ADAMS
        }
    )


def step():
    x, y = batch()

    def build(layout, **adam):
        trainer = Trainer(layout, **adam)
        inputs, labels = images(x, layout), torch.from_numpy(y)
        return lambda: trainer.step(inputs, labels)

    return all_ways(build)


def epoch():
    x, y = digits()

    def build(layout, **adam):
        trainer = Trainer(layout, **adam)
        inputs, labels = images(x, layout), torch.from_numpy(y.astype(np.int64))
        return lambda: trainer.epoch(inputs, labels)

    ways = all_ways(build)
    if best := choices.get(cases.FIT_STEP):  # an epoch is long: the step has chosen before
        ways = Ways({best: ways.builders[best]})
    return ways


def inference(size):
    x, _ = batch(size)

    def build(layout, change):
        model, inputs = cnn(LAYOUTS[layout]).eval(), images(x, LAYOUTS[layout])
        with torch.inference_mode():
            model = change(model, inputs)

        def call():
            with torch.inference_mode():
                return model(inputs)

        return call

    ways = {
        f"{layout}, {name}": functools.partial(build, layout, change)
        for layout in LAYOUTS
        for name, change in {
            "eager": lambda model, inputs: model,
            "traced": lambda model, inputs: torch.jit.freeze(torch.jit.trace(model, inputs)),
        }.items()
    }
    ways["compiled"] = lambda: build("contiguous", lambda model, inputs: torch.compile(model))
    return Ways(ways)


def operation(case):
    """Return the Ways of an operation in both layouts."""
    x, kernel, g = arrays(case)

    def build(layout):
        # Both kernels become (filters or channels in, the other, kh, kw).
        inputs = [images(x, layout)]
        if kernel is not None:
            inputs.append(images(kernel.transpose(3, 0, 1, 2), layout))
        if not case.backward:
            return torch.inference_mode()(lambda: _forward(case, *inputs))
        gradient = images(g, layout)
        for tensor in inputs:
            tensor.requires_grad_()
        return lambda: torch.autograd.grad(_forward(case, *inputs), inputs, gradient)

    return Ways({name: lambda layout=layout: build(layout) for name, layout in LAYOUTS.items()})


def _forward(case, *inputs):
    if case.kind == "conv":
        return functional.conv2d(*inputs, padding=1)
    if case.kind == "transposed":
        return functional.conv_transpose2d(*inputs, stride=2, padding=1)
    return functional.max_pool2d(*inputs, 2)


class GAN:
    """A DCGAN of 28 × 28 images, with one update of each network a step."""

    def __init__(self, layout, **adam):
        self.generator = nn.Sequential(
            nn.Linear(100, 7 * 7 * 128, bias=False),
            nn.BatchNorm1d(7 * 7 * 128),
            nn.ReLU(),
            nn.Unflatten(1, (128, 7, 7)),
            nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.ConvTranspose2d(64, 1, 4, 2, 1),
            nn.Tanh(),
        ).to(memory_format=layout)
        self.discriminator = nn.Sequential(
            nn.Conv2d(1, 64, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(64, 128, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(7 * 7 * 128, 1),
        ).to(memory_format=layout)
        self.optimizers = [
            torch.optim.Adam(model.parameters(), 2e-4, betas=(0.5, 0.999), **adam)
            for model in (self.discriminator, self.generator)
        ]

    def step(self, real, noise, ones, zeros):
        """Update the discriminator, then the generator."""
        loss_of = functional.binary_cross_entropy_with_logits
        for_discriminator, for_generator = self.optimizers
        fake = self.generator(noise)
        loss = loss_of(self.discriminator(real), ones) + loss_of(
            self.discriminator(fake.detach()), zeros
        )
        loss.backward()
        for_discriminator.step()
        for_discriminator.zero_grad()
        loss_of(self.discriminator(fake), ones).backward()
        for_generator.step()
        for_generator.zero_grad()
        for_discriminator.zero_grad()


def dcgan():
    real, _ = batch()
    noise = torch.randn(cases.BATCH, 100)
    ones, zeros = torch.ones(cases.BATCH, 1), torch.zeros(cases.BATCH, 1)

    def build(layout, **adam):
        gan, inputs = GAN(layout, **adam), images(real, layout)
        return lambda: gan.step(inputs, noise, ones, zeros)

    return all_ways(build)


def article(path, weights):
    """Write what minidl's worker wrote, from the weights that it started with."""
    x, y = batch(10 * cases.BATCH)
    x, y = images(x, torch.contiguous_format), torch.from_numpy(y)
    trainer = Trainer(torch.contiguous_format)
    parameters = list(trainer.model.parameters())
    with np.load(weights) as arrays, torch.no_grad():
        for i, parameter in enumerate(parameters):
            parameter.copy_(torch.from_numpy(_to_torch(i, arrays[f"start{i}"])))
    loss = functional.cross_entropy(trainer.model(x[: cases.BATCH]), y[: cases.BATCH])
    gradients = torch.autograd.grad(loss, parameters)
    losses = []
    for step, i in enumerate(range(0, len(x), cases.BATCH), start=1):
        # PyTorch's ε stands beside the corrected root, Keras's beside the root as it is.
        trainer.optimizer.param_groups[0]["eps"] = 1e-7 / (1 - 0.999**step) ** 0.5
        losses.append(trainer.step(x[i : i + cases.BATCH], y[i : i + cases.BATCH])[0].item())
    np.savez(
        pathlib.Path(path),
        losses=losses,
        **{f"gradient{i}": _from_torch(i, g.numpy()) for i, g in enumerate(gradients)},
        **{f"end{i}": _from_torch(i, p.detach().numpy()) for i, p in enumerate(parameters)},
    )
    return {}


def _to_torch(i, array):
    """Turn Keras's weight number i into PyTorch's: kernels transposed, channels before pixels."""
    if i == 0:
        return array.transpose(3, 2, 0, 1).copy()
    if i == 2:
        array = array.reshape(13, 13, 32, 128).transpose(2, 0, 1, 3).reshape(5408, 128)
    return array.T.copy()


def _from_torch(i, array):
    if i == 0:
        return array.transpose(2, 3, 1, 0)
    if i == 2:
        return array.reshape(128, 32, 13, 13).transpose(2, 3, 1, 0).reshape(5408, 128)
    return array.T


if __name__ == "__main__":
    torch.set_num_threads(THREADS)
    serve(
        {
            "torch": torch.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        {
            cases.FIT_STEP: step,
            cases.HAND_STEP: step,
            cases.EPOCH: epoch,
            cases.DCGAN: dcgan,
        }
        | {name: lambda n=n: inference(n) for n, name in cases.INFERENCE.items()}
        | {name: lambda case=case: operation(case) for name, case in cases.BY_NAME.items()},
        article=article,
    )
