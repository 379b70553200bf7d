"""Distances between hashes of 64 bits: how many bits differ."""

import numpy as np

from minidl.kernels.jit import jit, plain
from minidl.runtime import threads


def nearest(hashes, candidates):
    """Find, for every hash and every row of candidates, the candidate with the fewest other bits.

    NumPy would write out N · M · K distances, of which hardly one is ever looked at.

    Parameters
    ----------
    hashes : array (N,), uint64
    candidates : array (M, K), uint64
        K ≤ 65536.

    Returns
    -------
    distance : array (N, M), uint8
        How many of the 64 bits differ.
    which : array (N, M), uint16
        The index of the candidate, the first of equals.

    >>> nearest(np.array([0b1010], np.uint64), np.array([[0b0101, 0b1011]], np.uint64))
    (array([[1]], dtype=uint8), array([[1]], dtype=uint16))
    """
    hashes, candidates = plain(hashes), plain(candidates)
    distance = np.empty((len(hashes), len(candidates)), np.uint8)
    which = np.empty(distance.shape, np.uint16)
    with np.errstate(over="ignore"):  # of a product that overflows on purpose, without Numba
        threads.run(
            lambda start, stop: _nearest(
                hashes[start:stop], candidates, distance[start:stop], which[start:stop]
            ),
            threads.tiles(len(hashes), candidates.size),
        )
    return distance, which


@jit
def _nearest(hashes, candidates, distance, which):
    for i in range(len(hashes)):
        for j in range(candidates.shape[0]):
            least, where = 65, 0
            for k in range(candidates.shape[1]):
                found = _ones(hashes[i] ^ candidates[j, k])
                if found < least:
                    least, where = found, k
            distance[i, j] = least
            which[i, j] = where


@jit
def _ones(bits):
    """Count the bits that are set, pairs, nibbles and bytes at a time (Hacker's Delight, 5-1)."""
    bits = bits - ((bits >> np.uint64(1)) & np.uint64(0x5555555555555555))
    pairs = np.uint64(0x3333333333333333)
    bits = (bits & pairs) + ((bits >> np.uint64(2)) & pairs)
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    # The product's highest byte is the sum of all; compilers know this form as one instruction.
    return np.int64((bits * np.uint64(0x0101010101010101)) >> np.uint64(56))
