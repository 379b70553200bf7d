"""In which order features stand in PyTorch: `Flatten` there puts a whole channel side by side.

A flattened image (H, W, C) is (C, H, W) there, so the rows of a dense kernel behind it are in
another order, and so are the columns of one before a `Reshape` to images; batch normalization
between them as well. An `Order` goes along with a value through the model and tells of this.
"""

import numpy as np


class Order:
    """Where each of a row of features stands in PyTorch.

    Parameters
    ----------
    index : array of int, optional
        ``index[i]`` is the place there of feature i. None: not settled yet; it will be, if the
        features become images, and else stays as it is here.
    parts : list of (Order, int), optional
        Instead: orders of rows that stand side by side, and their lengths.
    """

    def __init__(self, index=None, parts=None):
        self._index = index
        self._parts = parts
        self._same = None

    def index(self, count):
        """Return the places of `count` features."""
        if self._same is not None:
            return self._same.index(count)
        if self._parts is not None:
            starts = np.cumsum([0, *(n for _, n in self._parts)])
            rows = zip(self._parts, starts[:-1], strict=True)
            return np.concatenate([order.index(n) + start for (order, n), start in rows])
        return np.arange(count) if self._index is None else self._index

    def unite(self, other, path):
        """Say that two orders are one, or that they cannot be."""
        mine, others = self._root(), other._root()
        if mine is others:
            return
        for one, another in ((mine, others), (others, mine)):
            if one._index is None and one._parts is None:
                one._same = another
                return
        count = mine._count()
        if count != others._count() or (mine.index(count) != others.index(count)).any():
            raise ValueError(
                f"layer '{path}' joins or reshapes features that stand in another order in "
                "PyTorch, where images are channels first; no order of weights makes up for it"
            )

    def _root(self):
        return self if self._same is None else self._same._root()

    def _count(self):
        return len(self._index) if self._parts is None else sum(n for _, n in self._parts)


def as_here(count):
    """Return the order of features that stand there as here."""
    return Order(np.arange(count))


def of_images(shape):
    """Return the order of flattened images (N, H, W, C).

    >>> of_images((None, 1, 2, 3)).index(6)
    array([0, 2, 4, 1, 3, 5])
    """
    height, width, channels = shape[1:]
    places = np.arange(height * width * channels).reshape(channels, height, width)
    return Order(places.transpose(1, 2, 0).ravel())
