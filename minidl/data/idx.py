"""The IDX file format, in which MNIST and its relatives are published.

A file is a header and a row-major array, all big-endian: two zero bytes, a byte for the dtype, a
byte for the number of dimensions, each dimension as a 32-bit unsigned integer, then the elements.
Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits".

NumPy and the standard library only; tested by ``tests/data/test_idx.py``.
"""

import contextlib
import gzip
import math
import os
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

DTYPES = {
    0x08: np.dtype("u1"),
    0x09: np.dtype("i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}
MAX_BYTES = 1 << 30  # of the array; MNIST's largest has 47 MB
MAX_DIMENSIONS = 32


def read_idx(path: str | os.PathLike) -> np.ndarray:
    """Read an IDX file, plain or compressed with gzip (told by its content, not its name).

    No more is decompressed than the header promises, and a header that promises more than
    ``MAX_BYTES`` is refused before anything is reserved for it.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    numpy.ndarray
        Its array, in the machine's byte order: uint8, int8, int16, int32, float32 or float64.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not an IDX file, is damaged, or ends earlier or later than its header says.
    """
    try:
        with _decompressed(path) as file:
            dtype, shape = _read_header(file)
            return _read_array(file, dtype, shape)
    except (EOFError, gzip.BadGzipFile, zlib.error, ValueError) as error:
        raise ValueError(f"{os.fspath(path)!r} is not a whole IDX file: {error}") from error


@contextlib.contextmanager
def _decompressed(path) -> Iterator[BinaryIO]:
    with open(path, "rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if is_gzip:
            with gzip.open(file) as unpacked:
                yield unpacked
        else:
            yield file


def _read_header(file) -> tuple[np.dtype, tuple[int, ...]]:
    zeros, code, dimensions = struct.unpack(">HBB", _read_exactly(file, 4))
    if zeros != 0 or code not in DTYPES:
        raise ValueError(f"it starts with bytes {zeros:04x} {code:02x} {dimensions:02x}")
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        raise ValueError(f"its header promises {dimensions} dimensions, not 1 to {MAX_DIMENSIONS}")
    shape = struct.unpack(f">{dimensions}I", _read_exactly(file, 4 * dimensions))
    # NumPy's own limit on sizes ignores the dimensions of 0 too.
    promised = DTYPES[code].itemsize * math.prod(size for size in shape if size)
    if promised > MAX_BYTES:
        raise ValueError(f"its header promises shape {shape}, more than {MAX_BYTES:,} bytes")
    return DTYPES[code], shape


def _read_array(file, dtype, shape) -> np.ndarray:
    data = _read_exactly(file, dtype.itemsize * math.prod(shape))
    # At the end of a gzip stream, this byte too many has the checksum verified.
    if file.read(1):
        raise ValueError(f"data follows the array of shape {shape} that its header promises")
    stored = np.frombuffer(data, dtype).reshape(shape)
    return stored.astype(dtype.newbyteorder("="))


def _read_exactly(file, count) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise ValueError(f"it ends {count - len(data):,} bytes early")
    return data
