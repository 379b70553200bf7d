"""Exercise 11: batch normalization, held against sums in loops, its gradient against autograd."""

import math

import numpy as np

from minidl import ops
from minidl.autograd import Tensor
from minidl.classroom.task import Exercise, Task

AXES = (0, 1, 2)


def _images(draw):
    return draw.array(draw.integer(1, 3), *(draw.integer(1, 2) for _ in range(3)))


def _epsilon(draw):
    return draw.choice(1.0, 0.1, 1e-3)


def _batch_and_parameters(draw):
    x = _images(draw)
    return x, draw.array(x.shape[3]), draw.array(x.shape[3]), _epsilon(draw)


def _batch_and_statistics(draw):
    x = _images(draw)
    mean, variance = draw.array(x.shape[3]), draw.array(x.shape[3], low=0)
    return x, mean, variance, draw.choice(0.75, 0.9, 0.99)


def _images_and_statistics(draw):
    x, mean, variance, _ = _batch_and_statistics(draw)
    return x, draw.array(x.shape[3]), draw.array(x.shape[3]), mean, variance, _epsilon(draw)


def _batch_and_gradient(draw):
    x = _images(draw)
    return x, draw.array(x.shape[3]), draw.array(*x.shape), _epsilon(draw)


def _statistics(x):
    """Return mean and variance of each channel, as two lists."""
    means, variances = [], []
    for channel in np.moveaxis(x, 3, 0):
        values = channel.ravel().tolist()
        means.append(math.fsum(values) / len(values))
        variances.append(math.fsum((v - means[-1]) ** 2 for v in values) / len(values))
    return means, variances


def _batch_norm(x, gamma, beta, epsilon):
    return _batch_norm_inference(x, gamma, beta, *_statistics(x), epsilon)


def _moving_statistics(x, moving_mean, moving_variance, momentum):
    def moved(old, new):
        pairs = zip(old.tolist(), new, strict=True)
        return np.array([momentum * a + (1 - momentum) * b for a, b in pairs])

    mean, variance = _statistics(x)
    return moved(moving_mean, mean), moved(moving_variance, variance)


def _batch_norm_inference(x, gamma, beta, moving_mean, moving_variance, epsilon):
    y = np.zeros(x.shape)
    for n, p, q, c in np.ndindex(x.shape):
        root = math.sqrt(moving_variance[c] + epsilon)
        y[n, p, q, c] = gamma[c] * (x[n, p, q, c] - moving_mean[c]) / root + beta[c]
    return y


def _batch_norm_gradient(x, gamma, gradient, epsilon):
    x = Tensor(x, requires_grad=True)
    centred = x - ops.mean(x, axis=AXES)
    variance = ops.mean(centred * centred, axis=AXES)
    ops.sum(gamma * centred / ops.sqrt(variance + epsilon) * gradient).backward()
    return x.grad.data


def _root(variance, epsilon):
    return np.sqrt(variance + epsilon)


def _of_one_less(x):
    """Return the channels' variances, divided by n − 1: not a number where n is 1."""
    n = x[..., 0].size
    return x.var(AXES) * n / np.float64(n - 1)


def _normalized(axis=AXES, divisor=_root):
    """Return batch_norm with other statistics, or another divisor."""

    def mistaken(x, gamma, beta, epsilon):
        mean, variance = x.mean(axis=axis, keepdims=True), x.var(axis=axis, keepdims=True)
        return gamma * (x - mean) / divisor(variance, epsilon) + beta

    return mistaken


def _used(divisor=_root):
    """Return batch_norm_inference with another divisor."""

    def mistaken(x, gamma, beta, moving_mean, moving_variance, epsilon):
        return gamma * (x - moving_mean) / divisor(moving_variance, epsilon) + beta

    return mistaken


