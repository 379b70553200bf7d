"""The IDX format, against a writer that follows its published description."""

import contextlib
import gzip
import math
import re
import struct

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minidl.data import idx
from minidl.data.idx import read_idx

CODES = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}


def pack(array):
    header = struct.pack(f">HBB{array.ndim}I", 0, CODES[array.dtype.name], array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def same(data):
    return data


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("idx") / "file"


@pytest.mark.parametrize("compress", [same, gzip.compress])
@pytest.mark.parametrize("name", CODES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_round_trip(file, name, compress, data):
    shapes = hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=5)
    array = data.draw(hnp.arrays(name, shapes))
    file.write_bytes(compress(pack(array)))
    result = read_idx(file)
    np.testing.assert_array_equal(result, array, strict=True)
    assert result.dtype.isnative
    assert result.flags.writeable


@pytest.mark.parametrize("compress", [same, gzip.compress])
@pytest.mark.parametrize("name", CODES)
def test_truncated_anywhere(file, name, compress):
    whole = compress(pack(np.arange(6, dtype=name).reshape(2, 3)))
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="not a whole IDX file") as error:
            read_idx(file)
        assert repr(str(file)) in str(error.value)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40) | st.binary(max_size=40).map(gzip.compress))
def test_foreign_bytes_give_a_value_error_or_an_array(file, data):
    file.write_bytes(data)
    with contextlib.suppress(ValueError):
        read_idx(file)


DAMAGED = {
    "empty": (b"", "ends 4 bytes early"),
    "PNG": (b"\x89PNG\r\n\x1a\n", "starts with bytes 8950 4e 47"),
    "unknown dtype": (b"\0\0\x0a\x01" + bytes(5), "starts with bytes 0000 0a 01"),
    "scalar": (b"\0\0\x08\x00" + bytes(1), "0 dimensions"),
    "many dimensions": (b"\0\0\x08\x21" + bytes(33 * 4), "33 dimensions"),
    "too long": (pack(np.arange(3, dtype="int16")) + b"\0", "data follows the array of shape (3,)"),
    "bad deflate": (gzip.compress(b"")[:10] + b"\x07" + bytes(9), "invalid block type"),
    "bad CRC": (gzip.compress(pack(np.zeros(3)))[:-8] + bytes(8), "CRC check failed"),
    "bad gzip": (b"\x1f\x8b\x09" + bytes(9), "Unknown compression method"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_files(file, name):
    data, message = DAMAGED[name]
    file.write_bytes(data)
    with pytest.raises(ValueError, match=re.escape(message)):
        read_idx(file)


@pytest.mark.parametrize(
    "shape", [(2**30 + 1,), (2**32 - 1,) * 3, (0, 2**32 - 1, 2**32 - 1), (2**15, 2**15, 2)]
)
def test_refuses_to_reserve_what_a_header_promises(file, shape):
    assert math.prod(shape) > idx.MAX_BYTES or 0 in shape
    file.write_bytes(struct.pack(f">HBB{len(shape)}I", 0, 8, len(shape), *shape))
    with pytest.raises(ValueError, match="more than 1,073,741,824 bytes"):
        read_idx(file)


def test_the_limit_counts_bytes(file, monkeypatch):
    monkeypatch.setattr(idx, "MAX_BYTES", 24)
    file.write_bytes(pack(np.zeros(3)))
    assert read_idx(file).shape == (3,)
    file.write_bytes(pack(np.zeros(4)))
    with pytest.raises(ValueError, match="more than 24 bytes"):
        read_idx(file)


def test_reads_no_more_of_a_bomb_than_promised(file, monkeypatch):
    array = np.arange(5, dtype="uint8")
    file.write_bytes(gzip.compress(pack(array) + bytes(50_000_000)))
    counts = []

    def read_exactly(stream, count, read=idx._read_exactly):
        counts.append(count)
        data = read(stream, count)
        assert stream.tell() == sum(counts)
        return data

    monkeypatch.setattr(idx, "_read_exactly", read_exactly)
    with pytest.raises(ValueError, match="data follows"):
        read_idx(file)
    assert counts == [4, 4, 5]


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_idx(tmp_path / "missing")
