"""Batches to train on: reproducible, mixed, and good for `fit`."""

from unittest import mock

import numpy as np
import pytest

import minidl
from minidl.data import augment
from minidl.data.augment import batches as module

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (50, 8, 8, 1)).astype("uint8")
Y = np.arange(50) % 3
POLICY = augment.Compose([augment.Shift(0.1), augment.Rotate(20)], seed=4)


def everything(batches):
    return [np.concatenate(parts) for parts in zip(*batches, strict=True)]


def test_each_epoch_has_every_image_once_in_its_own_order():
    batches = augment.AugmentedBatches(X, np.arange(50), augment.Compose([]), 8)
    assert len(batches) == len(list(batches)) == 7
    orders = [everything(batches)[1] for _ in range(3)]
    for order in orders:
        assert sorted(order.tolist()) == list(range(50))
    assert len({order.tobytes() for order in orders}) == 3
    x, y = everything(batches)
    np.testing.assert_array_equal(x, X[y])
    x, y = everything(augment.AugmentedBatches(X, Y, augment.Compose([]), shuffle=False))
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)


@pytest.mark.parametrize("mix", [None, augment.MixUp(), augment.CutMix()])
def test_any_sample_can_be_made_again(mix):
    batches = augment.AugmentedBatches(X, Y, POLICY, 7, mix, 3, shuffle=False)
    for epoch in range(2):
        x, y = everything(batches)
        for index in (0, 13, 49):
            again = batches.batch([index], epoch)
            np.testing.assert_array_equal(again[0], x[index : index + 1], strict=True)
            np.testing.assert_array_equal(again[1], y[index : index + 1], strict=True)
    batches.epoch = 1
    np.testing.assert_array_equal(everything(batches)[0], x)
    with mock.patch.object(module, "AT_ONCE", 1):  # batch by batch
        batches.epoch = 1
        np.testing.assert_array_equal(everything(batches)[0], x)


def test_mixup_mixes_labels_as_images():
    x = np.eye(3, dtype="float32")[:, :, None, None].repeat(8, 2)  # class k: row k is bright
    x = x[np.arange(600) % 3]
    batches = augment.AugmentedBatches(
        x, np.arange(600) % 3, augment.Compose([]), 600, augment.MixUp(0.5), 3, shuffle=False
    )
    ((mixed, y),) = batches
    assert y.dtype == "float32"
    np.testing.assert_allclose(y.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(mixed.mean(axis=(2, 3)), y, atol=1e-6)
    own = y[np.arange(600), np.arange(600) % 3]
    assert (own < 0.9).mean() > 0.2
    assert (own > 0.999).mean() > 0.2  # a third meets its own class


def test_cutmix_mixes_labels_by_area():
    x = (np.arange(300) % 3)[:, None, None, None].astype("uint8") + np.zeros((1, 10, 9, 1), "uint8")
    batches = augment.AugmentedBatches(
        x, np.arange(300) % 3, augment.Compose([]), 300, augment.CutMix(), 3, shuffle=False
    )
    ((mixed, y),) = batches
    for k in range(3):
        np.testing.assert_allclose((mixed == k).mean(axis=(1, 2, 3)), y[:, k], atol=1e-6)
    assert ((y > 0.05) & (y < 0.95)).any(axis=1).mean() > 0.3


def test_fit_learns_from_them():
    (x, y), (x_test, y_test) = minidl.datasets.mnist.load_data()
    x, x_test = (part[..., None] / np.float32(255) for part in (x[:1000], x_test[:300]))
    flat = minidl.layers.Flatten(input_shape=(28, 28, 1))
    model = minidl.Sequential([flat, minidl.layers.Dense(10, "softmax")])
    model.compile("adam", "categorical_crossentropy")
    batches = augment.AugmentedBatches(x, y[:1000], augment.digits(1), 50, augment.MixUp(), 10)
    model.fit(batches, epochs=3, verbose=0)
    assert batches.epoch == 3
    assert (model.predict(x_test).argmax(axis=1) == y_test[:300]).mean() > 0.6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((X, Y[:9], POLICY), "one target for each of 50 images"),
        ((X[:0], Y[:0], POLICY), "one target for each of 0 images, at least one"),
        ((X, Y, POLICY, 0), "batch_size needs a whole number of at least 1"),
        ((X, Y, POLICY, 8, augment.MixUp()), "mixing needs class numbers .* classes=None"),
        ((X, Y, POLICY, 8, augment.MixUp(), 2), "class numbers from 0 to 1, got 0 … 2"),
        ((X, Y - 1, POLICY, 8, augment.MixUp(), 3), "got -1 … 1"),
        ((X[..., 0], Y, POLICY), r"with images\[..., np.newaxis\]"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises((ValueError, TypeError), match=message):
        augment.AugmentedBatches(*arguments)


@pytest.mark.parametrize("kind", [augment.MixUp, augment.CutMix])
@pytest.mark.parametrize("alpha", [0, -1, np.nan, 1000, "a"])
def test_bad_alpha(kind, alpha):
    with pytest.raises((ValueError, TypeError), match=f"{kind.__name__}: alpha needs a number"):
        kind(alpha)
