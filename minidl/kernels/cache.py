"""Where compiled kernels are kept, so that they are compiled once a machine.

Numba keeps machine code beside the source (in ``__pycache__``), else in the user's cache
folder, or in ``NUMBA_CACHE_DIR``. Where it can write to none of these it refuses to define
the function; where a file cannot be written or read later on, the call fails. Here a
temporary folder steps in, and what goes wrong with a file costs a compilation, not the call.
"""

import atexit
import functools
import os
import pathlib
import shutil
import stat
import tempfile
import warnings

import numba
from numba.core import sigutils
from numba.core.caching import FunctionCache, NullCache

_ADVICE = "set NUMBA_CACHE_DIR to a folder that can be written"


class KernelCache:
    """What Numba's dispatcher asks of a cache, for one function; opened on its first call."""

    def __init__(self, function):
        self._function = function
        self._source = _source(function)

    @functools.cached_property
    def _cache(self):
        if _source(self._function) != self._source:
            return NullCache()  # edited since: it would pass for the code that is there now
        try:
            return FunctionCache(self._function)
        except RuntimeError:  # none of Numba's folders can be written
            return _in_temporary_folder(self._function)

    @property
    def cache_path(self):
        """The folder, or None."""
        return self._cache.cache_path

    def flush(self):
        """Forget what is kept."""
        self._cache.flush()

    def load_overload(self, signature, context):
        """Return the compiled function for a signature, or None if there is none to use.

        Of two processes that write at once, Numba's index of one may name the file of the
        other: what was compiled for another signature is compiled anew. So is what a full disk
        or a crash cut short, which may fail in any way.
        """
        try:
            found = self._cache.load_overload(signature, context)
        except Exception:
            self._forget()
            return None
        wanted, _ = sigutils.normalize_signature(signature)
        return found if found is not None and found.signature.args == tuple(wanted) else None

    def save_overload(self, signature, compiled):
        """Keep the compiled function, if that is possible."""
        try:
            self._cache.save_overload(signature, compiled)
        except OSError as error:
            _warn(f"compiled kernels cannot be kept in {self.cache_path} ({error})")

    def _forget(self):
        try:
            self.flush()
        except OSError as error:
            _warn(f"compiled kernels cannot be kept in {self.cache_path} ({error})")


def _source(function):
    """Return what tells one state of a function's file from another; None without a file."""
    try:
        status = os.stat(function.__code__.co_filename)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _in_temporary_folder(function):
    usual = numba.config.CACHE_DIR
    try:
        numba.config.CACHE_DIR = temporary_folder()
        return FunctionCache(function)
    except (OSError, RuntimeError) as error:
        _warn(f"compiled kernels cannot be kept ({error})")
        return NullCache()
    finally:
        numba.config.CACHE_DIR = usual


@functools.cache
def temporary_folder():
    """Return a folder for compiled kernels where nobody but this user can write, and warn.

    What lies there is run. A folder of that name that is another user's, or open to others,
    is therefore left alone, and one of this process's own used in its place.
    """
    user = os.getuid() if hasattr(os, "getuid") else "kernels"
    folder = pathlib.Path(tempfile.gettempdir(), f"minidl-{user}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        private = _is_private(folder)
    except FileExistsError:  # not a folder
        private = False
    if not private:
        folder = tempfile.mkdtemp(prefix="minidl-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _warn(
        "neither minidl's folder nor your cache folder can be written: compiled kernels are kept "
        f"in {folder}"
    )
    return str(folder)


def _is_private(folder):
    """Whether a folder, not a link to one, is this user's and closed to all others."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return False
    # On Windows, which has no such modes, the folder for temporary files is the user's own.
    return os.name == "nt" or (status.st_uid == os.getuid() and not status.st_mode & 0o077)


def _warn(message):
    """Say that kernels will have to be compiled again, once a process."""
    global _warned
    if not _warned:
        _warned = True
        warnings.warn(f"{message}; {_ADVICE}", RuntimeWarning, stacklevel=2)


_warned = False
