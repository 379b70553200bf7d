"""Large arrays that are used again.

A new array of a few megabytes costs more than the arithmetic that fills it: the system
hands out its pages one by one, zeroed, on first touch. A training step needs the same
sizes every time, so minidl keeps the memory of arrays that have gone and hands it out
again, most recently used first, while it is still in the cache.

No user ever sees a buffer change: the memory belongs to a `_Lease`, which every array and
every view made of it refers to, and it returns to the pool only when Python has dropped
the last of them.
"""

import collections
import math
import threading

import numpy as np

#: Below this size the ordinary allocator is as fast.
SMALL = 64 * 1024
#: Bytes that the pool keeps at the most while nobody uses them.
LIMIT = 1024**3
#: Arrays start on a cache line, which is also a whole vector register.
ALIGNMENT = 64


def empty(shape, dtype):
    """Return an uninitialised C-contiguous array, as `numpy.empty` does.

    >>> empty((2, 3), np.float32).shape
    (2, 3)
    """
    dtype = np.dtype(dtype)
    size = math.prod(shape) * dtype.itemsize
    if size < SMALL:
        return np.empty(shape, dtype)
    return np.asarray(_Lease(_take(_capacity(size)), shape, dtype))


def zeros(shape, dtype):
    """Return a zero-filled C-contiguous array, as `numpy.zeros` does."""
    array = empty(shape, dtype)
    array.fill(0)
    return array


def clear():
    """Give all memory that nobody uses back to the system."""
    with _lock:
        _returned.clear()
        _free.clear()


def held():
    """Return the bytes that the pool keeps while nobody uses them."""
    with _lock:
        _collect()
        return sum(block.size for block in _free)


_lock = threading.Lock()
_returned = collections.deque()
_free = []


class _Lease:
    """Memory on loan: what arrays made by `empty` refer to as their base."""

    __slots__ = ("__array_interface__", "_block")

    def __init__(self, block, shape, dtype):
        self._block = block
        address = block.__array_interface__["data"][0]
        self.__array_interface__ = {
            "version": 3,
            "shape": tuple(shape),
            "typestr": dtype.str,
            "data": (address + -address % ALIGNMENT, False),
        }

    def __del__(self, give_back=_returned.append):
        give_back(self._block)


def _capacity(size):
    """Round up to a multiple of 1/8 of the power of two below: near sizes share buffers."""
    step = 1 << max(size.bit_length() - 4, 12)
    return -(-size // step) * step + ALIGNMENT


def _take(capacity):
    with _lock:
        _collect()
        for i in range(len(_free) - 1, -1, -1):
            if _free[i].size == capacity:
                return _free.pop(i)
    return np.empty(capacity, np.uint8)


def _collect():
    """Move what has come back to the free list, and let the oldest go beyond LIMIT.

    A lease may end at any moment, even inside `_take`: it only appends to a deque, which
    needs no lock.
    """
    if not _returned:
        return
    while _returned:
        _free.append(_returned.popleft())
    surplus = sum(block.size for block in _free) - LIMIT
    while surplus > 0:
        surplus -= _free.pop(0).size
