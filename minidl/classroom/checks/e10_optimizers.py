"""Exercise 10: optimizers, held against their formulas, one weight at a time."""

import math

import numpy as np

from minidl.classroom.task import Exercise, Task


def _weights_and_gradient(draw):
    count = draw.integer(1, 3)
    return draw.array(count), draw.array(count), draw.choice(1.0, 0.5, 0.1)


def _weights_velocity_and_gradient(draw):
    count = draw.integer(1, 3)
    w, v, g = (draw.array(count) for _ in range(3))
    return w, v, g, draw.choice(1.0, 0.5, 0.1), draw.choice(0.5, 0.9)


def _state_of_adam(draw):
    count = draw.integer(1, 3)
    w, m, g = draw.array(count), draw.array(count), draw.array(count)
    v = draw.array(count, low=0)
    t, rate = draw.integer(1, 4), draw.choice(1.0, 0.1)
    betas = draw.choice(0.5, 0.9), draw.choice(0.75, 0.999)
    return w, m, v, g, t, rate, *betas, draw.choice(1.0, 0.1, 1e-7)


def _sgd(w, g, learning_rate):
    return np.array([a - learning_rate * b for a, b in zip(w, g, strict=True)])


def _momentum_step(w, v, g, learning_rate, momentum):
    w, v = w.copy(), v.copy()
    for i in range(len(w)):
        v[i] = momentum * v[i] - learning_rate * g[i]
        w[i] = w[i] + v[i]
    return w, v


def _adam_step(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon):
    w, m, v = w.copy(), m.copy(), v.copy()
    for i in range(len(w)):
        m[i] = beta_1 * m[i] + (1 - beta_1) * g[i]
        v[i] = beta_2 * v[i] + (1 - beta_2) * g[i] ** 2
        rate = learning_rate * math.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        w[i] = w[i] - rate * m[i] / (math.sqrt(v[i]) + epsilon)
    return w, m, v


def _as_in_pytorch(w, v, g, learning_rate, momentum):
    v = momentum * v + g
    return w - learning_rate * v, v


def _uphill(w, v, g, learning_rate, momentum):
    return _momentum_step(w, v, -g, learning_rate, momentum)


def _velocity_subtracted(w, v, g, learning_rate, momentum):
    _, v = _momentum_step(w, v, g, learning_rate, momentum)
    return w - v, v


def _by_the_old_velocity(w, v, g, learning_rate, momentum):
    return w + v, _momentum_step(w, v, g, learning_rate, momentum)[1]


def _old_velocity_kept(w, v, g, learning_rate, momentum):
    return _momentum_step(w, v, g, learning_rate, momentum)[0], v


def _gradient_counted_twice(w, v, g, learning_rate, momentum):
    _, v = _momentum_step(w, v, g, learning_rate, momentum)
    return w - learning_rate * g + v, v


def _as_a_running_mean(w, v, g, learning_rate, momentum):
    return _momentum_step(w, v, (1 - momentum) * g, learning_rate, momentum)


def _with_nesterov(w, v, g, learning_rate, momentum):
    _, v = _momentum_step(w, v, g, learning_rate, momentum)
    return w + momentum * v - learning_rate * g, v


def _learning_rate_left_out(w, v, g, learning_rate, momentum):
    return _momentum_step(w, v, g, 1, momentum)


def _velocity_first(w, v, g, learning_rate, momentum):
    return _momentum_step(w, v, g, learning_rate, momentum)[::-1]


