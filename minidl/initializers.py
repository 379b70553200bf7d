"""Initial weights, by Keras's names; all draw from `minidl.set_random_seed`'s generator.

With a `seed` of its own an initializer returns the same numbers at every call, as in Keras.
Without one it draws new numbers at every call (an initializer of Keras repeats itself then,
and warns about it).
"""

import contextlib
import math

import numpy as np

from minidl.runtime import checks, random
from minidl.runtime.registry import Registry

#: Standard deviation of the normal distribution that is cut off at 2 (SciPy's truncnorm).
_CUT_OFF_DEVIATION = 0.87962566103423978


class Initializer:
    """Called with a shape and a dtype, returns an array of initial weights."""

    #: Constructor arguments that a model file keeps; attributes of the same name.
    fields = ()

    def __call__(self, shape, dtype="float32"):
        """Return an array of `shape`; inside `deferred`, one that takes no memory."""
        if _deferred:
            return np.broadcast_to(np.zeros((), dtype), shape)
        return np.ascontiguousarray(self.draw(tuple(shape)), dtype)

    def draw(self, shape):
        """Return the initial weights; defined by each initializer."""
        raise NotImplementedError(f"{type(self).__name__} needs a method draw(shape)")

    def get_config(self):
        """Return the constructor's arguments."""
        return {field: getattr(self, field) for field in self.fields}


class Constant(Initializer):
    """All the same number.

    >>> Constant(0.5)((2,))
    array([0.5, 0.5], dtype=float32)
    """

    fields = ("value",)

    def __init__(self, value=0.0):
        self.value = checks.real(value, "Constant: value")

    def draw(self, shape):
        """Return the number, `shape` times."""
        return np.full(shape, self.value)


class Zeros(Initializer):
    """All 0."""

    def draw(self, shape):
        """Return zeros."""
        return np.zeros(shape)


class Ones(Initializer):
    """All 1."""

    def draw(self, shape):
        """Return ones."""
        return np.ones(shape)


class Identity(Initializer):
    """`gain` on the diagonal, 0 elsewhere; for matrices only.

    >>> Identity()((2, 3))
    array([[1., 0., 0.],
           [0., 1., 0.]], dtype=float32)
    """

    fields = ("gain",)

    def __init__(self, gain=1.0):
        self.gain = checks.real(gain, "Identity: gain")

    def draw(self, shape):
        """Return the matrix."""
        if len(shape) != 2:
            raise ValueError(f"Identity needs a matrix's shape, (rows, columns), got {shape}")
        return self.gain * np.eye(*shape)


class RandomInitializer(Initializer):
    """An initializer that draws random numbers, its own if it has a seed.

    Parameters
    ----------
    seed : int, optional
    """

    fields = ("seed",)

    def __init__(self, seed=None):
        self.seed = None if seed is None else checks.integer(seed, f"{self._kind}: seed", 0)

    @property
    def _kind(self):
        return type(self).__name__

    def generator(self):
        """Return the `numpy.random.Generator` to draw from."""
        return random.generator() if self.seed is None else np.random.default_rng(self.seed)


class RandomUniform(RandomInitializer):
    """Uniform between `minval` and `maxval`.

    >>> numbers = RandomUniform(0, 1, seed=0)((100,))
    >>> bool((numbers >= 0).all() and (numbers < 1).all())
    True
    """

    fields = ("minval", "maxval", "seed")

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(seed)
        self.minval = checks.real(minval, "RandomUniform: minval")
        self.maxval = checks.real(maxval, "RandomUniform: maxval", self.minval)

    def draw(self, shape):
        """Return uniform random numbers."""
        return self.generator().uniform(self.minval, self.maxval, shape)


class RandomNormal(RandomInitializer):
    """Normal, of the given mean and standard deviation."""

    fields = ("mean", "stddev", "seed")

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(seed)
        self.mean = checks.real(mean, f"{self._kind}: mean")
        self.stddev = checks.real(stddev, f"{self._kind}: stddev", 0)

    def draw(self, shape):
        """Return normal random numbers."""
        return self.mean + self.stddev * self.generator().standard_normal(shape)


class TruncatedNormal(RandomNormal):
    """Normal, cut off at two standard deviations from the mean.

    As in Keras, `stddev` is that of the normal distribution before the cut; the numbers' own
    is 0.88 times as large.
    """

    def draw(self, shape):
        """Return normal random numbers; those beyond two deviations are drawn again."""
        return self.mean + self.stddev * _cut_off_normal(self.generator(), shape)


class VarianceScaling(RandomInitializer):
    """Random numbers of variance `scale` / n, where n is read off the shape.

    Parameters
    ----------
    scale : float larger than 0
    mode : "fan_in", "fan_out" or "fan_avg"
        What n is: numbers that a unit takes in, units that take in a number, or the mean of
        both; see `fans`.
    distribution : "truncated_normal", "untruncated_normal" or "uniform"
    seed : int, optional
    """

    fields = ("scale", "mode", "distribution", "seed")

    def __init__(self, scale=1.0, mode="fan_in", distribution="truncated_normal", seed=None):
        super().__init__(seed)
        self.scale = checks.real(scale, "VarianceScaling: scale", 0, math.inf, exclusive=True)
        self.mode = _one_of(mode, "mode", ("fan_in", "fan_out", "fan_avg"))
        known = ("truncated_normal", "untruncated_normal", "uniform")
        self.distribution = _one_of(distribution, "distribution", known)

    def draw(self, shape):
        """Return random numbers."""
        fan_in, fan_out = fans(shape)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(n, 1)
        rng = self.generator()
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return rng.uniform(-limit, limit, shape)
        if self.distribution == "untruncated_normal":
            return rng.standard_normal(shape) * math.sqrt(variance)
        return _cut_off_normal(rng, shape) * (math.sqrt(variance) / _CUT_OFF_DEVIATION)


