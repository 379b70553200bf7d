"""What counts as an array: its checks, and what an object with an array in it has of it."""

import numpy as np


class ArrayHolder:
    """What an object shares with the array that is its attribute `data`."""

    __slots__ = ()

    shape = property(lambda self: self.data.shape, doc="The lengths of the axes.")
    dtype = property(lambda self: self.data.dtype, doc="The type of the numbers.")
    ndim = property(lambda self: self.data.ndim, doc="How many axes there are.")
    size = property(lambda self: self.data.size, doc="How many numbers there are.")

    def __array__(self, dtype=None, copy=None):
        return np.array(self.data, dtype=dtype, copy=copy)

    def __len__(self):
        if not self.data.ndim:
            raise TypeError(f"len() of a {type(self).__name__} without axes")
        return len(self.data)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __bool__(self):
        return bool(self.data)

    def __float__(self):
        return float(self.data)

    def __int__(self):
        return int(self.data)

    def item(self):
        """Return the only number as a Python number."""
        return self.data.item()

    def numpy(self):
        """Return the data: the array itself, not a copy."""
        return self.data


def real_array(data, name):
    """Return real numbers or booleans as an array; Python's floats become float32.

    A NumPy array is returned as it is; else an error names the caller.

    >>> real_array([0.5], "Tensor")
    array([0.5], dtype=float32)
    """
    array = np.asarray(data)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name}: needs real numbers or booleans, got an array of {array.dtype}")
    if array.dtype == np.float64 and not hasattr(data, "__array__"):
        return array.astype(np.float32)
    return array


def operand(x):
    """Return what an operation computes with: an array, or a Python number as it is.

    A number alone adapts to the type of the arrays beside it; a list is the array that NumPy
    makes of it. What are not real numbers or booleans is refused. What an `ArrayHolder` holds
    was checked before.

    >>> operand([0.5, 1.0]), operand(0.5)
    (array([0.5, 1. ]), 0.5)
    """
    if type(x) is np.ndarray and x.dtype.kind in "fiub":  # most are: a shortcut
        return x
    if isinstance(x, ArrayHolder | float):
        return x
    array = x if isinstance(x, np.ndarray) else np.asarray(x)
    if array.dtype.kind not in "fiub":  # as are integers that are too large for NumPy
        raise TypeError(f"needs real numbers or booleans, got {array.dtype}")
    return x if isinstance(x, int) else array


def memory(array):
    """Return the identity of the object that holds an array's memory."""
    while isinstance(array, np.ndarray) and array.base is not None:
        array = array.base
    return id(array)
