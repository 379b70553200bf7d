"""What `fit`, `evaluate` and `predict` are given, checked and cut into batches."""

import numpy as np

from minidl.autograd import Tensor
from minidl.runtime import checks, random


class Batches:
    """Examples `x`, with targets `y` if there are any, in batches of `batch_size`.

    Iterating yields ``(x, y)`` arrays, or ``(x, None)``; with `shuffle`, in a new order each
    time, drawn from minidl's generator.
    """

    def __init__(self, x, y=None, batch_size=32, shuffle=False, caller="fit"):
        self.x = _examples(x, f"{caller}: x")
        self.y = None if y is None else _examples(y, f"{caller}: y")
        self.batch_size = checks.integer(32 if batch_size is None else batch_size, "batch_size")
        self.shuffle = shuffle
        if self.y is not None and len(self.x) != len(self.y):
            raise ValueError(
                f"{caller}: x holds {len(self.x)} examples, but y holds {len(self.y)}; "
                "they must be equal"
            )
        _check_finite(self.x, f"{caller}: x")

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    def __iter__(self):
        order = random.generator().permutation(len(self.x)) if self.shuffle else None
        for start in range(0, len(self.x), self.batch_size):
            stop = start + self.batch_size
            chosen = slice(start, stop) if order is None else order[start:stop]
            yield self.x[chosen], None if self.y is None else self.y[chosen]

    def split(self, fraction, caller="fit"):
        """Return (all but the last share, the last share), as Keras's validation_split does."""
        fraction = checks.real(fraction, f"{caller}: validation_split", 0, 1, exclusive=True)
        at = int(len(self.x) * (1 - fraction))
        if at == 0 or at == len(self.x):
            raise ValueError(
                f"{caller}: validation_split={fraction} leaves nothing on one side of "
                f"{len(self.x)} examples"
            )
        parts = []
        for chosen in (slice(at), slice(at, None)):
            part = object.__new__(Batches)
            y = None if self.y is None else self.y[chosen]
            part.__dict__ = self.__dict__ | {"x": self.x[chosen], "y": y}
            parts.append(part)
        parts[1].shuffle = False
        return parts


def batches(x, y, batch_size, shuffle, caller):
    """Return `Batches` of arrays, or `x` itself if it is an iterable of batches with a length."""
    if hasattr(x, "__iter__") and hasattr(x, "__len__") and not _is_array_like(x):
        if y is not None:
            raise ValueError(f"{caller}: y must be left out when x is an iterable of batches")
        if not len(x):
            raise ValueError(f"{caller}: x holds no batches")
        return x
    if not _is_array_like(x):
        raise TypeError(
            f"{caller}: x needs an array of examples, or an iterable of (x, y) batches with a "
            f"length, got {type(x).__name__}"
        )
    return Batches(x, y, batch_size, shuffle, caller)


def _is_array_like(x):
    """Whether x is examples; a list whose first item is a tuple is a list of batches."""
    if isinstance(x, list | tuple):
        return not (len(x) and isinstance(x[0], tuple))
    return hasattr(x, "__array__")


def _examples(array, what):
    array = array.data if isinstance(array, Tensor) else np.asarray(array)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{what} needs an array of real numbers, got {array.dtype}")
    if array.ndim == 0 or len(array) == 0:
        raise ValueError(f"{what} holds no examples: its shape is {array.shape}")
    return array


def _check_finite(x, what):
    """Refuse NaN and infinity; a sum shows them without making a large array."""
    if x.dtype.kind != "f" or np.isfinite(np.sum(x, dtype=np.float64)):
        return
    for start in range(0, len(x), 1024):
        wrong = np.argwhere(~np.isfinite(x[start : start + 1024]))
        if len(wrong):
            index = (start + int(wrong[0][0]), *(int(i) for i in wrong[0][1:]))
            raise ValueError(f"{what} holds {x[index]} at index {index}; it needs finite numbers")
