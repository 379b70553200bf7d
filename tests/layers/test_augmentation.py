"""Layers that change images at random: against Keras where a range is of one number."""

import json
import pathlib

import numpy as np
import pytest

import minidl
from minidl import image, layers

GOLDEN = np.load(pathlib.Path(__file__).parents[1] / "reference" / "keras_augmentation.npz")
KEYS = sorted({key.split("/")[0] for key in GOLDEN if key[0].isdigit()})
CASES = {key: json.loads(str(GOLDEN[f"{key}/case"])) for key in KEYS}
#: One of each; every argument that is not there has Keras's default.
KINDS = {
    "RandomBrightness": {"factor": 0.2, "value_range": (0, 1)},
    "RandomContrast": {"factor": 0.5, "value_range": (0, 1)},
    "RandomCrop": {"height": 5, "width": 4},
    "RandomFlip": {},
    "RandomHue": {"factor": 0.3, "value_range": (0, 1)},
    "RandomRotation": {"factor": 0.1},
    "RandomSaturation": {"factor": (0.3, 0.7), "value_range": (0, 1)},
    "RandomShear": {"x_factor": 0.2, "y_factor": 0.1},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.3},
    "RandomZoom": {"height_factor": 0.2},
}


def images(count=64, size=(8, 7)):
    return np.random.default_rng(0).random((count, *size, 3)).astype("float32")


@pytest.mark.parametrize("key", KEYS, ids=lambda key: CASES[key][0])
def test_keras(key):
    name, arguments = CASES[key]
    arguments = {k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()}
    x, expected = GOLDEN[f"{key}/x"], GOLDEN[f"{key}/y"]
    layer = getattr(layers, name)(**arguments, seed=0)
    if name == "RandomContrast":
        found = [layer.adjust(x, 1.4, layer.value_range)]
    else:  # some have a sign by chance: each image is found with both
        found = [layer(x, training=True).data for _ in range(12)]
    distance = np.min([np.abs(y - expected).max(axis=(1, 2, 3)) for y in found], axis=0)
    # Keras rounds angles to float32, and hues of near greys.
    assert distance.max() < 2e-5


def test_every_layer_is_here():
    assert {name for name in layers.__all__ if name.startswith("Random")} == set(KINDS)
    by_chance_alone = {"RandomFlip", "RandomCrop"}
    assert {name for name, _ in CASES.values()} | by_chance_alone == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_only_training_changes_images(name):
    layer, x = getattr(layers, name)(**KINDS[name]), images()
    changed = layer(x, training=True).data
    assert changed.shape == layer.compute_output_shape(x.shape)
    assert changed.dtype == "float32"
    if name != "RandomCrop":
        assert layer(x).data is x
        assert np.abs(changed - x).max() > 0.01
    assert layer.get_config() == type(layer).from_config(layer.get_config()).get_config()
    twice = layer(x, training=True).data
    assert np.abs(changed - twice).max() > 0.01


@pytest.mark.parametrize("name", KINDS)
def test_seeds(name):
    kind, x = getattr(layers, name), images()
    first, second = kind(**KINDS[name], seed=3), kind(**KINDS[name], seed=3)
    for _ in range(2):
        np.testing.assert_array_equal(first(x, training=True).data, second(x, training=True).data)
    minidl.set_random_seed(5)
    found = kind(**KINDS[name])(x, training=True).data
    minidl.set_random_seed(5)
    np.testing.assert_array_equal(found, kind(**KINDS[name])(x, training=True).data)
    minidl.set_random_seed(6)
    assert np.abs(found - kind(**KINDS[name])(x, training=True).data).max() > 0


@pytest.mark.parametrize("name", KINDS)
def test_each_image_by_itself(name):
    x = np.repeat(images(1), 64, axis=0)
    changed = getattr(layers, name)(**KINDS[name])(x, training=True).data
    different = {image.tobytes() for image in changed}
    assert len(different) >= (4 if name == "RandomFlip" else 9)


def test_a_model_with_them_is_saved_and_loaded(tmp_path):
    (x, y), _ = minidl.datasets.mnist.load_data()
    x = np.repeat(x[:64, 6:22, 6:22, None] / 255, 3, axis=3)
    random_layers = [getattr(layers, name)(**arguments) for name, arguments in KINDS.items()]
    model = minidl.Sequential(
        [layers.Input((16, 16, 3)), *random_layers, layers.Flatten(), layers.Dense(10)]
    )
    loss = minidl.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    history = model.fit(x, y[:64], epochs=2, batch_size=32, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    model.save(tmp_path / "m.safetensors")
    again = minidl.load_model(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
    for mine, loaded in zip(model.layers, again.layers, strict=True):
        assert loaded.get_config() == mine.get_config()


def test_the_same_seed_trains_the_same_model_with_any_number_of_threads(set_num_threads):
    (x, y), _ = minidl.datasets.mnist.load_data()
    x, y = x[:128, ..., None] / 255, y[:128]
    weights = []
    for threads in (1, 2):
        set_num_threads(threads)
        minidl.set_random_seed(0)
        moving = [layers.RandomTranslation(0.1, 0.1), layers.RandomRotation(0.03)]
        model = minidl.Sequential([*moving, layers.Flatten(), layers.Dense(10)])
        loss = minidl.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss)
        model.fit(x, y, verbose=0)
        weights.append(model.get_weights())
    for one, two in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, two)


