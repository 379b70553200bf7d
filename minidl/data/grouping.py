"""Things that belong together because something links them, directly or through others.

NumPy only; tested by ``tests/data/test_grouping.py``.
"""

from collections.abc import Iterable

import numpy as np


def components(count: int, pairs: Iterable[tuple[int, int]]) -> np.ndarray:
    """Return the smallest index that each of `count` items is linked to, itself included.

    Two items have the same one if a chain of pairs joins them: the connected components of a
    graph, by union–find with path halving (R. Tarjan, J. van Leeuwen, "Worst-case analysis of
    set union algorithms", 1984).

    >>> components(5, [(0, 3), (4, 3)])
    array([0, 1, 2, 0, 0])
    """
    parent = list(range(count))

    def root(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in pairs:
        low, high = sorted((root(i), root(j)))
        parent[high] = low
    return np.array([root(i) for i in range(count)], np.int64)


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
