"""PyTorch's state dicts: files that PyTorch wrote, round trips, and what does not fit."""

import pathlib
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

import minidl
from minidl import Input, Model, Sequential, interchange, layers
from minidl.interchange.torch.modules import LAYOUTS

REFERENCE = pathlib.Path(__file__).parents[1] / "reference"
GOLDEN = np.load(REFERENCE / "torch_weights.npz")
sys.path.append(str(REFERENCE))
from torch_models import minidl_models  # noqa: E402

sys.path.remove(str(REFERENCE))
NAMES = ["cnn", "generator", "named"]


def golden(name):
    return REFERENCE / f"torch_{name}.safetensors"


def assert_same(found, expected):
    for f, e in zip(found, expected, strict=True):
        np.testing.assert_array_equal(f, e)


@pytest.mark.parametrize("name", NAMES)
def test_what_pytorch_wrote_is_read_and_computes_what_pytorch_computes(name):
    model = minidl_models(minidl)[name]
    interchange.load_torch(model, golden(name))
    y = GOLDEN[f"{name}/y"]
    np.testing.assert_allclose(
        model(GOLDEN[f"{name}/x"]).data, y, rtol=0, atol=1e-5 * np.abs(y).max()
    )


@pytest.mark.parametrize("name", NAMES)
def test_what_we_write_is_what_pytorch_wrote(name, tmp_path):
    model = minidl_models(minidl)[name]
    interchange.load_torch(model, golden(name))
    interchange.save_torch(model, tmp_path / "m.safetensors")
    ours, theirs = load_file(tmp_path / "m.safetensors"), load_file(golden(name))

    def contents(state):
        return sorted((a.shape, a.dtype.name, a.tobytes()) for a in state.values())

    assert contents(ours) == contents(theirs)
    again = minidl_models(minidl)[name]
    interchange.load_torch(again, tmp_path / "m.safetensors")
    assert_same(again.get_weights(), model.get_weights())


@given(
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from(["flatten", "branches", "reshape"]),
)
def test_features_behind_and_before_images_are_in_pytorchs_order(height, width, channels, kind):
    """What a channels-first reader of the state dict computes, in plain NumPy."""
    rng = np.random.default_rng(0)
    shape = (height, width, channels)
    size = height * width * channels
    image = rng.normal(size=(2, *shape)).astype(np.float32)
    first = image.transpose(0, 3, 1, 2).reshape(2, -1)
    if kind == "reshape":
        model = Sequential([Input((3,)), layers.Dense(size, name="a"), layers.Reshape(shape)])
        x = rng.normal(size=(2, 3)).astype(np.float32)
    else:
        x = image
        inputs = Input(shape)
        flat = layers.Flatten()(inputs)
        if kind == "branches":
            pooled = layers.GlobalMaxPooling2D()(inputs)
            flat = layers.Concatenate()([pooled, layers.Dropout(0.1)(flat), flat])
            first = np.concatenate([image.max(axis=(1, 2)), first, first], axis=1)
        model = Model(inputs, layers.Dense(4, name="a")(flat))
    model.set_weights([rng.normal(size=w.shape) for w in model.weights])
    (tensors,) = interchange.torch.modules(model).values()
    weight, bias = (tensors[name].to_torch() for name in ("weight", "bias"))
    found = (x if kind == "reshape" else first) @ weight.T + bias
    if kind == "reshape":
        found = found.reshape(2, channels, height, width).transpose(0, 2, 3, 1)
    np.testing.assert_allclose(found, model(x).data, rtol=1e-4, atol=1e-5)


@pytest.fixture
def model():
    """Two convolutions of one shape and a dense layer, which no error changes."""
    row = [Input((4, 4, 2)), layers.Conv2D(2, 3, padding="same", name="a")]
    row += [layers.Conv2D(2, 3, padding="same", name="b"), layers.Flatten()]
    model = Sequential([*row, layers.Dense(3, name="c")])
    before = model.get_weights()
    yield model
    assert_same(model.get_weights(), before)


@pytest.fixture
def state(model):
    """Its state dict, with PyTorch's names."""
    modules = interchange.torch.modules(model)
    return {
        f"{prefix}.{name}": stored.to_torch()
        for prefix, tensors in zip(("net.2", "net.10", "fc"), modules.values(), strict=True)
        for name, stored in tensors.items()
    }


def refuse(model, source, message, **options):
    with pytest.raises(ValueError, match=message) as error:
        interchange.load_torch(model, source, **options)
    assert "\n" not in str(error.value)


def test_numbers_in_names_are_an_order(model, state, tmp_path):
    expected = model.get_weights()
    save_file(state, tmp_path / "m.safetensors")
    row = [Input((4, 4, 2)), layers.Conv2D(2, 3), layers.Conv2D(2, 3, padding="same")]
    again = Sequential([*row, layers.ZeroPadding2D(1), layers.Flatten(), layers.Dense(3)])
    interchange.load_torch(again, tmp_path / "m.safetensors")
    assert_same(again.get_weights(), expected)


