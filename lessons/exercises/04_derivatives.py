"""Exercise 4: derivatives.

A network learns by derivatives: how much does the result change if one number does? First
measured by small steps, for one number and for a whole array; then for functions of functions,
by the chain rule. All functions here are given; you call them.
"""

import numpy as np


def derivative(f, x, h):
    """Return the derivative of f at x by the central difference.

    ``(f(x + h) − f(x − h)) / (2 · h)``

    Parameters
    ----------
    f : function of a number
    x : float
    h : float, the step

    Returns
    -------
    float

    >>> derivative(lambda x: x * x, 3.0, 0.5)
    6.0
    """
    raise NotImplementedError


def gradient(f, x, h):
    """Return the derivative of f by each element of the array x, by the central difference.

    One element is moved by h and by −h, while all others stay as they are. x itself must be
    the same afterwards as it was before.

    Parameters
    ----------
    f : function of an array, its value is a number
    x : array of any shape
    h : float, the step

    Returns
    -------
    array of x's shape

    >>> gradient(lambda x: (x * x).sum(), np.array([[1.0, -2.0]]), 0.5)
    array([[ 2., -4.]])
    """
    raise NotImplementedError


def chain(functions, derivatives, x):
    """Return the derivative at x of functions that are called one after the other.

    With two functions, ``y = f_2(f_1(x))`` and ``dy/dx = f_2'(f_1(x)) · f_1'(x)``; with more,
    there is a factor for each: its derivative at what comes into it.

    Parameters
    ----------
    functions : list of functions of a number, the first one is called first
    derivatives : list of their derivatives, functions as well
    x : float

    Returns
    -------
    float

    >>> chain([lambda x: 3 * x, lambda x: x * x], [lambda x: 3, lambda x: 2 * x], 1.0)
    18.0
    """
    raise NotImplementedError