def _adam_with(*, step=None, square=lambda g: g**2):
    """Return Adam, but for the step, or for what v is the running mean of.

    `step` takes the new m and v, the corrections 1 − β₁ᵗ and 1 − β₂ᵗ, and ε.
    """
    step = step or _step_of_adam

    def mistaken(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * square(g)
        corrections = 1 - beta_1**t, 1 - beta_2**t
        return w - learning_rate * step(m, v, *corrections, epsilon), m, v

    return mistaken


def _step_of_adam(m, v, first, second, epsilon):
    return math.sqrt(second) / first * m / (np.sqrt(v) + epsilon)


def _adam_given(change):
    """Return Adam for arguments that `change` has changed."""
    return lambda *arguments: _adam_step(*change(*arguments))


def _corrected_means_kept(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon):
    w, m, v = _adam_step(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon)
    return w, m / (1 - beta_1**t), v / (1 - beta_2**t)


def _corrected_throughout(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon):
    _, m, v = _corrected_means_kept(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon)
    return w - learning_rate * m / (np.sqrt(v) + epsilon), m, v


def _old_means_kept(w, m, v, *others):
    return _adam_step(w, m, v, *others)[0], m, v


def _by_the_old_means(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon):
    _, *new = _adam_step(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon)
    step = _step_of_adam(m, v, 1 - beta_1**t, 1 - beta_2**t, epsilon)
    return w - learning_rate * step, *new


def _shares_exchanged(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon):
    m = (1 - beta_1) * m + beta_1 * g
    v = (1 - beta_2) * v + beta_2 * g**2
    step = _step_of_adam(m, v, 1 - beta_1**t, 1 - beta_2**t, epsilon)
    return w - learning_rate * step, m, v


EXERCISE = Exercise(
    number=10,
    name="optimizers",
    tasks=(
        Task(
            "sgd",
            inputs=_weights_and_gradient,
            judge=_sgd,
            tolerance=1e-9,
            mistakes={
                "uphill: the step is added": lambda w, g, learning_rate: w + learning_rate * g,
                "the learning rate is left out": lambda w, g, learning_rate: w - g,
                "the step alone: w is left out": lambda w, g, learning_rate: -learning_rate * g,
                "the learning rate shrinks the weights as well": lambda w, g, learning_rate: (
                    learning_rate * (w - g)
                ),
                "divided by the learning rate": lambda w, g, learning_rate: w - g / learning_rate,
                "the gradient's size is lost: only its sign counts": lambda w, g, learning_rate: (
                    w - learning_rate * np.sign(g)
                ),
            },
        ),
        Task(
            "momentum_step",
            inputs=_weights_velocity_and_gradient,
            judge=_momentum_step,
            tolerance=1e-9,
            mistakes={
                "PyTorch's form: α multiplies the whole velocity": _as_in_pytorch,
                "uphill: α g is added": _uphill,
                "the velocity is subtracted": _velocity_subtracted,
                "the old velocity moves the weights": _by_the_old_velocity,
                "the old velocity is returned": _old_velocity_kept,
                "the gradient moves the weights twice": _gradient_counted_twice,
                "the gradient is multiplied by 1 − μ": _as_a_running_mean,
                "Nesterov's form: the step looks ahead": _with_nesterov,
                "the momentum is left out": lambda w, v, g, learning_rate, momentum: _momentum_step(
                    w, v, g, learning_rate, 0
                ),
                "the whole velocity is kept: μ is left out": (
                    lambda w, v, g, learning_rate, momentum: _momentum_step(
                        w, v, g, learning_rate, 1
                    )
                ),
                "the learning rate is left out": _learning_rate_left_out,
                "the results are in the wrong order": _velocity_first,
            },
        ),
        Task(
            "adam_step",
            inputs=_state_of_adam,
            judge=_adam_step,
            tolerance=1e-9,
            mistakes={
                "the bias is not corrected": _adam_with(
                    step=lambda m, v, first, second, epsilon: m / (np.sqrt(v) + epsilon)
                ),
                "ε stands inside the root": _adam_with(
                    step=lambda m, v, first, second, epsilon: (
                        math.sqrt(second) / first * m / np.sqrt(v + epsilon)
                    )
                ),
                "ε stands inside the root, after the correction": _adam_with(
                    step=lambda m, v, first, second, epsilon: (
                        m / first / np.sqrt(v / second + epsilon)
                    )
                ),
                "PyTorch's form: ε stands beside the corrected root": _adam_with(
                    step=lambda m, v, first, second, epsilon: (
                        m / first / (np.sqrt(v / second) + epsilon)
                    )
                ),
                "ε is left out": _adam_with(
                    step=lambda m, v, first, second, epsilon: (
                        math.sqrt(second) / first * m / np.sqrt(v)
                    )
                ),
                "only m is corrected": _adam_with(
                    step=lambda m, v, first, second, epsilon: m / first / (np.sqrt(v) + epsilon)
                ),
                "the root over 1 − β₂ᵗ is missing": _adam_with(
                    step=lambda m, v, first, second, epsilon: (
                        second / first * m / (np.sqrt(v) + epsilon)
                    )
                ),
                "the root over v is missing": _adam_with(
                    step=lambda m, v, first, second, epsilon: (
                        math.sqrt(second) / first * m / (v + epsilon)
                    )
                ),
                "the gradient is not squared in v": _adam_with(square=lambda g: g),
                "t is left out: corrected as at the first step": _adam_given(
                    lambda w, m, v, g, t, *others: (w, m, v, g, 1, *others)
                ),
                "t counts from 0: t + 1 in the correction": _adam_given(
                    lambda w, m, v, g, t, *others: (w, m, v, g, t + 1, *others)
                ),
                "β₁ and β₂ are exchanged": _adam_given(
                    lambda w, m, v, g, t, rate, beta_1, beta_2, epsilon: (
                        *(w, m, v, g, t, rate),
                        *(beta_2, beta_1, epsilon),
                    )
                ),
                "β and 1 − β are exchanged in the means": _shares_exchanged,
                "the old means move the weights": _by_the_old_means,
                "the old means are returned": _old_means_kept,
                "the corrected means are returned": _corrected_means_kept,
                "the corrected means are returned, and ε stands beside their root": (
                    _corrected_throughout
                ),
                "uphill: the step is added": _adam_with(step=lambda *state: -_step_of_adam(*state)),
            },
        ),
    ),
    hints=(
        """
        Write each formula in the order in which it stands: first what is kept for the next
        step, then the weights. A line like w -= … changes the caller's array: make a new one.
        """,
        """
        The weights move by the new velocity, or by the new means. The gradient points uphill:
        where does each formula turn it round? In Adam, compute the two corrections first: they
        are plain numbers.
        """,
        """
            v_new = momentum * v - learning_rate * g
            return w + v_new, v_new

        Adam, once m_new and v_new are there:

            rate = learning_rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
            w_new = w - rate * m_new / …    # the root of v_new, and beside it epsilon
        """,
    ),
)
