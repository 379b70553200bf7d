"""Exercise 9: losses, held against exact decimals, and their gradients against autograd."""

import decimal

import numpy as np

from minidl import losses, ops
from minidl.autograd import Tensor
from minidl.classroom.task import Exercise, Task

#: Numbers that are often added to a probability, so that its logarithm is not −∞.
ADDED = {1e-7: "10⁻⁷", 1e-8: "10⁻⁸", 1e-9: "10⁻⁹", 1e-10: "10⁻¹⁰", 1e-12: "10⁻¹²", 1e-15: "10⁻¹⁵"}


def _targets_and_predictions(draw):
    N, D = draw.integer(1, 3), draw.integer(1, 3)
    return draw.array(N, D), draw.array(N, D)


def _labels_and_logits(draw):
    N, C = draw.integer(1, 3), draw.integer(2, 3)
    labels = draw.array(N, low=0, high=C - 1, dtype=int)
    return labels, draw.array(N, C) * draw.choice(1, 1, 1000) + draw.choice(0, 0, 1000)


def _answers_and_logits(draw):
    N = draw.integer(1, 3)
    return draw.array(N, low=0, high=1, dtype=int), draw.array(N) * draw.choice(1, 1, 1000)


def _mean_squared_error(targets, predictions):
    p = Tensor(predictions, requires_grad=True)
    loss = losses.MeanSquaredError()(targets, p)
    loss.backward()
    return loss.item(), p.grad.data


def _sparse_cross_entropy(labels, logits):
    """Return the formula in decimal numbers, which do not overflow here."""
    total = decimal.Decimal(0)
    for label, row in zip(labels.tolist(), logits.tolist(), strict=True):
        powers = [decimal.Decimal(z).exp() for z in row]
        total -= (powers[label] / sum(powers)).ln()
    return float(total / len(labels))


def _sparse_cross_entropy_gradient(labels, logits):
    z = Tensor(logits, requires_grad=True)
    losses.SparseCategoricalCrossentropy(from_logits=True)(labels, z).backward()
    return z.grad.data


def _binary_cross_entropy(targets, logits):
    """Return the formula in decimal numbers; 1 − p is the sigmoid of −z."""
    total = decimal.Decimal(0)
    for t, z in zip(targets.tolist(), logits.tolist(), strict=True):
        total += (1 + decimal.Decimal(-z if t else z).exp()).ln()
    return float(total / len(targets))


def _squares(loss=None, gradient=None):
    """Return the right pair, but for what is computed by a function of prediction − target."""

    def mistaken(targets, predictions):
        right = _mean_squared_error(targets, predictions)
        distance = predictions - targets
        return (
            right[0] if loss is None else loss(distance),
            right[1] if gradient is None else gradient(distance),
        )

    return mistaken


def _softmax(logits):
    return np.exp(ops.log_softmax(logits))


def _overflowing(logits):
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True)


def _of_the_right(values, labels):
    return values[np.arange(len(labels)), labels]


def _mean_of(ln_p):
    """Return the loss that a function of the logits for ln p gives."""
    return lambda labels, logits: -_of_the_right(ln_p(logits), labels).mean()


def _added(number):
    return lambda labels, logits: -np.log(_of_the_right(_softmax(logits), labels) + number).mean()


def _less_one(p, labels):
    p[np.arange(len(labels)), labels] -= 1
    return p


def _whole_columns(labels, logits):
    p = _softmax(logits)
    p[:, labels] -= 1
    return p / len(labels)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _by_sigmoid(targets, logits):
    p = _sigmoid(logits)
    return -(targets * np.log(p) + (1 - targets) * np.log(1 - p)).mean()


def _by_sigmoid_chosen(targets, logits):
    p = _sigmoid(logits)
    return -np.where(targets == 1, np.log(p), np.log(1 - p)).mean()


def _logits_as_probabilities(targets, logits):
    return -(targets * np.log(logits) + (1 - targets) * np.log(1 - logits)).mean()


