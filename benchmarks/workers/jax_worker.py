"""JAX: whole steps under ``jit``, what they change donated."""

import platform

import jax
import numpy as np
from common import arrays, batch, digits, only, serve
from jax import lax
from jax import numpy as jnp

from benchmarks import cases

IMAGES = ("NHWC", "HWIO", "NHWC")


def weights():
    shapes = ((3, 3, 1, 32), (32,), (5408, 128), (128,), (128, 10), (10,))
    keys = jax.random.split(jax.random.key(0), len(shapes))
    return [
        jax.random.uniform(key, shape, minval=-0.05, maxval=0.05)
        for key, shape in zip(keys, shapes, strict=True)
    ]


def pool(x):
    return lax.reduce_window(x, -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")


def logits_of(weights, x):
    kernel, bias, hidden, hidden_bias, out, out_bias = weights
    x = lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=IMAGES)
    x = pool(jax.nn.relu(x + bias))
    x = jax.nn.relu(x.reshape(len(x), -1) @ hidden + hidden_bias)
    return x @ out + out_bias


def loss_of(weights, x, y):
    logits = logits_of(weights, x)
    log_p = jax.nn.log_softmax(logits)
    return -jnp.take_along_axis(log_p, y[:, None], 1).mean(), logits


def adam(state, gradients):
    """Return weights, means, squares and step number after one update, as Keras has it."""
    weights, means, squares, t = state
    t = t + 1
    rate = 0.001 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    means = [m + 0.1 * (g - m) for m, g in zip(means, gradients, strict=True)]
    squares = [v + 0.001 * (g * g - v) for v, g in zip(squares, gradients, strict=True)]
    weights = [
        w - rate * m / (jnp.sqrt(v) + 1e-7) for w, m, v in zip(weights, means, squares, strict=True)
    ]
    return weights, means, squares, t


def train(state, x, y):
    """Return the state after one step, the loss, and how many were right."""
    (loss, logits), gradients = jax.value_and_grad(loss_of, has_aux=True)(state[0], x, y)
    return adam(state, gradients), loss, (logits.argmax(1) == y).sum()


class Trainer:
    """The article's CNN with its optimizer."""

    def __init__(self):
        start = weights()
        zeros = [[jnp.zeros_like(w) for w in start] for _ in range(2)]
        self.state = (start, *zeros, jnp.zeros(()))
        self.rng = np.random.default_rng(0)
        self._train = jax.jit(train, donate_argnums=0)

    def step(self, x, y):
        """Take one step; returns the loss, and how many were right."""
        self.state, loss, right = jax.block_until_ready(self._train(self.state, x, y))
        return loss, right

    def epoch(self, x, y):
        """Take every example once in a new order; returns mean loss and accuracy."""
        order = self.rng.permutation(len(x))
        total, right = 0.0, 0
        for i in range(0, len(x), cases.BATCH):
            chosen = order[i : i + cases.BATCH]
            loss, count = self.step(x[chosen], y[chosen])
            total, right = total + float(loss), right + int(count)
        return total / (len(x) // cases.BATCH), right / len(x)


def step():
    x, y = map(jnp.asarray, batch())
    trainer = Trainer()
    return only(lambda: trainer.step(x, y))


def epoch():
    x, y = digits()
    trainer = Trainer()
    return only(lambda: trainer.epoch(x, y))


def inference(size):
    x = jnp.asarray(batch(size)[0])
    start = weights()
    predict = jax.jit(lambda weights, x: jax.nn.softmax(logits_of(weights, x)))
    return only(lambda: predict(start, x).block_until_ready())


def operation(case):
    inputs = [jnp.asarray(array) for array in arrays(case) if array is not None]
    gradient = inputs.pop()

    def forward(x, kernel=None):
        if case.kind == "conv":
            return lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=IMAGES)
        if case.kind == "transposed":
            return lax.conv_transpose(
                x, kernel, (2, 2), "SAME", dimension_numbers=IMAGES, transpose_kernel=True
            )
        return pool(x)

    def forward_backward(gradient, *inputs):
        y, vjp = jax.vjp(forward, *inputs)
        return y, vjp(gradient)

    if not case.backward:
        call = jax.jit(forward)
        return only(lambda: jax.block_until_ready(call(*inputs)))
    both = jax.jit(forward_backward)
    return only(lambda: jax.block_until_ready(both(gradient, *inputs)))


if __name__ == "__main__":
    serve(
        {
            "jax": jax.__version__,
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        {cases.FIT_STEP: step, cases.EPOCH: epoch}
        | {name: lambda n=n: inference(n) for n, name in cases.INFERENCE.items()}
        | {case.name: lambda case=case: operation(case) for case in cases.OPERATIONS},
    )
