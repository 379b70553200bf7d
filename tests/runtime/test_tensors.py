import numpy as np
import pytest
from safetensors.numpy import save_file

from minidl.runtime import tensors


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.safetensors"
    save_file({"x": np.arange(3.0), "y": np.ones((1, 2), np.float32)}, path, {"key": "text"})
    return path


def test_arrays_and_metadata(path):
    arrays, metadata = tensors.read(path, "model", "no model")
    assert metadata == {"key": "text"}
    assert sorted(arrays) == ["x", "y"]
    np.testing.assert_array_equal(arrays["x"], [0, 1, 2])
    assert tensors.read(str(path), "model", "no model", arrays=False) == ({}, metadata)


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "a.safetensors"
    arrays = {"x": np.arange(6, dtype=np.float32).reshape(2, 3), "y": np.array(7)}
    path.write_bytes(b"old")
    tensors.write(path, arrays, {"key": "text"})
    found, metadata = tensors.read(path, "model", "no model")
    assert metadata == {"key": "text"}
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)
    assert list(tmp_path.iterdir()) == [path]


def test_without_metadata(path):
    save_file({"x": np.arange(3)}, path)
    assert tensors.read(path, "model", "no model")[1] == {}


def test_missing_truncated_and_foreign_files(path, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no model .*none"):
        tensors.read(tmp_path / "none", "model", "no model")
    whole = path.read_bytes()
    for content in (b"", whole[:7], whole[:40], whole[:-1], b"x" * 100):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"a\.safetensors: no model: ") as raised:
            tensors.read(path, "model", "no model")
        assert "\n" not in str(raised.value)
    with pytest.raises(ValueError, match="no model"):
        tensors.read(tmp_path, "model", "no model")  # a folder
