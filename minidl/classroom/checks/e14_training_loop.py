"""Exercise 14: a training loop, held against autograd and against early stopping's definition."""

import numpy as np

from minidl import Tensor, grad, losses
from minidl.classroom.task import Exercise, Task

TIGHT = 1e-9


def _weights_and_batch(draw):
    N, D, C = draw.integer(1, 3), draw.integer(1, 2), draw.integer(2, 3)
    scale = draw.choice(1, 1, 1000)  # where exp overflows
    return (
        draw.array(D, C, low=-2, high=2) * scale,
        draw.array(C, low=-1, high=1),
        draw.array(N, D, low=-2, high=2),
        draw.array(N, low=0, high=C - 1, dtype="int64"),
        draw.choice(1.0, 0.5, 0.1),
    )


def _weights_and_epoch(draw):
    N, D, C = draw.integer(2, 5), draw.integer(1, 2), draw.integer(2, 3)
    return (
        draw.array(D, C, low=-2, high=2) * draw.choice(1, 1, 1000),
        draw.array(C, low=-1, high=1),
        draw.array(N, D, low=-2, high=2),
        draw.array(N, low=0, high=C - 1, dtype="int64"),
        draw.distinct(N, low=0, dtype="int64"),
        draw.integer(1, 4),
        draw.choice(1.0, 0.5, 0.1),
    )


def _validation_losses(draw):
    """Return losses that go up and down by small steps, so that bests come late and twice."""
    changes = draw.integers(draw.integer(3, 9), draw.choice(-1, -2, -3), 1)
    losses = np.cumsum([0.0, *changes])
    return losses - losses.min(), draw.choice(2, 3, 1)


def _step(W, b, x, y, learning_rate):
    W, b = (Tensor(array, requires_grad=True) for array in (W, b))
    cross_entropy = losses.SparseCategoricalCrossentropy(from_logits=True)
    slopes = grad(cross_entropy(y, Tensor(x) @ W + b), (W, b))
    return tuple(
        old.data - learning_rate * slope.data for old, slope in zip((W, b), slopes, strict=True)
    )


def _softmax(z):
    return _of_exp(z - z.max(axis=1, keepdims=True), axis=1)


def _of_exp(z, axis):
    e = np.exp(z)
    return e / e.sum(axis=axis, keepdims=True)


def _one_hot(y, classes):
    return np.eye(classes)[y]


def _wrong_step(p=_softmax, target=_one_hot, over=len, sign=-1, bias=len, bias_in_z=True):
    """Return a step by hand, something of which can be wrong.

    `p` makes probabilities of logits; `over` is what the slopes (N, C) are divided by, and `bias`
    what the slopes of the bias are divided by.
    """

    def mistaken(W, b, x, y, learning_rate):
        slopes = p(x @ W + b * bias_in_z) - target(y, len(b))
        rate = sign * learning_rate
        W_slope = x.T @ slopes / over(slopes)
        return W + rate * W_slope, b + rate * slopes.sum(axis=0) / bias(slopes)

    return mistaken


def _wrong_step_everywhere(over):
    return _wrong_step(over=over, bias=over)


def _rate_left_out(W, b, x, y, learning_rate):
    return _step(W, b, x, y, 1.0)


def _slopes_alone(W, b, x, y, learning_rate):
    return tuple(old - new for old, new in zip((W, b), _step(W, b, x, y, 1.0), strict=True))


STEPS = {
    "`+` for `−`: the step goes uphill": _wrong_step(sign=1),
    "mean missing its 1/N": _wrong_step_everywhere(lambda slopes: 1),
    "divided by N · C instead of N": _wrong_step_everywhere(np.size),
    "the labels are not subtracted from p": _wrong_step(target=lambda y, classes: 0),
    "softmax over the batch instead of the classes": _wrong_step(
        p=lambda z: _of_exp(z - z.max(axis=0), axis=0)
    ),
    "softmax over all numbers instead of each row": _wrong_step(
        p=lambda z: _of_exp(z - z.max(), axis=None)
    ),
    "softmax is left out": _wrong_step(p=lambda z: z),
    "the bias is not added to the logits": _wrong_step(bias_in_z=False),
    "the bias stays as it is": _wrong_step(bias=lambda slopes: np.inf),
    "mean missing its 1/N, in the bias alone": _wrong_step(bias=lambda slopes: 1),
    "the bias is divided by N twice": _wrong_step(bias=lambda slopes: len(slopes) ** 2),
    "the learning rate is left out": _rate_left_out,
    "slopes instead of new weights": _slopes_alone,
    "exp overflows: the largest logit is not subtracted": _wrong_step(
        p=lambda z: _of_exp(z, axis=1)
    ),
}


def _epoch(W, b, x, y, order, batch_size, learning_rate):
    return _epoch_by(_step)(W, b, x, y, order, batch_size, learning_rate)


def _epoch_by(step):
    def epoch(W, b, x, y, order, batch_size, learning_rate):
        queue = order.tolist()
        while queue:
            batch, queue = queue[:batch_size], queue[batch_size:]
            W, b = step(W, b, x[batch], y[batch], learning_rate)
        return W, b

    return epoch


def _order_not_used(W, b, x, y, order, batch_size, learning_rate):
    return _epoch(W, b, x, y, np.sort(order), batch_size, learning_rate)


def _labels_not_in_order(W, b, x, y, order, batch_size, learning_rate):
    y = y[np.argsort(order)]
    return _epoch(W, b, x, y, order, batch_size, learning_rate)


