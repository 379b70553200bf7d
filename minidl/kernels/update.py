"""Optimizers' updates of one parameter array, in place, in one pass over memory.

Every function takes the weight, its gradient, what the optimizer remembers (all of one shape)
and numbers that are the same for every weight; the formulas are in `minidl.optimizers`.

What is remembered of dead units decays into denormal numbers, which processors add slowly:
numbers below the smallest normal one become 0.
"""

import functools

import numpy as np

from minidl.kernels.jit import jit
from minidl.runtime import threads


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


def adam(weight, gradient, mean, square, rates):
    """Adam's step; `rates` is (step size, 1 − β₁, 1 − β₂, ε), see `optimizers.Adam`."""
    _run(_adam, (weight, gradient, mean, square), rates)


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


def amsgrad(weight, gradient, mean, square, largest, rates):
    """Adam's step scaled by the largest mean square so far; `rates` as for `adam`."""
    _run(_amsgrad, (weight, gradient, mean, square, largest), rates)


@jit
def _amsgrad(weight, gradient, mean, square, largest, rates):
    step, one_minus_beta1, one_minus_beta2, epsilon, tiny, zero = rates
    for i in range(weight.size):
        g = gradient[i]
        m = mean[i] + (g - mean[i]) * one_minus_beta1
        v = square[i] + (g * g - square[i]) * one_minus_beta2
        largest[i] = max(largest[i], v)
        weight[i] -= step * m / (np.sqrt(largest[i]) + epsilon)
        mean[i] = m if abs(m) >= tiny else zero
        square[i] = v if v >= tiny else zero


def nadam(weight, gradient, mean, square, rates):
    """Nadam's step; `rates` is (α · the shares of m and g, 1 − β₁, 1 − β₂, 1 / (1 − β₂ᵗ), ε)."""
    _run(_nadam, (weight, gradient, mean, square), rates)


@jit
def _nadam(weight, gradient, mean, square, rates):
    of_mean, of_gradient, one_minus_beta1, one_minus_beta2, correction, epsilon, tiny, zero = rates
    for i in range(weight.size):
        g = gradient[i]
        m = mean[i] + (g - mean[i]) * one_minus_beta1
        v = square[i] + (g * g - square[i]) * one_minus_beta2
        weight[i] -= (of_mean * m + of_gradient * g) / (np.sqrt(v * correction) + epsilon)
        mean[i] = m if abs(m) >= tiny else zero
        square[i] = v if v >= tiny else zero


def adagrad(weight, gradient, total, rates):
    """Adagrad's step; `rates` is (α, ε), see `optimizers.Adagrad`."""
    _run(_adagrad, (weight, gradient, total), rates)


@jit
def _adagrad(weight, gradient, total, rates):
    rate, epsilon, _tiny, _zero = rates
    for i in range(weight.size):
        g = gradient[i]
        total[i] += g * g
        weight[i] -= rate * g / np.sqrt(total[i] + epsilon)


def rmsprop(weight, gradient, square, rates):
    """RMSprop's step without momentum; `rates` is (α, ρ, 1 − ρ, ε), see `optimizers.RMSprop`."""
    _run(_rmsprop, (weight, gradient, square), rates)


@jit
def _rmsprop(weight, gradient, square, rates):
    rate, rho, one_minus_rho, epsilon, tiny, zero = rates
    for i in range(weight.size):
        g = gradient[i]
        v = rho * square[i] + one_minus_rho * g * g
        weight[i] -= rate * g / np.sqrt(v + epsilon)
        square[i] = v if v >= tiny else zero


def rmsprop_momentum(weight, gradient, square, velocity, mean, rates):
    """RMSprop's step in full; `rates` is (α, ρ, 1 − ρ, ε, momentum, 1 if centered else 0)."""
    _run(_rmsprop_momentum, (weight, gradient, square, velocity, mean), rates)


@jit
def _rmsprop_momentum(weight, gradient, square, velocity, mean, rates):
    rate, rho, one_minus_rho, epsilon, momentum, centered, tiny, zero = rates
    for i in range(weight.size):
        g = gradient[i]
        v = rho * square[i] + one_minus_rho * g * g
        m = centered * (rho * mean[i] + one_minus_rho * g)
        u = momentum * velocity[i] + rate * g / np.sqrt(v - m * m + epsilon)
        weight[i] -= u
        square[i] = v if v >= tiny else zero
        mean[i] = m if abs(m) >= tiny else zero
        velocity[i] = u if abs(u) >= tiny else zero


def lion(weight, gradient, mean, rates):
    """Lion's step; `rates` is (α, β₁, 1 − β₁, β₂, 1 − β₂), see `optimizers.Lion`."""
    _run(_lion, (weight, gradient, mean), rates)


@jit
def _lion(weight, gradient, mean, rates):
    rate, beta1, one_minus_beta1, beta2, one_minus_beta2, tiny, zero = rates
    for i in range(weight.size):
        g = gradient[i]
        direction = beta1 * mean[i] + one_minus_beta1 * g
        weight[i] -= rate if direction > zero else (-rate if direction < zero else zero)
        m = beta2 * mean[i] + one_minus_beta2 * g
        mean[i] = m if abs(m) >= tiny else zero


def _run(kernel, arrays, rates):
    """Call a kernel on runs of the arrays, with the rates, the smallest normal number and 0."""
    rates = _typed(arrays[0].dtype, rates)
    arrays = [a.reshape(-1) for a in arrays]
    bounds = threads.tiles(arrays[0].size, 4.0)
    if len(bounds) == 1:  # most weights are small
        kernel(*arrays, rates)
        return
    threads.run(lambda start, stop: kernel(*(a[start:stop] for a in arrays), rates), bounds)


@functools.lru_cache(maxsize=16)  # one step's rates are the same for all weights
def _typed(dtype, rates):
    """Return the numbers that a kernel needs as numbers of the arrays' type.

    A Python number would make a float32 loop compute in float64, half as fast.
    """
    return tuple(map(dtype.type, (*rates, np.finfo(dtype).tiny, 0)))
