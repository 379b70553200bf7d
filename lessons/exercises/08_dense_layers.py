"""Exercise 8: dense layers.

A dense layer gives every unit a weighted sum of all inputs. ReLU then keeps what is positive,
and softmax turns the last layer's numbers (logits) into probabilities. To learn, the layer needs
to know how the loss changes with its input, its kernel and its bias: its backward pass.
"""

import numpy as np


def dense(x, kernel, bias):
    """Return ``y(n, u) = Σ_d x(n, d) · kernel(d, u) + bias(u)``.

    Parameters
    ----------
    x : (N, D) array: N examples with D numbers each
    kernel : (D, U) array: D weights for each of U units
    bias : (U,) array

    Returns
    -------
    (N, U) array

    >>> dense(np.array([[1, 2]]), np.array([[1, 0], [0, 10]]), np.array([100, 200]))
    array([[101, 220]])
    """
    raise NotImplementedError


def relu(x):
    """Return the array with 0 in place of every negative number. The argument x stays as it is.

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    array of the same shape: ``max(x, 0)`` for each number

    >>> relu(np.array([[-1.0, 2.0]]))
    array([[0., 2.]])
    """
    raise NotImplementedError


def softmax(logits):
    """Return the probabilities of the classes, for each example.

    ``p(n, i) = exp(z(n, i)) / Σ_j exp(z(n, j))``, where z are the logits.

    exp(1000) is too large for a computer's real numbers. But p stays the same if one number is
    subtracted from all logits of an example: choose it such that nothing overflows.

    Parameters
    ----------
    logits : (N, C) array of real numbers, large ones too

    Returns
    -------
    (N, C) array; each row has the sum 1

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    raise NotImplementedError


def dense_gradients(x, kernel, gradient):
    """Return the gradients of the loss L by a dense layer's input, kernel and bias.

    The layer is that of `dense`. The gradient by its result, ``∂L/∂y(n, u)``, is given. By the
    chain rule, each is a sum over all y that the number has a part in: ``∂L/∂x(n, d)`` is a sum
    over u, ``∂L/∂kernel(d, u)`` a sum over n, and so is ``∂L/∂bias(u)``.

    Parameters
    ----------
    x : (N, D) array
    kernel : (D, U) array
    gradient : (N, U) array: the gradient by y

    Returns
    -------
    (N, D), (D, U) and (U,) array: the gradients by x, by kernel and by bias

    >>> x, kernel = np.array([[1, 2], [3, 4]]), np.array([[5], [6]])
    >>> for each in dense_gradients(x, kernel, np.array([[1], [10]])):
    ...     print(each.tolist())
    [[5, 6], [50, 60]]
    [[31], [42]]
    [11]
    """
    raise NotImplementedError
