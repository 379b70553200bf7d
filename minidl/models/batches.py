"""What `fit`, `evaluate` and `predict` are given, checked and cut into batches."""

import numpy as np

from minidl.autograd import Tensor
from minidl.runtime import checks, random


class Batches:
    """Examples `x`, with targets `y` and `weights` if there are any, in batches of `batch_size`.

    Iterating yields ``(x, y)`` arrays, ``(x, y, weights)`` if there are weights, or
    ``(x, None)``; with `shuffle`, in a new order each time, drawn from minidl's generator.
    `several` says whether x, and y, are lists of arrays: for models of several inputs or
    outputs.
    """

    def __init__(
        self,
        x,
        y=None,
        batch_size=32,
        shuffle=False,
        caller="fit",
        weights=None,
        several=(False, False),
    ):
        self.x = _arrays(x, f"{caller}: x", several[0])
        self.y = None if y is None else _arrays(y, f"{caller}: y", several[1])
        self.weights = None if weights is None else _examples(weights, f"{caller}: sample_weight")
        self.batch_size = checks.integer(32 if batch_size is None else batch_size, "batch_size")
        self.shuffle = shuffle
        for name, arrays in (("x", self.x), ("y", self.y), ("sample_weight", self.weights)):
            for array in as_list(arrays):
                if array is not None and len(array) != self.count:
                    raise ValueError(
                        f"{caller}: x holds {self.count} examples, but {name} holds "
                        f"{len(array)}; they must be equal"
                    )
        for array in as_list(self.x):
            _check_finite(array, f"{caller}: x")

    @property
    def count(self):
        """How many examples there are."""
        return len(as_list(self.x)[0])

    def __len__(self):
        return -(-self.count // self.batch_size)

    def __iter__(self):
        order = random.generator().permutation(self.count) if self.shuffle else None
        for start in range(0, self.count, self.batch_size):
            stop = start + self.batch_size
            chosen = slice(start, stop) if order is None else order[start:stop]
            x, y, weights = (_take(part, chosen) for part in (self.x, self.y, self.weights))
            yield (x, y) if weights is None else (x, y, weights)

    def weigh_classes(self, class_weight):
        """Give every example the weight of its class, 1 for classes that are not named.

        Targets with a last axis of more than 1 are taken as one-hot, as in Keras.
        """
        labels = self.y
        if isinstance(labels, list):
            raise ValueError("class_weight needs a model with one output; give sample_weight")
        if labels.ndim > 1:
            labels = np.argmax(labels, axis=-1) if labels.shape[-1] > 1 else labels[..., 0]
        if labels.ndim != 1:
            raise ValueError(
                f"class_weight needs one class for each example, got targets {self.y.shape}; "
                "give sample_weight"
            )
        classes = np.round(labels).astype(np.int64)
        self.weights = np.array([class_weight.get(int(label), 1.0) for label in classes])

    def split(self, fraction, caller="fit"):
        """Return (all but the last share, the last share), as Keras's validation_split does."""
        fraction = checks.real(fraction, f"{caller}: validation_split", 0, 1, exclusive=True)
        at = int(self.count * (1 - fraction))
        if at == 0 or at == self.count:
            raise ValueError(
                f"{caller}: validation_split={fraction} leaves nothing on one side of "
                f"{self.count} examples"
            )
        parts = []
        for chosen in (slice(at), slice(at, None)):
            part = object.__new__(Batches)
            arrays = {"x": self.x, "y": self.y, "weights": self.weights}
            part.__dict__ = self.__dict__ | {
                name: _take(array, chosen) for name, array in arrays.items()
            }
            parts.append(part)
        parts[1].shuffle = False
        return parts


def batches(x, y, batch_size, shuffle, caller, weights=None, several=(False, False)):
    """Return `Batches` of arrays, or `x` itself if it is an iterable of batches with a length."""
    if hasattr(x, "__iter__") and hasattr(x, "__len__") and not _is_array_like(x):
        for name, array in (("y", y), ("sample_weight", weights)):
            if array is not None:
                raise ValueError(
                    f"{caller}: {name} must be left out when x is an iterable of batches"
                )
        if not len(x):
            raise ValueError(f"{caller}: x holds no batches")
        return x
    if not _is_array_like(x):
        raise TypeError(
            f"{caller}: x needs an array of examples, or an iterable of (x, y) batches with a "
            f"length, got {type(x).__name__}"
        )
    return Batches(x, y, batch_size, shuffle, caller, weights, several)


def each(function, value):
    """Return ``function(value)``, or for a list the list of what it gives for each item."""
    return list(map(function, value)) if isinstance(value, list) else function(value)


def as_list(value):
    """Return a list as it is, anything else as the only item of one."""
    return value if isinstance(value, list) else [value]


def unpack(batch):
    """Return (x, y, weights) of what an iterable of batches yields; None for what is missing."""
    if not isinstance(batch, tuple | list) or not 2 <= len(batch) <= 3:
        got = f"{len(batch)} items" if isinstance(batch, tuple | list) else type(batch).__name__
        raise ValueError(f"a batch needs to be (x, y) or (x, y, sample_weight), got {got}")
    return (*batch, None)[:3]


def _is_array_like(x):
    """Whether x is examples; a list whose first item is a tuple is a list of batches."""
    if isinstance(x, list | tuple):
        return not (len(x) and isinstance(x[0], tuple))
    return hasattr(x, "__array__")


def _arrays(given, what, several):
    """Return the examples as an array, or as a list of arrays if there are `several`."""
    if not several:
        return _examples(given, what)
    if not isinstance(given, list | tuple):
        raise TypeError(f"{what} needs a list of arrays, got {type(given).__name__}")
    return [_examples(array, f"{what}[{i}]") for i, array in enumerate(given)]


def _take(arrays, chosen):
    return None if arrays is None else each(lambda array: array[chosen], arrays)


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
