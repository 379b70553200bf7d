"""Optimizers' updates of one parameter array, in place, in one pass over memory."""

import numpy as np

from minidl.kernels.jit import jit
from minidl.runtime import threads


def adam(weight, gradient, mean, square, rates):
    """Adam's step; `rates` is (step size, 1 − β₁, 1 − β₂, ε), see `optimizers.Adam`.

    Moments of dead units decay into denormal numbers, which processors add slowly: those
    below the smallest normal number become 0.
    """
    tiny = np.finfo(weight.dtype).tiny
    arrays = [a.reshape(-1) for a in (weight, gradient, mean, square)]
    rates = tuple(weight.dtype.type(rate) for rate in (*rates, tiny, 0))
    threads.run(
        lambda start, stop: _adam(*(a[start:stop] for a in arrays), rates),
        threads.tiles(weight.size, 4.0),
    )


@jit
def _adam(weight, gradient, mean, square, rates):
    step, one_minus_beta1, one_minus_beta2, epsilon, tiny, zero = rates
    for i in range(weight.size):
        g = gradient[i]
        m = mean[i] + (g - mean[i]) * one_minus_beta1
        v = square[i] + (g * g - square[i]) * one_minus_beta2
        weight[i] -= step * m / (np.sqrt(v) + epsilon)
        mean[i] = m if abs(m) >= tiny else zero
        square[i] = v if v >= tiny else zero


def sgd(weight, gradient, velocity, rate, momentum, nesterov):
    """Take a step of gradient descent with momentum, see `optimizers.SGD`."""
    arrays = [a.reshape(-1) for a in (weight, gradient, velocity)]
    rate, momentum = weight.dtype.type(rate), weight.dtype.type(momentum)
    threads.run(
        lambda start, stop: _sgd(*(a[start:stop] for a in arrays), rate, momentum, nesterov),
        threads.tiles(weight.size, 2.0),
    )


@jit
def _sgd(weight, gradient, velocity, rate, momentum, nesterov):
    for i in range(weight.size):
        v = momentum * velocity[i] - rate * gradient[i]
        velocity[i] = v
        weight[i] += momentum * v - rate * gradient[i] if nesterov else v
