"""Keras's .weights.h5: files that Keras wrote, our own, and files that do not fit."""

import pathlib
import sys
import zipfile

import h5py
import numpy as np
import pytest

import minidl
from minidl import Input, Sequential, interchange, layers

REFERENCE = pathlib.Path(__file__).parents[1] / "reference"
GOLDEN = np.load(REFERENCE / "keras_weights.npz")
sys.path.append(str(REFERENCE))
from keras_models import MODELS  # noqa: E402

sys.path.remove(str(REFERENCE))


def make(name):
    model, _ = MODELS[name](minidl)
    model(GOLDEN[f"{name}/x"])
    return model


def golden(name):
    return REFERENCE / f"keras_{name}.weights.h5"


def weights_of(name):
    count = sum(key.startswith(f"{name}/w") for key in GOLDEN)
    return [GOLDEN[f"{name}/w{i}"] for i in range(count)]


def assert_same(found, expected):
    for f, e in zip(found, expected, strict=True):
        np.testing.assert_array_equal(f, e)


@pytest.mark.parametrize("name", MODELS)
def test_what_keras_wrote_is_read_and_computes_what_keras_computes(name):
    model = make(name)
    model.load_weights(golden(name))
    y = GOLDEN[f"{name}/y"]
    np.testing.assert_allclose(
        model(GOLDEN[f"{name}/x"]).data, y, rtol=0, atol=1e-5 * np.abs(y).max()
    )


@pytest.mark.parametrize("name", MODELS)
def test_the_order_of_weights_is_that_of_keras(name):
    model = make(name)
    model.load_weights(golden(name))
    assert_same(model.get_weights(), weights_of(name))


@pytest.mark.parametrize("name", MODELS)
def test_what_we_write_has_keras_groups_names_apart(name, tmp_path):
    model = make(name)
    model.set_weights(weights_of(name))
    model.save_weights(tmp_path / "m.weights.h5")

    def contents(path):
        found = {}
        with h5py.File(path) as file:
            file.visititems(
                lambda key, item: (
                    found.update({key: item[()]}) if isinstance(item, h5py.Dataset) else None
                )
            )
        return found

    ours, theirs = contents(tmp_path / "m.weights.h5"), contents(golden(name))
    assert ours.keys() == theirs.keys()
    for key, array in theirs.items():
        np.testing.assert_array_equal(ours[key], array)
    again = make(name)
    again.load_weights(tmp_path / "m.weights.h5")
    assert_same(again.get_weights(), model.get_weights())


def test_a_keras_archive_is_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.write(golden("layers"), "model.weights.h5")
    model = make("layers")
    model.load_weights(tmp_path / "m.keras")
    assert_same(model.get_weights(), weights_of("layers"))


def test_every_layer_with_weights_is_in_the_golden_files():
    tested = {
        type(layer).__name__
        for name in MODELS
        for _, layer in interchange.keras.groups(make(name))
        if isinstance(layer, layers.Layer)
    }
    with_weights = {
        name
        for name in layers.__all__
        if isinstance(getattr(layers, name), type)
        and getattr(layers, name).build is not layers.Layer.build
    }
    assert with_weights <= tested


@pytest.fixture
def model():
    """Two dense layers, whose weights no error changes."""
    model = Sequential([Input((3,)), layers.Dense(2, name="a"), layers.Dense(4, name="b")])
    before = model.get_weights()
    yield model
    assert_same(model.get_weights(), before)


@pytest.fixture
def path(model, tmp_path):
    path = tmp_path / "m.weights.h5"
    model.save_weights(path)
    return path


def refuse(model, path, message, error=ValueError):
    with pytest.raises(error, match=message) as found:
        model.load_weights(path)
    assert "\n" not in str(found.value)


def change(path, how):
    with h5py.File(path, "r+") as file:
        how(file)


