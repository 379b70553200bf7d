"""NumPy's archives of arrays, read without trusting them.

A ``.npz`` file is a zip archive with a ``.npy`` member for each array. Objects in it would be
pickled, and run code when read: they are refused. So is a member whose header promises another
size than it has, before anything is reserved for it.

NumPy and the standard library only; tested by ``tests/data/test_npz.py``.
"""

import math
import os
import zipfile
import zlib

import numpy as np
from numpy.lib import format as npy

MAX_BYTES = 1 << 32  # of all arrays together
HEADERS = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}


def read_npz(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Read all arrays of an ``.npz`` file, as ``numpy.savez`` and ``savez_compressed`` write it.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    dict
        The arrays by their names, in the file's order.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not such a file, is damaged, holds Python objects, or promises more than
        ``MAX_BYTES``. The message names the file and the array.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/a.npz", x=np.zeros((2, 28, 28), np.uint8), y=np.array([3, 7]))
    ...     arrays = read_npz(f"{folder}/a.npz")
    >>> arrays["x"].shape, arrays["y"]
    ((2, 28, 28), array([3, 7]))
    """
    where = repr(os.fspath(path))
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            promised = sum(member.file_size for member in members)
            if promised > MAX_BYTES:
                raise ValueError(f"it promises {promised:,} bytes, more than {MAX_BYTES:,}")
            return {_name(member): _read_member(archive, member) for member in members}
    except zipfile.BadZipFile as error:
        raise ValueError(f"{where} is not a whole .npz file: {error}") from error
    except (ValueError, EOFError, zlib.error, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"{where} cannot be read: {error}") from error


def _name(member):
    return member.filename.removesuffix(".npy")


def _read_member(archive, member):
    name = _name(member)
    with archive.open(member) as file:
        try:
            shape, fortran, dtype = _read_header(file)
        except (ValueError, KeyError) as error:
            raise ValueError(f"its member {name!r} is not an array: {error}") from error
        if dtype.hasobject:
            raise ValueError(f"its array {name!r} holds Python objects, which could run code")
        count = math.prod(shape)
        left = member.file_size - file.tell()
        if count * dtype.itemsize != left:
            raise ValueError(
                f"its array {name!r} of {dtype} {shape} needs {count * dtype.itemsize:,} bytes, "
                f"but has {left:,}"
            )
        # At the end of a member, this byte too many has its checksum verified.
        data = file.read(left) + file.read(1)
    array = np.frombuffer(bytearray(data), dtype, count)
    return array.reshape(shape, order="F" if fortran else "C")


def _read_header(file):
    version = npy.read_magic(file)
    if version not in HEADERS:
        raise ValueError(f"its version is {version}, known are {sorted(HEADERS)}")
    return HEADERS[version](file)
