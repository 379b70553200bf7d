"""PyTorch, for `benchmarks.gan`: the networks and the step of `minidl.applications.gan`.

Called with a JSON object: ``recipe`` (`minidl.applications.gan.Recipe`), ``steps``, ``images``,
``threads`` and ``out``, the .npz file for what came of it. Noise, and the order of the images, are
those that minidl draws; initial weights are of the same distribution.
"""

import copy
import json
import math
import pathlib
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional

DIGITS = pathlib.Path(__file__).parents[2] / "minidl" / "datasets" / "mnist9k.npz"


def normalised(layer, features, two):
    norm = (nn.BatchNorm2d if two else nn.BatchNorm1d)(features, eps=1e-3, momentum=0.1)
    return layer, norm, nn.ReLU()


def generator(inputs, width):
    small = 7 * 7 * width
    return nn.Sequential(
        *normalised(nn.Linear(inputs, small, bias=False), small, two=False),
        nn.Unflatten(1, (width, 7, 7)),
        *normalised(
            nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False), width // 2, two=True
        ),
        nn.ConvTranspose2d(width // 2, 1, 4, 2, 1),
        nn.Tanh(),
    )


def discriminator(width, scores):
    return nn.Sequential(
        nn.Conv2d(1, width // 2, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Conv2d(width // 2, width, 4, 2, 1),
        nn.LeakyReLU(0.2),
        nn.Flatten(),
        nn.Linear(7 * 7 * width, scores),
    )


def glorot(network):
    for module in network:
        if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            nn.init.xavier_uniform_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network


class GAN:
    """`minidl.applications.gan.GAN` with the non-saturating loss."""

    def __init__(self, recipe):
        self.recipe = recipe
        self.classes = 10 if recipe["conditional"] else 0
        width = recipe["width"]
        self.generator = glorot(generator(recipe["latent_dim"] + self.classes, width))
        self.discriminator = glorot(discriminator(width, 1 + self.classes))
        self.averaged = copy.deepcopy(self.generator)
        for_both = {"lr": recipe["learning_rate"], "betas": (0.5, 0.999), "eps": 1e-7}
        self.optimizers = [
            torch.optim.Adam(network.parameters(), **for_both)
            for network in (self.discriminator, self.generator)
        ]
        self.steps = 0

    def inputs(self, noise, wanted):
        """Return what the generator takes."""
        return torch.cat([torch.from_numpy(noise), wanted], dim=1)

    def wanted(self, labels):
        """Return one-hot rows, empty if not conditional."""
        return torch.eye(10)[torch.from_numpy(labels.astype(np.int64))][:, : self.classes]

    def score(self, images, wanted):
        """Return how real images look, of the classes that are wanted."""
        shared = torch.ones(len(wanted), 1)
        return (self.discriminator(images) * torch.cat([shared, wanted], dim=1)).sum(dim=1)

    def step(self, real, labels):
        """Let both take their turns."""
        for_discriminator, for_generator = self.optimizers
        rng = np.random.default_rng((self.recipe["seed"], 1, self.steps))
        noise = rng.standard_normal((len(real), self.recipe["latent_dim"]), np.float32)
        wanted = self.wanted(labels)
        fake = self.generator(self.inputs(noise, wanted))
        loss = functional.softplus(-self.score(real, wanted)).mean()
        loss = loss + functional.softplus(self.score(fake.detach(), wanted)).mean()
        loss.backward()
        for_discriminator.step()
        for_discriminator.zero_grad()

        self.discriminator.requires_grad_(False)
        functional.softplus(-self.score(fake, wanted)).mean().backward()
        self.discriminator.requires_grad_(True)
        for_generator.step()
        for_generator.zero_grad()
        self.average()
        self.steps += 1

    @torch.no_grad()
    def average(self):
        """Move the averaged generator towards the other."""
        stays = min(self.recipe["averaging"], (1 + self.steps) / (10 + self.steps))
        slow, fast = self.averaged.state_dict(), self.generator.state_dict()
        for name, array in slow.items():
            if array.is_floating_point():
                array.lerp_(fast[name], 1 - stays)

    @torch.inference_mode()
    def generate(self, count):
        """Return images (N, 28, 28, 1) from 0 to 1."""
        noise = np.random.default_rng((1, 2)).standard_normal(
            (count, self.recipe["latent_dim"]), np.float32
        )
        self.averaged.eval()
        images = self.averaged(self.inputs(noise, self.wanted(np.arange(count) % 10)))
        return (images.numpy().transpose(0, 2, 3, 1) + 1) / 2


def main():
    job = json.loads(sys.argv[1])
    recipe, size = job["recipe"], job["recipe"]["batch_size"]
    torch.set_num_threads(job["threads"])
    torch.manual_seed(recipe["seed"])
    with np.load(DIGITS) as arrays:
        x = torch.from_numpy(arrays["x_train"][:, None] / np.float32(127.5) - 1)
        y = arrays["y_train"]
    gan = GAN(recipe)
    untrained = gan.generate(job["images"])
    an_epoch = len(x) // size
    times = []
    for epoch in range(math.ceil(job["steps"] / an_epoch)):
        order = np.random.default_rng((recipe["seed"], 0, epoch)).permutation(len(x))
        for i in range(min(an_epoch, job["steps"] - gan.steps)):
            began = time.perf_counter()
            rows = order[i * size : (i + 1) * size]
            gan.step(x[rows], y[rows])
            times.append(time.perf_counter() - began)
    images = gan.generate(job["images"])
    np.savez(job["out"], images=images, untrained=untrained, times=times, version=torch.__version__)


if __name__ == "__main__":
    main()
