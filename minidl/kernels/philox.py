"""Random numbers by place: Philox4x32-10, a function from a counter and a key to 128 random bits.

Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011. There is no
state: the numbers of image 7 are there without those of images 0 to 6, in any order and by any
thread.
"""

import numpy as np

from minidl.kernels.jit import jit

ROUNDS = 10
MASK = 0xFFFFFFFF
MULTIPLIERS = 0xD2511F53, 0xCD9E8D57
STEPS = 0x9E3779B9, 0xBB67AE85  # golden ratio and √3 − 1, by which the key goes on


def words(key, call, indices, blocks):
    """Return (N, 4 · blocks) random words of 32 bits, as int64.

    Parameters
    ----------
    key : (int, int)
        Of 32 bits each.
    call : int
        Of 32 bits: tells streams of one key apart.
    indices : (N,) int64, at least 0
    blocks : int
        Block b of index i is Philox of the counter (b, call, low half of i, high half of i).
    """
    out = np.empty((len(indices), 4 * blocks), np.int64)
    _words(int(key[0]), int(key[1]), int(call), indices, out)
    return out


@jit
def _words(key0, key1, call, indices, out):
    for n in range(len(indices)):
        index = int(indices[n])  # not NumPy's, which warns where Python's grows
        for block in range(out.shape[1] // 4):
            a, b, c, d = block, call, index & MASK, index >> 32
            k0, k1 = key0, key1
            for _ in range(ROUNDS):
                # Products wrap at 64 bits when compiled; what is taken of them does not change.
                p, q = MULTIPLIERS[0] * a, MULTIPLIERS[1] * c
                a, b, c, d = (
                    ((q >> 32) & MASK) ^ b ^ k0,
                    q & MASK,
                    ((p >> 32) & MASK) ^ d ^ k1,
                    p & MASK,
                )
                k0, k1 = (k0 + STEPS[0]) & MASK, (k1 + STEPS[1]) & MASK
            out[n, 4 * block] = a
            out[n, 4 * block + 1] = b
            out[n, 4 * block + 2] = c
            out[n, 4 * block + 3] = d
