"""BLAS held to one thread.

BLAS libraries bring threads of their own. They spin after each product and steal the
cores from ours, and a product summed by two threads differs in its last bits from one
summed by one. So minidl asks BLAS for one thread while it multiplies, splits the product
over its own pool (`kernels.matmul`), and gives the user's setting back afterwards.
"""

import functools
import threading

from threadpoolctl import ThreadpoolController


class single_threaded:  # noqa: N801 (called as the functions of threadpoolctl are)
    """Hold every loaded BLAS to one thread inside the ``with`` block; nests.

    OpenBLAS takes such a setting from the main thread only, in some of its versions: a
    product in another thread of yours may then run with the threads that were set before,
    and differ in its last bits.

    >>> with single_threaded():
    ...     {library["num_threads"] for library in info()} <= {1}
    True
    """

    def __enter__(self):
        global _depth, _before
        with _lock:
            if _depth == 0:
                _before = [(library, library.get_num_threads()) for library in _libraries()]
                for library, threads in _before:
                    if threads != 1:
                        library.set_num_threads(1)
            _depth += 1

    def __exit__(self, *_error):
        global _depth
        with _lock:
            _depth -= 1
            if _depth == 0:
                for library, threads in _before:
                    if threads != 1:
                        library.set_num_threads(threads)


def info():
    """Name the BLAS libraries that NumPy uses: a list of dicts, as threadpoolctl gives it."""
    return [library.info() for library in _libraries()]


@functools.cache
def _libraries():
    """Find the loaded BLAS libraries: once, since the search takes milliseconds."""
    return ThreadpoolController().select(user_api="blas").lib_controllers


_lock = threading.Lock()
_depth = 0
_before = []
