"""MyGrad: the article's CNN, with Adam in NumPy, since MyGrad has no optimizers."""

import importlib.metadata
import platform

import mygrad as mg
import numpy as np
from common import batch, only, serve
from mygrad.nnet.activations import relu, softmax
from mygrad.nnet.layers import conv_nd, max_pool
from mygrad.nnet.losses import softmax_crossentropy

from benchmarks import cases


class Net:
    """The article's CNN with its optimizer; images are (N, C, H, W)."""

    def __init__(self):
        rng = np.random.default_rng(0)
        shapes = ((32, 1, 3, 3), (32, 1, 1), (5408, 128), (128,), (128, 10), (10,))
        self.weights = [mg.tensor(rng.uniform(-0.05, 0.05, s).astype(np.float32)) for s in shapes]
        self.means = [np.zeros_like(w.data) for w in self.weights]
        self.squares = [np.zeros_like(w.data) for w in self.weights]
        self.steps = 0

    def logits(self, x):
        """Return what goes into softmax."""
        kernel, bias, hidden, hidden_bias, out, out_bias = self.weights
        x = max_pool(relu(conv_nd(x, kernel, stride=1) + bias), (2, 2), 2)
        x = relu(x.reshape(len(x), -1) @ hidden + hidden_bias)
        return x @ out + out_bias

    def step(self, x, y):
        """Forward, backward, update; returns the loss."""
        loss = softmax_crossentropy(self.logits(x), y)
        loss.backward()
        self.adam()
        return loss.item()

    def adam(self):
        """Change the weights in place, as Keras has it."""
        self.steps += 1
        rate = np.float32(0.001 * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps))
        for weight, m, v in zip(self.weights, self.means, self.squares, strict=True):
            m += np.float32(0.1) * (weight.grad - m)
            v += np.float32(0.001) * (weight.grad**2 - v)
            weight.data -= rate * m / (np.sqrt(v) + np.float32(1e-7))
            weight.null_grad()


def images(size=cases.BATCH):
    x, y = batch(size)
    return np.ascontiguousarray(x.transpose(0, 3, 1, 2)), y


def step():
    x, y = images()
    net = Net()
    return only(lambda: net.step(x, y))


def inference(size):
    x, _ = images(size)
    net = Net()

    def predict():
        with mg.no_autodiff:
            return softmax(net.logits(x)).data

    return only(predict)


if __name__ == "__main__":
    serve(
        {
            "mygrad": importlib.metadata.version("mygrad"),
            "numpy": np.__version__,
            "python": platform.python_version(),
        },
        {cases.FIT_STEP: step}
        | {name: lambda n=n: inference(n) for n, name in cases.INFERENCE.items()},
    )
