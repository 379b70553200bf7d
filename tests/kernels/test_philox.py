"""Philox, against the known answers of its authors' Random123 library."""

import numpy as np
import pytest

from minidl.kernels import philox

#: (counter, key, answer) of kat_vectors, "philox4x32 10".
KNOWN = [
    ((0, 0, 0, 0), (0, 0), "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        "d16cfe09 94fdcceb 5001e420 24126ea1",
    ),
]


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_known_answers(counter, key, answer):
    block, call, low, high = counter
    expected = [int(word, 16) for word in answer.split()]
    out = np.empty((1, 4), np.int64)
    if block == 0:
        out = philox.words(key, call, np.array([low + (high << 32)]), 1)
        assert out.tolist() == [expected]
    else:
        assert slowly(counter, key) == expected  # the model of the next test is right


def slowly(counter, key):
    """The rounds in Python's whole numbers, which do not wrap."""
    a, b, c, d = counter
    k0, k1 = key
    for _ in range(10):
        p, q = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (q >> 32) ^ b ^ k0, q % 2**32, (p >> 32) ^ d ^ k1, p % 2**32
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return [a, b, c, d]


def test_every_block_is_its_counters():
    rng = np.random.default_rng(0)
    indices = np.array([0, 1, 2**31, 2**32 - 1, 2**32, 2**62, *rng.integers(0, 2**63, 5)])
    key, call = rng.integers(0, 2**32, 2).tolist(), 2**32 - 1
    out = philox.words(key, call, indices, 3)
    for n, index in enumerate(indices.tolist()):
        for block in range(3):
            counter = block, call, index % 2**32, index >> 32
            assert out[n, 4 * block : 4 * block + 4].tolist() == slowly(counter, key)
