"""The one way in which minidl compiles: lazily, cached, without the global lock."""

import contextlib

import numba
import numpy as np
from numba.core import event

from minidl.kernels.cache import KernelCache


def jit(function):
    """Compile `function` with Numba on its first call.

    ``nogil`` lets the pool's threads run kernels side by side. ``error_model="numpy"``
    drops Python's zero-division check, which would keep loops scalar. Of the fast-math
    liberties only ``contract`` is taken: a fused multiply-add rounds once instead of
    twice; sums keep their order, and NaN and infinity keep their meaning.

    Kernels are handed slices and count from 0: an index that might be negative wraps around
    in Python, and a loop that has to allow for it is not turned into vector instructions.

    With ``NUMBA_DISABLE_JIT=1`` the function is left as it is and runs as plain Python.
    """
    compiled = numba.njit(nogil=True, error_model="numpy", fastmath={"contract"})(function)
    if compiled is not function:
        compiled._cache = KernelCache(function)  # where ``cache=True`` puts Numba's own
    return compiled


def plain(array):
    """Return `array` C-contiguous and writable, copied only if it is not.

    Numba compiles a kernel again for every memory layout and for read-only arrays; with
    this there is one signature to a dtype.
    """
    flags = array.flags
    if flags.c_contiguous and flags.writeable:
        return array
    return np.array(array, order="C")


@contextlib.contextmanager
def on_compile(notify):
    """Call ``notify()`` before the first kernel that is compiled inside the block.

    Kernels that come out of the cache do not count.
    """

    class Listener(event.Listener):
        told = False

        def on_start(self, _event):
            if not self.told:
                self.told = True
                notify()

        def on_end(self, _event):
            """Nothing to say."""

    with event.install_listener("numba:compile", Listener()):
        yield
