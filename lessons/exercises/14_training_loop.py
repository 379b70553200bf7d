"""Exercise 14: a training loop.

The smallest network that tells classes apart is one dense layer with a softmax. Train it by hand:
one step of gradient descent on a batch, an epoch of such steps, and the rule that says when
training ends and which weights are kept.
"""

import numpy as np


def step(W, b, x, y, learning_rate):
    """Return the weights after one step of gradient descent on a batch.

    - Logits: ``z(n, c) = Σ_d x(n, d) · W(d, c) + b(c)``.
    - Softmax: ``p(n, c) = exp(z(n, c)) / Σ_k exp(z(n, k))``. Logits may be in the thousands;
      the largest one of each n, subtracted from all of them, leaves p the same.
    - Loss: ``L = −(1/N) Σ_n log p(n, y(n))``. Its slope is
      ``∂L/∂z(n, c) = (p(n, c) − [c = y(n)]) / N``, where [ ] is 1 if true, else 0.
    - Step: ``W − learning_rate · ∂L/∂W``, and likewise b.

    Parameters
    ----------
    W : (D, C) array
    b : (C,) array
    x : (N, D) array: N examples of D numbers each
    y : (N,) int array: their classes, from 0 to C − 1
    learning_rate : float

    Returns
    -------
    tuple of two new arrays, (D, C) and (C,); those given are not changed

    >>> W, b = step(np.zeros((1, 2)), np.zeros(2), np.array([[4.0]]), np.array([1]), 0.5)
    >>> W, b
    (array([[-1.,  1.]]), array([-0.25,  0.25]))
    """
    raise NotImplementedError


def epoch(W, b, x, y, order, batch_size, learning_rate):
    """Return the weights after one epoch: one `step` for each batch, one batch after the other.

    The first batch holds the examples number ``order[0]``, ``order[1]``, …, `batch_size` of them;
    the next batch holds those that follow in `order`. The last batch may be smaller: its loss is
    the mean over its own examples.

    Parameters
    ----------
    W, b, x, y, learning_rate : as in `step`
    order : (N,) int array: each of 0 … N − 1 once
    batch_size : int, at least 1; it may be larger than N

    Returns
    -------
    tuple of two new arrays, (D, C) and (C,)

    >>> x, y = np.array([[4.0], [4.0]]), np.array([1, 1])
    >>> W, b = epoch(np.zeros((1, 2)), np.zeros(2), x, y, np.array([1, 0]), 2, 0.5)
    >>> W, b
    (array([[-1.,  1.]]), array([-0.25,  0.25]))
    """
    raise NotImplementedError


def early_stopping(losses, patience):
    """Return the epoch after which training ends, and the epoch whose weights are kept.

    Epochs are counted from 0. An epoch is the best so far if its validation loss is lower than
    that of every epoch before it; an equal loss is not better. Training ends after the first epoch
    at which the last `patience` epochs, in a row, have brought no new best. The weights of the
    best epoch until then are kept: losses that would have come later are not known. If training is
    never ended in this way, it ends after the last epoch.

    Parameters
    ----------
    losses : (E,) array: the validation loss after each of E epochs, E at least 1
    patience : int, at least 1

    Returns
    -------
    tuple of two ints: the last epoch, and the best one

    >>> early_stopping(np.array([5.0, 3.0, 4.0, 3.0, 1.0]), 2)
    (3, 1)
    """
    raise NotImplementedError
