"""The command ``minidl look``."""

from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import minidl
from minidl import layers


@pytest.fixture
def image(tmp_path):
    path = tmp_path / "a.png"
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8) * 4).save(path)
    return path


@pytest.fixture
def model(tmp_path):
    rows = [minidl.Input((8, 8, 1)), layers.Conv2D(2, 3), layers.Flatten()]
    network = minidl.Sequential([*rows, layers.Dense(3, activation="softmax")])
    network.save(tmp_path / "m.safetensors", class_names=["a", "b", "c"])
    return tmp_path / "m.safetensors"


def test_writes_pictures(run, model, image, tmp_path):
    out = tmp_path / "out"
    result = run("look", model, image, image, "--out", out)
    assert result.code == 0
    names = ["graph.svg", "activations.png", "saliency.png", "grad_cam.png"]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    assert ElementTree.parse(out / "graph.svg").getroot().tag.endswith("svg")
    for name in names[1:]:
        with Image.open(out / name) as picture:
            assert picture.size[0] > 300
    assert "overwrite" in run("look", model, image, "--out", out).err


def test_refuses(fails, model, image, tmp_path):
    out = tmp_path / "out"
    assert "none.png" in fails("look", model, tmp_path / "none.png", "--out", out)
    assert "none.safetensors" in fails("look", tmp_path / "none.safetensors", image, "--out", out)
    assert not out.exists()
