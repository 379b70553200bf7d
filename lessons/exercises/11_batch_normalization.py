"""Exercise 11: batch normalization.

In training, each channel of a batch is brought to mean 0 and variance 1, then scaled by γ and
shifted by β, which are learned. A single image has no batch: so moving means of the batches'
statistics are kept while training, and used afterwards. Images are (N, H, W, C): a channel's
statistics are those of its n = N · H · W numbers.
"""

import numpy as np


def batch_norm(x, gamma, beta, epsilon):
    """Normalize each channel over the batch.

    ``y = γ · (x − mean) / √(variance + ε) + β``, with the channel's
    ``mean = (1 / n) Σ x`` and ``variance = (1 / n) Σ (x − mean)²``. ε stands inside the root.

    Parameters
    ----------
    x : (N, H, W, C) array
    gamma, beta : (C,) array
    epsilon : float, above 0

    Returns
    -------
    (N, H, W, C) array

    >>> x = np.array([0.0, 6.0]).reshape(2, 1, 1, 1)
    >>> batch_norm(x, np.array([10.0]), np.array([1.0]), 16.0).ravel()
    array([-5.,  7.])
    """
    raise NotImplementedError


def moving_statistics(x, moving_mean, moving_variance, momentum):
    """Return the moving mean and variance after one more batch.

    ``moving_new = momentum · moving + (1 − momentum) · batch``, for the mean and for the
    variance of each channel, as in Keras: the variance is that of `batch_norm`, divided by n.

    Parameters
    ----------
    x : (N, H, W, C) array, the batch
    moving_mean, moving_variance : (C,) array
    momentum : float from 0 to 1: how much stays

    Returns
    -------
    two (C,) arrays: the new moving mean and the new moving variance

    >>> x = np.array([0.0, 6.0]).reshape(2, 1, 1, 1)
    >>> for each in moving_statistics(x, np.array([7.0]), np.array([1.0]), 0.75):
    ...     print(each)
    [6.]
    [3.]
    """
    raise NotImplementedError


def batch_norm_inference(x, gamma, beta, moving_mean, moving_variance, epsilon):
    """Normalize images as the trained network does, by the moving statistics alone.

    ``y = γ · (x − moving_mean) / √(moving_variance + ε) + β``. What comes out for an image does
    not depend on the others.

    Parameters
    ----------
    x : (N, H, W, C) array
    gamma, beta, moving_mean, moving_variance : (C,) array
    epsilon : float, above 0

    Returns
    -------
    (N, H, W, C) array

    >>> x, one = np.full((1, 1, 1, 1), 7.0), np.array([1.0])
    >>> batch_norm_inference(x, 10 * one, one, 3 * one, 3 * one, 1.0).ravel()
    array([21.])
    """
    raise NotImplementedError


def batch_norm_gradient(x, gamma, gradient, epsilon):
    """Return the gradient of the loss by the input of `batch_norm`.

    A number of x changes y in three ways: by itself, through the mean, and through the variance.
    Let ``s = 1 / √(variance + ε)``, ``h = (x − mean) · s``, and g the gradient by y. Put together,
    for each channel:

    ``∂L/∂x = γ · s · (g − mean(g) − h · mean(g · h))``

    Each mean runs over the n numbers of the channel.

    Parameters
    ----------
    x : (N, H, W, C) array
    gamma : (C,) array
    gradient : (N, H, W, C) array: the gradient by y
    epsilon : float, above 0

    Returns
    -------
    (N, H, W, C) array

    >>> x = np.array([0.0, 6.0]).reshape(2, 1, 1, 1)
    >>> gradient = np.array([0.0, 10.0]).reshape(2, 1, 1, 1)
    >>> batch_norm_gradient(x, np.array([1.0]), gradient, 16.0).ravel()
    array([-0.64,  0.64])
    """
    raise NotImplementedError