def renamed(state, **names):
    found = {}
    for key, array in state.items():
        prefix, _, name = key.rpartition(".")
        found[f"{names.get(prefix.replace('.', '_'), prefix)}.{name}"] = array
    return found


def test_modules_that_may_be_either_need_names_or_an_order(model, state, tmp_path):
    either = renamed(state, net_2="decoder", net_10="alpha")
    path = tmp_path / "m.safetensors"
    save_file(either, path)
    refuse(model, path, r"either of 'alpha' and 'decoder' may be layer 'a'.*names=\{'a': 'alpha'")
    expected = model.get_weights()
    for source, names in ((path, {"a": "decoder"}), (either, None)):
        model.set_weights([np.zeros_like(w) for w in expected])
        interchange.load_torch(model, source, names)
        assert_same(model.get_weights(), expected)


def test_a_tensor_of_another_shape_is_refused(model, state):
    state["fc.weight"] = state["fc.weight"][:, :-1]
    message = r"layer 'c' needs weight \(3, 32\), bias \(3,\), .*'fc' has weight \(3, 31\)"
    refuse(model, state, message)
    refuse(model, state, r"'c' needs weight \(3, 32\).* but 'fc' has weight", names={"c": "fc"})


def test_missing_and_left_over_modules_are_refused(model, state):
    more = state | {"extra.weight": np.ones((5, 7), np.float32)}
    refuse(model, more, r"holds 'extra' \(weight \(5, 7\)\), for which the model has no layer")
    less = {key: array for key, array in state.items() if not key.startswith("net.10")}
    refuse(model, less, r"layer 'b' needs weight \(2, 2, 3, 3\), bias \(2,\), which no module left")
    del state["net.2.bias"]
    refuse(model, state, r"layer 'b' needs .*'net.2' has weight \(2, 2, 3, 3\)$")


def test_wrong_names_are_refused(model, state, tmp_path):
    refuse(model, state, "unknown layer in names 'd'", names={"d": "fc"})
    refuse(model, state, "unknown module of layer 'a' 'net.3'", names={"a": "net.3"})
    with pytest.raises(ValueError, match="two layers are named 'x'"):
        interchange.save_torch(model, tmp_path / "m.safetensors", {"a": "x", "b": "x"})
    with pytest.raises(ValueError, match=r"needs to end with \.safetensors"):
        interchange.save_torch(model, tmp_path / "m.pt")
    assert not list(tmp_path.iterdir())


def test_foreign_truncated_and_missing_files_are_refused(model, state, tmp_path):
    path = tmp_path / "m.safetensors"
    with pytest.raises(FileNotFoundError, match="there is no weights file"):
        interchange.load_torch(model, path)
    save_file(state, path)
    whole = path.read_bytes()
    for data in (b"", b"PK\3\4", whole[:50], whole[:-1]):
        path.write_bytes(data)
        refuse(model, path, r"m\.safetensors: not float32 tensors in safetensors")
    refuse(model, {"a.weight": np.array(["x"])}, "'a.weight' needs real numbers")


def test_a_missing_gamma_is_one_there():
    model = Sequential([Input((3,)), layers.BatchNormalization(scale=False)])
    (tensors,) = interchange.torch.modules(model).values()
    state = {f"0.{name}": stored.to_torch() for name, stored in tensors.items()}
    np.testing.assert_array_equal(state["0.weight"], np.ones(3))
    state["0.bias"] = np.float32([1, 2, 3])
    interchange.load_torch(model, state | {"0.num_batches_tracked": np.array(7)})
    np.testing.assert_array_equal(model.layers[0].beta.data, [1, 2, 3])
    state["0.weight"] = state["0.weight"] * 2
    refuse(model, state, r"has no counterpart of '0\.weight', which would have to be 1 everywhere")


class Mine(layers.Layer):
    pass


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([Mine(name="m")], "layer 'm' is of the class Mine: how PyTorch keeps its weights is not"),
        ([layers.BatchNormalization(axis=1, name="m")], "layer 'm' normalizes axis 1"),
        ([layers.LayerNormalization(axis=1, name="m")], r"layer 'm' normalizes axes \(1,\)"),
        ([layers.Reshape((8, 4), name="m")], "layer 'm' reshapes .* moves other numbers"),
        ([layers.Flatten(), layers.GroupNormalization(2, name="m")], "layer 'm' groups features"),
        (
            [layers.Flatten(), layers.Reshape((2, 2, 8), name="m")],
            "layer 'm' joins or reshapes features that stand in another order",
        ),
    ],
)
def test_what_channels_first_cannot_be_is_refused(row, message):
    model = Sequential([Input((4, 4, 2)), *row])
    refuse(model, {}, f"load_torch: {message}")


def test_every_layer_with_weights_has_a_layout():
    kinds = {getattr(layers, name) for name in layers.__all__}
    kinds = {kind for kind in kinds if isinstance(kind, type)}
    with_weights = {kind for kind in kinds if kind.build is not layers.Layer.build}
    assert with_weights == set(LAYOUTS)
