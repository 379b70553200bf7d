"""minidl: every case, the roofs of the machine, and the figures to compare with PyTorch's."""

import pathlib
import platform

import numba
import numpy as np
from common import STEPS, THREADS, arrays, batch, digits, only, seconds, serve
from ladder import LADDER_CASES

import minidl
from benchmarks import cases
from minidl import layers, ops
from minidl.runtime import threads


def compiled_cnn(**options):
    model = minidl.applications.article_cnn()
    model.compile("adam", "sparse_categorical_crossentropy", **options)
    return model


def fit(**options):
    x, y = digits()
    model = compiled_cnn(**options)
    return lambda: model.fit(x, y, batch_size=cases.BATCH, verbose=0)


class ByHand:
    """The article's CNN in plain operations, with PyTorch's loop."""

    def __init__(self):
        self.weights = minidl.applications.article_cnn().trainable_weights
        self.loss_of = minidl.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.optimizer = minidl.optimizers.Adam(0.001)
        self.optimizer.build(self.weights)

    def loss(self, x, y):
        """Return the mean loss of a batch."""
        kernel, bias, hidden, hidden_bias, out, out_bias = self.weights
        x = ops.relu(ops.conv2d(x, kernel) + bias)
        x = ops.max_pool2d(x, 2)
        x = ops.reshape(x, (len(x), -1))
        x = ops.relu(x @ hidden + hidden_bias)
        return self.loss_of(y, x @ out + out_bias)

    def step(self, x, y):
        """Forward, backward, update; returns the loss."""
        loss = self.loss(x, y)
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        return loss.item()


def hand_step():
    x, y = batch()
    step = ByHand().step
    return only(lambda: step(x, y))


def inference(size):
    x, _ = batch(size)
    model = minidl.applications.article_cnn()
    return only(lambda: model.predict_on_batch(x))


def operation(case):
    """Return the Ways of an operation; gradients come from `minidl.grad`."""
    x, kernel, g = arrays(case)
    inputs = [x] if kernel is None else [x, kernel]

    def forward(*inputs):
        if case.kind == "conv":
            return ops.conv2d(*inputs, padding="same")
        if case.kind == "transposed":
            return ops.conv2d_transpose(*inputs, strides=2, padding="same")
        return ops.max_pool2d(*inputs, 2)

    if not case.backward:
        return only(lambda: forward(*inputs))
    tensors = [minidl.Tensor(array, requires_grad=True) for array in inputs]
    return only(lambda: minidl.grad(forward(*tensors), tensors, gradient=g))


class GAN:
    """A DCGAN of 28 × 28 images, with one update of each network a step."""

    def __init__(self):
        self.generator = minidl.Sequential(
            [
                layers.Dense(7 * 7 * 128, use_bias=False, input_shape=(100,)),
                layers.BatchNormalization(),
                layers.ReLU(),
                layers.Reshape((7, 7, 128)),
                layers.Conv2DTranspose(64, 4, strides=2, padding="same", use_bias=False),
                layers.BatchNormalization(),
                layers.ReLU(),
                layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
            ]
        )
        self.discriminator = minidl.Sequential(
            [
                layers.Conv2D(64, 4, strides=2, padding="same", input_shape=(28, 28, 1)),
                layers.LeakyReLU(0.2),
                layers.Conv2D(128, 4, strides=2, padding="same"),
                layers.LeakyReLU(0.2),
                layers.Flatten(),
                layers.Dense(1),
            ]
        )
        self.loss_of = minidl.losses.BinaryCrossentropy(from_logits=True)
        self.optimizers = []
        for model in (self.discriminator, self.generator):
            self.optimizers.append(minidl.optimizers.Adam(2e-4, beta_1=0.5))
            self.optimizers[-1].build(model.trainable_weights)

    def step(self, real, noise, ones, zeros):
        """Update the discriminator, then the generator."""
        for_discriminator, for_generator = self.optimizers
        fake = self.generator(noise, training=True)
        loss = self.loss_of(ones, self.discriminator(real, training=True)) + self.loss_of(
            zeros, self.discriminator(fake.detach(), training=True)
        )
        loss.backward()
        for_discriminator.step()
        for_discriminator.zero_grad()
        self.loss_of(ones, self.discriminator(fake, training=True)).backward()
        for_generator.step()
        for_generator.zero_grad()
        for_discriminator.zero_grad()


def dcgan():
    real, _ = batch()
    noise = np.random.default_rng(0).standard_normal((cases.BATCH, 100), np.float32)
    ones, zeros = np.ones((cases.BATCH, 1), np.float32), np.zeros((cases.BATCH, 1), np.float32)
    gan = GAN()
    return only(lambda: gan.step(real, noise, ones, zeros))


def peaks():
    """Measure the roofs: GFLOP/s of a large product, GB/s of adding large arrays."""
    n = 2048
    a = np.ones((n, n), np.float32)
    product = np.empty_like(a)
    x = np.ones(2**25, np.float32)
    y, z = np.ones_like(x), np.empty_like(x)
    tiles = threads.tiles(len(x))

    def add():
        threads.run(lambda i, j: np.add(x[i:j], y[i:j], out=z[i:j]), tiles)

    matmul = min(seconds(lambda: np.matmul(a, a, out=product)) for _ in range(10))
    addition = min(seconds(add) for _ in range(10))
    return {
        "gflops": 2 * n**3 / matmul / 1e9,
        "gbytes": 3 * x.nbytes / addition / 1e9,
    }


def article(path):
    """Write weights, the first gradients, and the losses and last weights of 10 steps."""
    minidl.set_random_seed(0)
    x, y = batch(10 * cases.BATCH)
    net = ByHand()
    start = [w.data.copy() for w in net.weights]
    gradients = minidl.grad(net.loss(x[: cases.BATCH], y[: cases.BATCH]), net.weights)
    losses = [
        net.step(x[i : i + cases.BATCH], y[i : i + cases.BATCH])
        for i in range(0, len(x), cases.BATCH)
    ]
    np.savez(
        pathlib.Path(path),
        losses=losses,
        **{f"start{i}": array for i, array in enumerate(start)},
        **{f"gradient{i}": g.data for i, g in enumerate(gradients)},
        **{f"end{i}": w.data for i, w in enumerate(net.weights)},
    )
    return {}


if __name__ == "__main__":
    minidl.set_num_threads(THREADS)
    serve(
        {
            "minidl": minidl.__version__,
            "numpy": np.__version__,
            "numba": numba.__version__,
            "python": platform.python_version(),
        },
        {
            cases.FIT_STEP: lambda: only(fit(), STEPS),
            cases.HAND_STEP: hand_step,
            cases.EPOCH: lambda: only(fit(metrics=["accuracy"])),
            cases.DCGAN: dcgan,
        }
        | {name: lambda n=n: inference(n) for n, name in cases.INFERENCE.items()}
        | {name: lambda case=case: operation(case) for name, case in cases.BY_NAME.items()}
        | LADDER_CASES,
        peaks=peaks,
        article=article,
    )