def _moved(mean=None, variance=None, share=lambda momentum: momentum):
    """Return moving statistics of others than the batch's mean and variance."""

    def mistaken(x, moving_mean, moving_variance, momentum):
        stays = share(momentum)
        means = x.mean(AXES) if mean is None else mean(x)
        variances = x.var(AXES) if variance is None else variance(x)
        return (
            stays * moving_mean + (1 - stays) * means,
            stays * moving_variance + (1 - stays) * variances,
        )

    return mistaken


def _about_the_moving_mean(x, moving_mean, moving_variance, momentum):
    around = ((x - moving_mean) ** 2).mean(AXES)
    mean, _ = _moving_statistics(x, moving_mean, moving_variance, momentum)
    return mean, momentum * moving_variance + (1 - momentum) * around


def _mean_alone_moved(x, moving_mean, moving_variance, momentum):
    mean, _ = _moving_statistics(x, moving_mean, moving_variance, momentum)
    return mean, moving_variance


def _gradient_of(terms, mean=np.mean):
    """Return γ · s · `terms`, a function of g, h and what takes a channel's mean."""

    def mistaken(x, gamma, gradient, epsilon):
        s = 1 / np.sqrt(x.var(AXES) + epsilon)
        h = (x - x.mean(AXES)) * s
        return gamma * s * terms(gradient, h, lambda a: mean(a, axis=AXES))

    return mistaken


def _all_three(g, h, mean):
    return g - mean(g) - h * mean(g * h)


def _of_one_channel(a, axis):
    return a.mean()