def test_flips_are_of_every_kind_and_as_often():
    x = images(1000, (3, 2))
    seen = {}
    for axis in ("horizontal", "vertical"):
        changed = layers.RandomFlip(axis)(x, training=True).data
        mirrored = (changed == image.flip(x, axis)).all(axis=(1, 2, 3))
        assert (mirrored | (changed == x).all(axis=(1, 2, 3))).all()
        seen[axis] = mirrored.mean()
    changed = layers.RandomFlip()(x, training=True).data
    for mode in ("horizontal", "vertical", "horizontal_and_vertical"):
        seen[mode + "!"] = (changed == image.flip(x, mode)).all(axis=(1, 2, 3)).mean()
    for mode, share in seen.items():
        p = 0.25 if mode.endswith("!") else 0.5
        assert abs(share - p) < 5 * (p * (1 - p) / 1000) ** 0.5


def test_crops_are_parts_and_lie_anywhere():
    x = np.arange(6 * 5, dtype="float32").reshape(1, 6, 5, 1).repeat(400, 0)
    found = layers.RandomCrop(4, 4)(x, training=True).data
    corners = found[:, 0, 0, 0].astype(int)
    assert set(corners.tolist()) == {0, 1, 5, 6, 10, 11}
    for crop, corner in zip(found, corners, strict=True):
        top, left = divmod(corner, 5)
        np.testing.assert_array_equal(crop, x[0, top : top + 4, left : left + 4])


def test_images_that_are_too_small_to_crop_are_resized():
    x = images(2, (4, 9))
    for training in (False, True):
        found = layers.RandomCrop(6, 6)(x, training=training).data
        np.testing.assert_allclose(found, image.resize(x[:, :, 2:6], 6), rtol=1e-6)


@pytest.mark.parametrize("name", KINDS)
def test_no_gradient_is_lost_silently(name):
    layer = getattr(layers, name)(**KINDS[name])
    x = minidl.Tensor(images(2), requires_grad=True)
    with pytest.raises(ValueError, match="passes no gradient on: put it before the layers with"):
        layer(x, training=True)
    with minidl.no_grad():
        layer(x, training=True)
    layer(x).sum().backward()  # unchanged, or the middle
    assert x.grad.shape == x.shape


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.RandomFlip("diagonal"), "RandomFlip: mode 'diagonal'"),
        (lambda: layers.RandomRotation(np.nan), r"factor needs a number in \[-1, 1\], got nan"),
        (lambda: layers.RandomRotation(30), r"RandomRotation: factor needs a number in \[-1, 1\]"),
        (lambda: layers.RandomRotation((0.1,)), "factor needs a number, or two of them"),
        (lambda: layers.RandomRotation(0.1, "mirror"), "RandomRotation: fill_mode 'mirror'"),
        (lambda: layers.RandomRotation(0.1, interpolation="cubic"), "interpolation 'cubic'"),
        (lambda: layers.RandomRotation(0.1, fill_value=np.inf), "fill_value needs a number"),
        (lambda: layers.RandomRotation(0.1, seed=-1), "RandomRotation: seed needs a whole number"),
        (lambda: layers.RandomRotation(0.1, seed=1.5), "RandomRotation: seed needs a whole number"),
        (lambda: layers.RandomTranslation(0.1, 1.5), "RandomTranslation: width_factor needs"),
        (lambda: layers.RandomZoom(-1.0), r"height_factor needs numbers in \(-1, 1\], got -1.0"),
        (lambda: layers.RandomZoom(0.1, (-1, 0)), r"width_factor needs numbers in \(-1, 1\]"),
        (lambda: layers.RandomShear("a"), "RandomShear: x_factor needs a number"),
        (lambda: layers.RandomCrop(0, 3), "RandomCrop: height needs a whole number of at least 1"),
        (lambda: layers.RandomBrightness(2), "RandomBrightness: factor needs a number in"),
        (lambda: layers.RandomContrast(-0.1), "RandomContrast: factor needs a number in"),
        (lambda: layers.RandomBrightness(0.1, (1, 0)), "value_range needs two numbers in rising"),
        (lambda: layers.RandomHue((0.1, 1.1)), "RandomHue: factor needs a number in"),
        (lambda: layers.RandomSaturation((-0.1, 1)), "RandomSaturation: factor needs a number in"),
    ],
)
def test_bad_arguments(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()


@pytest.mark.parametrize("name", ["RandomHue", "RandomSaturation"])
def test_grey_images_have_no_colours(name):
    with pytest.raises(ValueError, match="images need 3 channels"):
        getattr(layers, name)(0.1)(np.zeros((2, 3, 3, 1)), training=True)


def test_images_need_a_channel_axis():
    with pytest.raises(ValueError, match="add the channel axis"):
        layers.RandomFlip()(np.zeros((2, 3, 3)))
