"""`minidl export`."""

import sys

import numpy as np
import onnx
import pytest
from safetensors.numpy import load_file

import minidl
from minidl import Input, Sequential, layers


@pytest.fixture
def model(tmp_path):
    model = Sequential([Input((6, 6, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(2)])
    model.save(tmp_path / "model.safetensors")
    return model


def test_a_model_is_written_for_each_library(run, model, tmp_path):
    for name in ("m.onnx", "m.weights.h5", "m.safetensors"):
        code, out, err = run("export", tmp_path / "model.safetensors", tmp_path / name)
        assert (code, err) == (0, "")
        assert out == f"86 parameters written to {tmp_path / name}\n"
    onnx.checker.check_model(onnx.load(tmp_path / "m.onnx"))
    assert load_file(tmp_path / "m.safetensors")[f"{model.layers[0].name}.weight"].shape == (
        2,
        1,
        3,
        3,
    )
    again = Sequential([Input((6, 6, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(2)])
    again.load_weights(tmp_path / "m.weights.h5")
    for a, b in zip(again.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_nothing_is_replaced_unasked(run, fails, model, tmp_path):
    path, out = tmp_path / "model.safetensors", tmp_path / "m.onnx"
    out.write_text("mine")
    assert "m.onnx is there already; choose another name, or --overwrite" in fails(
        "export", path, out
    )
    assert out.read_text() == "mine"
    assert run("export", path, out, "--overwrite").code == 0
    onnx.load(out)
    before = path.read_bytes()
    assert "is the model itself" in fails("export", path, path, "--overwrite")
    assert path.read_bytes() == before


def test_wrong_arguments_are_one_line(fails, model, tmp_path, monkeypatch):
    path = tmp_path / "model.safetensors"
    assert "needs to end with one of .onnx, .weights.h5, .safetensors, got 'm.pt'" in fails(
        "export", path, tmp_path / "m.pt"
    )
    assert "there is no model file" in fails("export", tmp_path / "none", tmp_path / "m.onnx")
    assert "there is no such folder" in fails("export", path, tmp_path / "no" / "m.onnx")
    for module, extra, name in (
        ("h5py", "h5py", "m.weights.h5"),
        ("onnx", "onnx", "m.onnx"),
    ):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, module, None)
            assert f"pip install 'minidl[{extra}]'" in fails("export", path, tmp_path / name)
        assert not (tmp_path / name).exists()


def test_what_pytorch_cannot_have_is_named(fails, tmp_path):
    norm = layers.BatchNormalization(axis=1, name="rows")
    minidl.Sequential([Input((6, 6, 1)), norm]).save(tmp_path / "model.safetensors")
    out = tmp_path / "m.safetensors"
    assert "layer 'rows' normalizes axis 1" in fails("export", tmp_path / "model.safetensors", out)
    assert not out.exists()