EXERCISE = Exercise(
    number=11,
    name="batch_normalization",
    tasks=(
        Task(
            "batch_norm",
            inputs=_batch_and_parameters,
            judge=_batch_norm,
            tolerance=1e-9,
            mistakes={
                "ε stands outside the root": _normalized(
                    divisor=lambda variance, epsilon: np.sqrt(variance) + epsilon
                ),
                "ε is left out": _normalized(divisor=lambda variance, epsilon: np.sqrt(variance)),
                "divided by the variance: the root is missing": _normalized(
                    divisor=lambda variance, epsilon: variance + epsilon
                ),
                "a mean for each pixel: over N alone": _normalized(axis=0),
                "a mean for each image": _normalized(axis=(1, 2)),
                "one mean for all channels": _normalized(axis=(0, 1, 2, 3)),
                "a mean over the channels, as in layer normalization": _normalized(axis=3),
                "n − 1 instead of n in the variance": lambda x, gamma, beta, epsilon: (
                    gamma * (x - x.mean(AXES)) / _root(_of_one_less(x), epsilon) + beta
                ),
                "γ and β are left out": lambda x, gamma, beta, epsilon: _batch_norm(
                    x, np.ones_like(gamma), np.zeros_like(beta), epsilon
                ),
                "γ is left out": lambda x, gamma, beta, epsilon: _batch_norm(
                    x, np.ones_like(gamma), beta, epsilon
                ),
                "β is left out": lambda x, gamma, beta, epsilon: _batch_norm(
                    x, gamma, np.zeros_like(beta), epsilon
                ),
                "γ and β are exchanged": lambda x, gamma, beta, epsilon: _batch_norm(
                    x, beta, gamma, epsilon
                ),
                "γ multiplies β as well": lambda x, gamma, beta, epsilon: _batch_norm(
                    x, gamma, gamma * beta, epsilon
                ),
            },
        ),
        Task(
            "moving_statistics",
            inputs=_batch_and_statistics,
            judge=_moving_statistics,
            tolerance=1e-9,
            mistakes={
                "momentum is the share of the new, as in PyTorch": _moved(
                    share=lambda momentum: 1 - momentum
                ),
                "n − 1 instead of n in the variance, as in PyTorch": _moved(variance=_of_one_less),
                "both as in PyTorch: the share of the new, and n − 1": _moved(
                    share=lambda momentum: 1 - momentum, variance=_of_one_less
                ),
                "the standard deviation instead of the variance": _moved(
                    variance=lambda x: x.std(AXES)
                ),
                "the batch's own statistics: nothing is kept": _moved(share=lambda momentum: 0),
                "the new is added whole: 1 − momentum is missing": (
                    lambda x, moving_mean, moving_variance, momentum: (
                        momentum * moving_mean + x.mean(AXES),
                        momentum * moving_variance + x.var(AXES),
                    )
                ),
                "the variance is taken about the moving mean": _about_the_moving_mean,
                "the moving variance stays as it is": _mean_alone_moved,
                "one mean for all channels": _moved(
                    mean=lambda x: x.mean(), variance=lambda x: x.var()
                ),
            },
        ),
        Task(
            "batch_norm_inference",
            inputs=_images_and_statistics,
            judge=_batch_norm_inference,
            tolerance=1e-9,
            mistakes={
                "the batch's own statistics are used": (
                    lambda x, gamma, beta, moving_mean, moving_variance, epsilon: _batch_norm(
                        x, gamma, beta, epsilon
                    )
                ),
                "ε stands outside the root": _used(
                    divisor=lambda variance, epsilon: np.sqrt(variance) + epsilon
                ),
                "ε is left out": _used(divisor=lambda variance, epsilon: np.sqrt(variance)),
                "divided by the variance: the root is missing": _used(
                    divisor=lambda variance, epsilon: variance + epsilon
                ),
                "the moving mean is not subtracted": (
                    lambda x, gamma, beta, moving_mean, moving_variance, epsilon: (
                        gamma * x / _root(moving_variance, epsilon) + beta
                    )
                ),
                "γ and β are left out": (
                    lambda x, gamma, beta, moving_mean, moving_variance, epsilon: (
                        (x - moving_mean) / _root(moving_variance, epsilon)
                    )
                ),
                "γ and β are exchanged": (
                    lambda x, gamma, beta, moving_mean, moving_variance, epsilon: (
                        beta * (x - moving_mean) / _root(moving_variance, epsilon) + gamma
                    )
                ),
            },
        ),
        Task(
            "batch_norm_gradient",
            inputs=_batch_and_gradient,
            judge=_batch_norm_gradient,
            tolerance=1e-9,
            mistakes={
                "mean and variance are taken for constants": _gradient_of(lambda g, h, mean: g),
                "the part through the variance is missing": _gradient_of(
                    lambda g, h, mean: g - mean(g)
                ),
                "the part through the mean is missing": _gradient_of(
                    lambda g, h, mean: g - h * mean(g * h)
                ),
                "sums instead of means: 1/n is missing": _gradient_of(_all_three, mean=np.sum),
                "the part through the variance has the wrong sign": _gradient_of(
                    lambda g, h, mean: g - mean(g) + h * mean(g * h)
                ),
                "γ is left out": lambda x, gamma, gradient, epsilon: _batch_norm_gradient(
                    x, np.ones_like(gamma), gradient, epsilon
                ),
                "s is left out: not divided by the root": (
                    lambda x, gamma, gradient, epsilon: (
                        _batch_norm_gradient(x, gamma, gradient, epsilon)
                        * np.sqrt(x.var(AXES) + epsilon)
                    )
                ),
                "ε is left out": lambda x, gamma, gradient, epsilon: _gradient_of(_all_three)(
                    x, gamma, gradient, 0
                ),
                "the means run over all channels": _gradient_of(_all_three, mean=_of_one_channel),
            },
        ),
    ),
    hints=(
        """
        Which axes does a channel's mean run over, and which one stays? An array of shape (C,)
        fits the last axis of (N, H, W, C) by itself.
        """,
        """
        x.mean(axis=(0, 1, 2)) has the shape (C,), and x.var divides by n.
        moving_statistics: with a momentum of 0.99, how much should one batch change?
        batch_norm_inference takes no mean and no variance of x.
        batch_norm_gradient: compute s and h first, as on the way forward.
        """,
        """
            mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))
            s = 1 / np.sqrt(variance + epsilon)
            h = (x - mean) * s

            momentum * moving_mean + (1 - momentum) * mean    # and likewise the variance

        The gradient needs two more means over these axes: that of g, and that of g * h.
        """,
    ),
)
