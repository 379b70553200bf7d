"""Archives of arrays: NumPy's own come back, and hostile ones do nothing."""

import io
import os
import struct
import zipfile

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.data import npz, read_npz

ARRAYS = hnp.arrays(
    st.sampled_from(["u1", "i8", "f4", ">f8", "?", "c8", "U3"]), hnp.array_shapes(min_dims=0)
)


class Evil:
    def __reduce__(self):
        return os.mkdir, ("evil",)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "arrays.npz"


@pytest.fixture
def write(path):
    """Write members, given as bytes, and return the path."""

    def write(**members):
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members.items():
                archive.writestr(f"{name}.npy", data)
        return path

    return write


def npy(array):
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return file.getvalue()


def header(shape, descr="<f8"):
    text = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@given(ARRAYS, st.booleans(), st.booleans())
def test_what_numpy_saved_comes_back(tmp_path_factory, array, compressed, fortran):
    path = tmp_path_factory.mktemp("npz") / "a.npz"
    array = np.asfortranarray(array) if fortran else array
    (np.savez_compressed if compressed else np.savez)(path, x=array, y=array)
    found = read_npz(path)
    assert list(found) == ["x", "y"]
    for result in found.values():
        np.testing.assert_array_equal(result, array, strict=True)
        assert result.flags.writeable


def test_objects_are_refused_and_not_unpickled(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez(path, good=np.zeros(2), bad=np.array([Evil()], dtype=object))
    with pytest.raises(ValueError, match=r"arrays.npz' .*array 'bad' holds Python objects"):
        read_npz(path)
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("shape", [(3,), (1 << 60,), (0, 2), (-2,)])
def test_a_header_that_promises_another_size(write, shape):
    with pytest.raises(ValueError, match="'x'"):
        read_npz(write(x=header(shape) + bytes(16)))


@pytest.mark.parametrize(
    "data", [b"", b"\x93NUMPY", b"text", header("os.mkdir('evil')"), header((1,), "nonsense")]
)
def test_members_that_are_no_arrays(write, data):
    with pytest.raises(ValueError, match="member 'x' is not an array"):
        read_npz(write(x=data))


def test_files_that_are_no_archives(path):
    for data in (b"", b"text", npy(np.zeros(3))):
        path.write_bytes(data)
        with pytest.raises(ValueError, match=r"arrays\.npz' is not a whole \.npz file"):
            read_npz(path)
    with pytest.raises(FileNotFoundError):
        read_npz(path.with_name("missing.npz"))


def test_damage_is_noticed(write):
    path = write(x=npy(np.arange(1000)))
    whole = path.read_bytes()
    for position in (200, 4000, 8000):
        damaged = bytearray(whole)
        damaged[position] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(ValueError, match="CRC"):
            read_npz(path)


def test_a_bomb_is_refused(path, monkeypatch):
    np.savez_compressed(path, x=np.zeros(100_000))
    monkeypatch.setattr(npz, "MAX_BYTES", 100_000)
    with pytest.raises(ValueError, match=r"promises 800,\d+ bytes, more than 100,000"):
        read_npz(path)