def test_a_weight_of_another_shape_is_refused(model, path):
    def transpose(file):
        array = file["layers/dense_1/vars/0"][()] + 1
        del file["layers/dense_1/vars/0"]
        file["layers/dense_1/vars/0"] = array.T

    change(path, transpose)
    message = r"layer 'b' \(layers/dense_1\) needs kernel of shape \(2, 4\), got \(4, 2\)"
    refuse(model, path, message)


def test_another_number_of_weights_is_refused(model, path):
    change(path, lambda file: file.pop("layers/dense/vars/1"))
    refuse(
        model,
        path,
        r"layer 'a' \(layers/dense\) needs 2 arrays \(kernel \(3, 2\), bias \(2,\)\), got 1",
    )
    change(path, lambda file: file.pop("layers/dense"))
    refuse(model, path, r"layer 'a' \(layers/dense\) needs 2 arrays .*, got 0")


def test_weights_of_a_layer_that_is_not_there_are_refused(model, path):
    def add(file):
        file["layers/conv2d/vars/0"] = np.ones(3)
        file["layers/conv2d/vars"].attrs["name"] = "strange"

    change(path, add)
    refuse(model, path, r"holds weights of layers/conv2d \(strange\), but the model has no layer")


def test_what_is_no_array_of_numbers_in_the_file_itself_is_refused(model, path, tmp_path):
    key = "layers/dense/vars/0"

    def put(value):
        def change_(file):
            del file[key]
            file[key] = value

        change(path, change_)

    put(np.array([[b"ab"] * 2] * 3))
    refuse(model, path, "kernel needs real numbers")
    put(h5py.ExternalLink(str(tmp_path / "other.h5"), "/x"))
    refuse(model, path, "is a link; Keras stores weights in the file itself")
    put(h5py.SoftLink("/layers/dense_1/vars/0"))
    refuse(model, path, "is a link")
    change(path, lambda file: file.pop(key))
    change(path, lambda file: file.create_group(key))
    refuse(model, path, "is not stored as Keras does")
    change(path, lambda file: file.pop(key))
    raw = tmp_path / "raw"
    raw.write_bytes(bytes(24))
    change(
        path,
        lambda file: file.create_dataset(key, (3, 2), "f4", external=[(str(raw), 0, 24)]),
    )
    refuse(model, path, "lies in another file")


def test_foreign_truncated_and_missing_files_are_refused(model, path, tmp_path):
    whole = path.read_bytes()
    for size in (0, 100, len(whole) // 2, len(whole) - 100):
        path.write_bytes(whole[:size])
        refuse(model, path, r"m\.weights\.h5: (not Keras's weights|damaged)")
    refuse(model, tmp_path / "none.weights.h5", "there is no weights file", FileNotFoundError)
    (tmp_path / "m.keras").write_bytes(b"PK")
    refuse(model, tmp_path / "m.keras", "no whole archive")
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["layer_names"] = ["dense"]
    refuse(model, tmp_path / "old.h5", "of Keras 2; save it with Keras 3")


def test_a_damaged_byte_never_leaves_half_a_model(model, path):
    whole = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    before = model.get_weights()
    for place in rng.integers(0, len(whole), 60):
        damaged = whole.copy()
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            model.load_weights(path)
        except ValueError:
            assert_same(model.get_weights(), before)
        model.set_weights(before)


def test_names_and_models_that_cannot_be_are_refused(model, tmp_path):
    with pytest.raises(ValueError, match=r"needs to end with \.weights\.h5, got 'm\.h5'"):
        model.save_weights(tmp_path / "m.h5")
    unbuilt = Sequential([layers.Dense(2)])
    with pytest.raises(ValueError, match=r"save_weights: sequential.* has no weights yet"):
        unbuilt.save_weights(tmp_path / "m.weights.h5")
    assert not list(tmp_path.iterdir())


def test_a_missing_package_is_a_line_that_names_the_extra(model, path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    message = r"^load_weights needs h5py: pip install 'minidl\[h5py\]'$"
    refuse(model, path, message, RuntimeError)
