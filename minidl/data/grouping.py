"""Things that belong together because something links them, directly or through others.

NumPy only; tested by ``tests/data/test_grouping.py``.
"""

from collections.abc import Iterable

import numpy as np


class Forest:
    """Items 0 … count − 1, and which of them have been joined, directly or through others.

    Union–find with path halving (R. Tarjan, J. van Leeuwen, "Worst-case analysis of set union
    algorithms", 1984).
    """

    def __init__(self, count: int):
        self._parent = list(range(count))

    def root(self, i: int) -> int:
        """Return the smallest of the items that i is joined to, itself included."""
        parent = self._parent
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def join(self, i: int, j: int) -> bool:
        """Join two items; returns whether they were apart before."""
        low, high = sorted((self.root(i), self.root(j)))
        self._parent[high] = low
        return low != high


def components(count: int, pairs: Iterable[tuple[int, int]]) -> np.ndarray:
    """Return the smallest index that each of `count` items is linked to, itself included.

    Two items have the same one if a chain of pairs joins them: a graph's connected components.

    >>> components(5, [(0, 3), (4, 3)])
    array([0, 1, 2, 0, 0])
    """
    forest = Forest(count)
    for i, j in pairs:
        forest.join(i, j)
    return np.array([forest.root(i) for i in range(count)], np.int64)


def equal_pairs(keys: Iterable) -> list[tuple[int, int]]:
    """Return a pair (first, later) for each item whose key, if it is not None, came before.

    >>> equal_pairs(["a", "b", None, "a", None, "a"])
    [(0, 3), (0, 5)]
    """
    first = {}
    pairs = []
    for i, key in enumerate(keys):
        if key is not None and first.setdefault(key, i) != i:
            pairs.append((first[key], i))
    return pairs


def groups_of(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Return the components of two or more items, each sorted, by their first items.

    >>> groups_of(5, [(1, 3), (4, 3)])
    [[1, 3, 4]]
    """
    members = {}
    for i, first in enumerate(components(count, pairs).tolist()):
        members.setdefault(first, []).append(i)
    return [group for group in members.values() if len(group) > 1]
