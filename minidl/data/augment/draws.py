"""Random numbers that belong to an image: the same for (seed, epoch, index) in whatever batch.

Tested by ``tests/data/augment/test_draws.py``.
"""

import functools
import math

import numpy as np

from minidl.kernels import philox
from minidl.runtime import checks

#: Tries of which the first that is accepted becomes a gamma number; each is, with 95 % or more.
TRIES = 16


class Draws:
    """The random numbers of some images of a data set, in one epoch.

    Every call gives new numbers, one or several for each image. They depend on the seed, the
    epoch, the image's index, the `path` of children, and on how many calls there were before;
    not on which other images there are. Philox4x32-10 (`minidl.kernels.philox`) makes them.

    Parameters
    ----------
    seed, epoch : int
        At least 0.
    indices : (N,) of int
        Of the images in their data set, at least 0.
    path : tuple of int
        Which child of a child this is: each has numbers of its own.

    >>> both = Draws(7, 0, [3, 5]).uniform()
    >>> bool(both[1] == Draws(7, 0, [5]).uniform()[0])
    True
    """

    def __init__(self, seed, epoch, indices, path=()):
        self.seed = checks.integer(seed, "seed", 0)
        self.epoch = checks.integer(epoch, "epoch", 0)
        self.indices = as_indices(indices)
        self.path = path
        self._calls = 0

    def __len__(self):
        return len(self.indices)

    def child(self, number):
        """Return other random numbers for the same images."""
        return Draws(self.seed, self.epoch, self.indices, (*self.path, number))

    def take(self, which):
        """Return the random numbers of some of these images, from the first call on."""
        return Draws(self.seed, self.epoch, self.indices[which], self.path)

    def uniform(self, low=0.0, high=1.0, shape=()):
        """Return numbers (N, *shape) from [low, high), of 53 random bits."""
        count = math.prod(shape)
        words = philox.words(
            _key(self.seed, self.epoch, self.path), self._calls, self.indices, -(-count // 2)
        )
        self._calls += 1
        bits = (words[:, ::2] >> 5) * 2**26 + (words[:, 1::2] >> 6)
        shares = bits[:, :count].reshape(len(self), *shape) * 2.0**-53
        return low + (high - low) * shares

    def chance(self, p):
        """Return (N,) of bool: true with probability p."""
        return np.full(len(self), p == 1) if p in (0, 1) else self.uniform() < p

    def integers(self, low, high):
        """Return whole numbers (N,) from low to high − 1, which may be arrays (N,)."""
        return np.floor(self.uniform(low, high)).astype(np.int64)

    def normal(self, shape=()):
        """Return numbers (N, *shape) of mean 0 and variance 1 (Box and Muller, 1958)."""
        count = math.prod(shape)
        half = -(-count // 2)
        radius, angle = np.moveaxis(self.uniform(shape=(2, half)), 1, 0)
        radius, angle = np.sqrt(-2 * np.log1p(-radius)), 2 * np.pi * angle
        pairs = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        return pairs[:, :count].reshape(len(self), *shape)

    def beta(self, alpha):
        """Return numbers (N,) of the distribution Beta(alpha, alpha): X / (X + Y) of two gammas."""
        x, y = self._log_gamma(alpha), self._log_gamma(alpha)
        return 1 / (1 + np.exp(np.clip(y - x, -700, 700)))

    def _log_gamma(self, alpha):
        """Return logarithms of numbers of the distribution Gamma(alpha).

        Marsaglia and Tsang, 2000, for alpha + 1; then times u^(1/alpha).
        """
        d = alpha + 1 - 1 / 3
        x = self.normal((TRIES,))
        u, w = self.uniform(shape=(TRIES,)), self.uniform()
        v = (1 + x / math.sqrt(9 * d)) ** 3
        log_v = np.log(np.maximum(v, 1e-300))
        accepted = (v > 0) & (np.log1p(-u) < 0.5 * x**2 + d * (1 - v + log_v))
        first = log_v[np.arange(len(self)), accepted.argmax(axis=1)]
        return np.log(d) + first + np.log1p(-w) / alpha


def as_indices(indices):
    """Return indices of images as int64 (N,), or raise an error."""
    array = np.asarray(indices)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise ValueError(
            f"indices need whole numbers of shape (N,), got {array.dtype} {array.shape}"
        )
    if array.size and array.min() < 0:
        raise ValueError(f"indices need whole numbers of at least 0, got {array.min()}")
    return np.ascontiguousarray(array, np.int64)


@functools.lru_cache(maxsize=4096)
def _key(seed, epoch, path):
    """Return two words of 32 bits; NumPy's SeedSequence mixes numbers of any size into them."""
    return np.random.SeedSequence((seed, epoch), spawn_key=path).generate_state(2).tolist()