EXERCISE = Exercise(
    number=9,
    name="losses",
    tasks=(
        Task(
            "mean_squared_error",
            inputs=_targets_and_predictions,
            judge=_mean_squared_error,
            tolerance=1e-9,
            mistakes={
                "the sum instead of the mean": _squares(
                    loss=lambda d: (d**2).sum(), gradient=lambda d: 2 * d
                ),
                "the loss is missing its 1/n": _squares(loss=lambda d: (d**2).sum()),
                "the gradient is missing its 1/n": _squares(gradient=lambda d: 2 * d),
                "divided by the examples, N, instead of all numbers, N · D": _squares(
                    loss=lambda d: (d**2).sum() / len(d), gradient=lambda d: 2 * d / len(d)
                ),
                "the gradient is divided by N instead of N · D": _squares(
                    gradient=lambda d: 2 * d / len(d)
                ),
                "the gradient is missing its 2": _squares(gradient=lambda d: d / d.size),
                "halved: ½ (prediction − target)²": _squares(
                    loss=lambda d: (d**2).mean() / 2, gradient=lambda d: d / d.size
                ),
                "the gradient has the wrong sign": _squares(gradient=lambda d: -2 * d / d.size),
                "not squared: the mean of the distances": _squares(loss=lambda d: abs(d).mean()),
                "the root of the mean": _squares(loss=lambda d: np.sqrt((d**2).mean())),
                "the difference is summed before it is squared": _squares(
                    loss=lambda d: d.mean() ** 2
                ),
                "a loss for each example": _squares(loss=lambda d: (d**2).mean(axis=1)),
            },
        ),
        Task(
            "sparse_cross_entropy",
            inputs=_labels_and_logits,
            judge=_sparse_cross_entropy,
            tolerance=1e-5,  # six digits are shown: what was added to p must be seen
            mistakes={
                "the exponential overflows": _mean_of(lambda z: np.log(_overflowing(z))),
                "the logarithm of the sum overflows": _mean_of(
                    lambda z: z - np.log(np.exp(z).sum(axis=1, keepdims=True))
                ),
                "a probability is rounded to 0: its logarithm is −∞": _mean_of(
                    lambda z: np.log(_softmax(z))
                ),
                **{
                    f"{text} is added to p: the loss stops growing": _added(number)
                    for number, text in ADDED.items()
                },
                "the sum instead of the mean": lambda labels, logits: (
                    len(labels) * _sparse_cross_entropy(labels, logits)
                ),
                "the mean over all N · C numbers": lambda labels, logits: (
                    _sparse_cross_entropy(labels, logits) / logits.shape[1]
                ),
                "the sign is missing": lambda labels, logits: (
                    -_sparse_cross_entropy(labels, logits)
                ),
                "every label is taken in every row": lambda labels, logits: (
                    -ops.log_softmax(logits)[:, labels].mean()
                ),
                "the logarithm to base 2": _mean_of(lambda z: ops.log_softmax(z) / np.log(2)),
                "the logarithm to base 10": _mean_of(lambda z: ops.log_softmax(z) / np.log(10)),
                "the logarithm is left out": _mean_of(_softmax),
                "a loss for each example": lambda labels, logits: (
                    -_of_the_right(ops.log_softmax(logits), labels)
                ),
                "softmax is left out: the logits are averaged": _mean_of(lambda z: z),
            },
        ),
        Task(
            "sparse_cross_entropy_gradient",
            inputs=_labels_and_logits,
            judge=_sparse_cross_entropy_gradient,
            tolerance=1e-9,
            mistakes={
                "the exponential overflows": lambda labels, logits: (
                    _less_one(_overflowing(logits), labels) / len(labels)
                ),
                "not divided by N": lambda labels, logits: _less_one(_softmax(logits), labels),
                "divided by N · C instead of N": lambda labels, logits: (
                    _less_one(_softmax(logits), labels) / logits.size
                ),
                "1 is not subtracted for the right class": lambda labels, logits: (
                    _softmax(logits) / len(labels)
                ),
                "1 is subtracted after dividing by N": lambda labels, logits: _less_one(
                    _softmax(logits) / len(labels), labels
                ),
                "1 is subtracted in every row of each label": _whole_columns,
                "the sign is wrong": lambda labels, logits: (
                    -_sparse_cross_entropy_gradient(labels, logits)
                ),
                "ln p instead of p": lambda labels, logits: (
                    _less_one(ops.log_softmax(logits), labels) / len(labels)
                ),
                "softmax is left out": lambda labels, logits: (
                    _less_one(logits.copy(), labels) / len(labels)
                ),
                "only the right class has a gradient": lambda labels, logits: np.where(
                    np.arange(logits.shape[1]) == labels[:, np.newaxis],
                    _sparse_cross_entropy_gradient(labels, logits),
                    0,
                ),
            },
        ),
        Task(
            "binary_cross_entropy",
            inputs=_answers_and_logits,
            judge=_binary_cross_entropy,
            tolerance=1e-9,
            mistakes={
                "1 − p is rounded to 0: its logarithm is −∞": _by_sigmoid,
                "p and 1 − p are rounded to 0: their logarithms are −∞": _by_sigmoid_chosen,
                "ln(1 + exp(z)) overflows": lambda targets, logits: (
                    np.log(1 + np.exp(logits)) - targets * logits
                ).mean(),
                "the sum instead of the mean": lambda targets, logits: (
                    len(targets) * _binary_cross_entropy(targets, logits)
                ),
                "the two answers are exchanged": lambda targets, logits: _binary_cross_entropy(
                    1 - targets, logits
                ),
                "the sign is missing": lambda targets, logits: (
                    -_binary_cross_entropy(targets, logits)
                ),
                "only the targets 1 count": lambda targets, logits: (
                    targets * np.logaddexp(0, -logits)
                ).mean(),
                "the sigmoid is left out": _logits_as_probabilities,
                "t · z is missing": lambda targets, logits: np.logaddexp(0, logits).mean(),
                "ln(1 + exp(−|z|)) is missing": lambda targets, logits: (
                    np.maximum(logits, 0) - targets * logits
                ).mean(),
                "z instead of |z| in the exponential": lambda targets, logits: (
                    np.maximum(logits, 0) - targets * logits + np.log1p(np.exp(-logits))
                ).mean(),
                "a loss for each example": lambda targets, logits: (
                    np.logaddexp(0, logits) - targets * logits
                ),
            },
        ),
    ),
    hints=(
        """
        A loss is a mean: where does its 1/n go in the gradient? For the cross-entropies, try
        your function on a logit of 1000 and on one of −1000. Find the first step that gives
        inf, nan or 0.
        """,
        """
        ln(a / b) = ln a − ln b, and ln exp(z) = z. Subtract the row's largest logit first, as
        in softmax: then ln p needs no small probability.
        The right class's numbers of all rows at once are a[np.arange(N), labels].
        For two answers, each term is ln(1 + exp(z)) − t · z. Can you show that?
        """,
        """
        ln p, and the gradient:

            z = logits - logits.max(axis=1, keepdims=True)
            ln_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))

            p[np.arange(N), labels] -= 1    # p is softmax; then all of it / N

        For two answers, ln(1 + exp(z)) does not overflow when it is written as

            np.maximum(z, 0) + np.log1p(np.exp(-abs(z)))
        """,
    ),
)