class GlorotUniform(VarianceScaling):
    """Uniform in ±√(6 / (fan_in + fan_out)): Keras's default for kernels.

    Glorot and Bengio, 2010: the variance of activations and of gradients stays about the
    same from layer to layer.

    >>> import minidl
    >>> weights = GlorotUniform()((100, 200))
    >>> bool(abs(weights).max() <= (6 / 300) ** 0.5)
    True
    """

    fields = ("seed",)

    def __init__(self, seed=None):
        super().__init__(1, "fan_avg", "uniform", seed)


class GlorotNormal(VarianceScaling):
    """Normal with variance 2 / (fan_in + fan_out), cut off at two standard deviations.

    Glorot and Bengio, 2010, with normal numbers.
    """

    fields = ("seed",)

    def __init__(self, seed=None):
        super().__init__(1, "fan_avg", "truncated_normal", seed)


class HeNormal(VarianceScaling):
    """Normal with variance 2 / fan_in, cut off at two standard deviations, as in Keras.

    He et al., 2015: for layers followed by ReLU, which halves the variance.
    """

    fields = ("seed",)

    def __init__(self, seed=None):
        super().__init__(2, "fan_in", "truncated_normal", seed)


class HeUniform(VarianceScaling):
    """Uniform in ±√(6 / fan_in): He et al., 2015, with uniform numbers."""

    fields = ("seed",)

    def __init__(self, seed=None):
        super().__init__(2, "fan_in", "uniform", seed)


class LecunNormal(VarianceScaling):
    """Normal with variance 1 / fan_in, cut off at two standard deviations.

    LeCun et al., 1998, "Efficient BackProp": outputs have the variance of inputs.
    """

    fields = ("seed",)

    def __init__(self, seed=None):
        super().__init__(1, "fan_in", "truncated_normal", seed)


class LecunUniform(VarianceScaling):
    """Uniform in ±√(3 / fan_in): LeCun et al., 1998, with uniform numbers."""

    fields = ("seed",)

    def __init__(self, seed=None):
        super().__init__(1, "fan_in", "uniform", seed)


class Orthogonal(RandomInitializer):
    """A random matrix whose columns, or rows if those are fewer, stand at right angles.

    Their length is `gain`. A kernel of more than two axes is filled as the matrix
    (all axes but the last, the last). Saxe et al., 2014: the QR decomposition of normal
    numbers, with the signs of R's diagonal, is uniform over the orthogonal matrices.

    >>> q = Orthogonal(seed=0)((4, 4), "float64")
    >>> bool(abs(q.T @ q - np.eye(4)).max() < 1e-12)
    True
    """

    fields = ("gain", "seed")

    def __init__(self, gain=1.0, seed=None):
        super().__init__(seed)
        self.gain = checks.real(gain, "Orthogonal: gain")

    def draw(self, shape):
        """Return the matrix."""
        if len(shape) < 2:
            raise ValueError(f"Orthogonal needs a shape of at least two axes, got {shape}")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        numbers = self.generator().standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(numbers)
        q *= np.sign(np.diag(r))
        return self.gain * (q if rows >= columns else q.T).reshape(shape)


_REGISTRY = Registry(
    "initializer",
    Initializer,
    [
        Constant,
        GlorotNormal,
        GlorotUniform,
        HeNormal,
        HeUniform,
        Identity,
        LecunNormal,
        LecunUniform,
        Ones,
        Orthogonal,
        RandomNormal,
        RandomUniform,
        TruncatedNormal,
        VarianceScaling,
        Zeros,
    ],
)


def get(identifier):
    """Return the initializer that a name, a class or an object stands for.

    A function of your own, called with a shape and a dtype, is returned as it is.

    >>> get("he_normal").get_config()
    {'seed': None}
    """
    if callable(identifier) and not isinstance(identifier, type):
        return identifier
    return _REGISTRY.get(identifier)


def serialize(initializer):
    """Return an initializer as ``{"class_name": …, "config": …}``, for a model file."""
    return _REGISTRY.serialize(initializer)


def fans(shape):
    """Return how many numbers a unit takes in, and how many units take in a number.

    >>> fans((3, 3, 1, 32))
    (9, 288)
    >>> fans((10,))
    (10, 10)
    """
    if len(shape) < 2:
        return (math.prod(shape),) * 2
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


def _cut_off_normal(rng, shape):
    """Return standard normal numbers; those beyond ±2 are drawn again."""
    numbers = rng.standard_normal(shape)
    while (far := np.abs(numbers) > 2).any():
        numbers[far] = rng.standard_normal(int(far.sum()))
    return numbers


def _one_of(value, what, known):
    if value not in known:
        raise checks.unknown_name(f"VarianceScaling {what}", value, known)
    return value


@contextlib.contextmanager
def deferred():
    """Inside, weights get their shape only: for a model whose weights come from a file."""
    global _deferred
    before, _deferred = _deferred, True
    try:
        yield
    finally:
        _deferred = before


_deferred = False
