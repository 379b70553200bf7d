"""Exercise 10: optimizers.

An optimizer changes the weights w by the gradient g of the loss, so that the loss becomes
smaller. Here each function makes one step: it is given what it kept from the last step, and
returns the new weights and what the next step needs. All arrays have the same shape, and the
arguments stay as they are. The formulas are those of Keras.
"""

import numpy as np


def sgd(w, g, learning_rate):
    """Return the weights after a step of gradient descent: ``w − α g``.

    Parameters
    ----------
    w, g : arrays of one shape: the weights and the gradient
    learning_rate : float, α

    Returns
    -------
    array of the same shape

    >>> sgd(np.array([1.0, 2.0]), np.array([10.0, -10.0]), 0.5)
    array([-4.,  7.])
    """
    raise NotImplementedError


def momentum_step(w, v, g, learning_rate, momentum):
    """Return weights and velocity after a step that keeps a part of the last one.

    ``v_new = μ v − α g``, then ``w_new = w + v_new``.

    Parameters
    ----------
    w, v, g : arrays of one shape: weights, velocity, gradient
    learning_rate : float, α
    momentum : float, μ

    Returns
    -------
    two arrays of the same shape: w_new and v_new

    >>> w, v = momentum_step(np.array([1.0]), np.array([4.0]), np.array([2.0]), 0.5, 0.5)
    >>> print(w, v)
    [2.] [1.]
    """
    raise NotImplementedError


def adam_step(w, m, v, g, t, learning_rate, beta_1, beta_2, epsilon):
    """Return weights and both running means after a step of Adam.

    ``m_new = β₁ m + (1 − β₁) g`` is the running mean of the gradient, and
    ``v_new = β₂ v + (1 − β₂) g²`` that of its square. Both begin as 0, and so are too small at
    first; the step corrects this bias:

    ``w_new = w − α · √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m_new / (√v_new + ε)``

    ε stands outside the root, beside √v_new before the correction, as in Keras. What is kept for
    the next step, m_new and v_new, is not corrected.

    Parameters
    ----------
    w, m, v, g : arrays of one shape: weights, both means, gradient
    t : int, the number of this step: 1 for the first
    learning_rate, beta_1, beta_2, epsilon : float, α, β₁, β₂ and ε

    Returns
    -------
    three arrays of the same shape: w_new, m_new and v_new

    >>> w, zero = np.array([5.0]), np.array([0.0])
    >>> for each in adam_step(w, zero, zero, np.array([4.0]), 1, 1.0, 0.5, 0.75, 2.0):
    ...     print(each)
    [4.5]
    [2.]
    [4.]
    """
    raise NotImplementedError
