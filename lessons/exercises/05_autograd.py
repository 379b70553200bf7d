"""Exercise 5: automatic differentiation.

A Value is a number that remembers how it was computed. From the result, `backward` goes back
through all that led to it, and gives every Value its derivative: the chain rule, done once and
for all. Nothing but arithmetic is needed.
"""


class Value:
    """A number, what it was computed from, and the derivative of the result by it.

    ``+`` and ``*`` take two Values, or a Value and a number on either side; ``**`` takes a number
    as its exponent.

    Attributes
    ----------
    data : float
        The number.
    grad : float
        The derivative of the result by this number: 0.0 until `backward` is called on the result.

    >>> a, b = Value(2.0), Value(-3.0)
    >>> c = a * b + a**2
    >>> c.data
    -2.0
    >>> c.backward()
    >>> a.grad, b.grad
    (1.0, 2.0)
    """

    def __init__(self, data):
        """Keep the number; you will want to keep more than that, as further arguments."""
        raise NotImplementedError

    def __add__(self, other):
        """Return the sum, a Value that remembers both."""
        raise NotImplementedError

    def __mul__(self, other):
        """Return the product, a Value that remembers both."""
        raise NotImplementedError

    def __pow__(self, exponent):
        """Return this number to the power of a plain number."""
        raise NotImplementedError

    def relu(self):
        """Return this number if it is positive, else 0. At 0, its derivative is 0."""
        raise NotImplementedError

    def backward(self):
        """Set the `grad` of every Value that this one was computed from.

        The result's own is 1. A Value that was used more than once adds up what comes back from
        each use, and hands it on only when all have come.
        """
        raise NotImplementedError

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other