def _whole_batches_alone(W, b, x, y, order, batch_size, learning_rate):
    order = order[: len(order) // batch_size * batch_size]
    return _epoch(W, b, x, y, order, batch_size, learning_rate)


def _first_batch_alone(W, b, x, y, order, batch_size, learning_rate):
    return _epoch(W, b, x, y, order[:batch_size], batch_size, learning_rate)


def _last_batch_alone(W, b, x, y, order, batch_size, learning_rate):
    order = order[(len(order) - 1) // batch_size * batch_size :]
    return _epoch(W, b, x, y, order, batch_size, learning_rate)


def _no_batches(W, b, x, y, order, batch_size, learning_rate):
    return _epoch(W, b, x, y, order, len(order), learning_rate)


def _so_many_batches(W, b, x, y, order, batch_size, learning_rate):
    for batch in np.array_split(order, batch_size):
        if len(batch):
            W, b = _step(W, b, x[batch], y[batch], learning_rate)
    return W, b


def _all_by_batch_size(W, b, x, y, order, batch_size, learning_rate):
    step = _wrong_step_everywhere(lambda slopes: batch_size)
    return _epoch_by(step)(W, b, x, y, order, batch_size, learning_rate)


EPOCHS = {
    "the order is not used": _order_not_used,
    "x is put in order, y is not": _labels_not_in_order,
    "the last, smaller batch is left out": _whole_batches_alone,
    "only the first batch: `return` inside the loop": _first_batch_alone,
    "every batch begins with the first weights": _last_batch_alone,
    "one step with all examples: there are no batches": _no_batches,
    "batch_size is taken for the number of batches": _so_many_batches,
    "the smaller batch is divided by batch_size as well": _all_by_batch_size,
}


def _early_stopping(losses, patience):
    for last in range(len(losses)):
        seen = losses[: last + 1].tolist()
        best = seen.index(min(seen))
        if last - best >= patience:
            break
    return last, best


def _watching(better, patience_of=int, reset=True):
    """Return early stopping by counting; ``better(losses, epoch, best)`` is a new best."""

    def mistaken(losses, patience):
        best = wait = 0
        for last in range(1, len(losses)):
            if better(losses, last, best):
                best, wait = last, wait * (not reset)
            else:
                wait += 1
            if wait >= patience_of(patience):
                return last, best
        return len(losses) - 1, best

    return mistaken


def _lower(losses, epoch, best):
    return losses[epoch] < losses[best]


def _best_of_all(losses, patience):
    return _early_stopping(losses, patience)[0], int(np.argmin(losses))


def _last_kept(losses, patience):
    last, _ = _early_stopping(losses, patience)
    return last, last


def _never_ended(losses, patience):
    return len(losses) - 1, int(np.argmin(losses))


def _patience_back(losses, patience):
    last, _ = _early_stopping(losses, patience)
    return last, last - patience


def _from_one(losses, patience):
    last, best = _early_stopping(losses, patience)
    return last + 1, best + 1


EXERCISE = Exercise(
    number=14,
    name="training_loop",
    tasks=(
        Task(
            "step",
            inputs=_weights_and_batch,
            judge=_step,
            tolerance=TIGHT,
            mistakes=STEPS,
        ),
        Task(
            "epoch",
            inputs=_weights_and_epoch,
            judge=_epoch,
            tolerance=TIGHT,
            mistakes=EPOCHS | {name: _epoch_by(step) for name, step in STEPS.items()},
        ),
        Task(
            "early_stopping",
            inputs=_validation_losses,
            judge=_early_stopping,
            mistakes={
                "training is never ended early": _never_ended,
                "the best of all losses, also of those after the end": _best_of_all,
                "the last epoch's weights are kept instead of the best": _last_kept,
                "an equal loss counts as better": _watching(
                    lambda losses, epoch, best: losses[epoch] <= losses[best]
                ),
                "compared with the epoch before instead of the best": _watching(
                    lambda losses, epoch, best: losses[epoch] < losses[epoch - 1]
                ),
                "epochs without a new best are counted in all instead of in a row": _watching(
                    _lower, reset=False
                ),
                "training ends one epoch too late": _watching(
                    _lower, patience_of=lambda patience: patience + 1
                ),
                "the epoch `patience` before the last is kept, best or not": _patience_back,
                "the highest loss counts as the best": _watching(
                    lambda losses, epoch, best: losses[epoch] > losses[best]
                ),
                "epochs are counted from 1": _from_one,
            },
        ),
    ),
    hints=(
        """
        step: write down the shape of every array, from x (N, D) to the slope of W, (D, C).
        epoch: with which weights does the second batch begin?
        early_stopping: go through the losses of the example with a pencil. What do you have to
        remember from one epoch to the next?
        """,
        """
        step: with g = ∂L/∂z, an array (N, C), the slope of W is a matrix product of x and g in
        which N disappears. The slope of b is a sum of g, in which N disappears too.
        epoch: cut the array order into pieces. A piece picks rows of x and of y.
        early_stopping: remember the best epoch. How far away it is says how many epochs have
        brought no new best.
        """,
        """
        step, after z = x @ W + b:

            z -= z.max(axis=1, keepdims=True)
            p = np.exp(z) / …                # each row sums to 1
            p[np.arange(N), y] -= 1          # N times ∂L/∂z
            W_slope = x.T @ p / N

        epoch:

            for start in range(0, N, batch_size):
                batch = order[start : start + batch_size]
                W, b = step(W, b, x[batch], …)

        early_stopping, for each epoch:

            if losses[epoch] < losses[best]:
                best = epoch
            if epoch - best >= patience:
                …
        """,
    ),
)
