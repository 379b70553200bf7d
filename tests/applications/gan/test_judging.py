"""The judge: what it says of images whose faults are known."""

import numpy as np
import pytest

import minidl
from minidl import layers
from minidl.applications import gan

CLASSES = 4


def images(labels, seed=0):
    """Four classes: which quarter is bright."""
    rng = np.random.default_rng(seed)
    x = 0.2 * rng.random((len(labels), 8, 8, 1), np.float32)
    for image, label in zip(x, labels, strict=True):
        y, z = divmod(int(label), 2)
        image[4 * y : 4 * y + 4, 4 * z : 4 * z + 4] += 0.7
    return x


@pytest.fixture(scope="module")
def judge():
    """A judge that knows the classes by the brightness of the quarters, without training."""
    network = minidl.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.AveragePooling2D(4),
            layers.Flatten(),
            layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    network.layers[-1].set_weights([20 * np.eye(4), np.zeros(4)])
    labels = np.arange(80) % CLASSES
    return gan.Judge(network, (images(labels, 1), labels), (images(labels, 2), labels))


UNTRAINED = np.full((80, 8, 8, 1), 0.5, np.float32) + images(np.zeros(80), 7) / 10


def test_good_images(judge):
    labels = np.arange(80) % CLASSES
    verdict = judge.judge(images(labels, 3), labels, UNTRAINED)
    assert verdict.recognised == verdict.sure == verdict.judge_accuracy == 1
    assert verdict.spread == [0.25] * 4
    assert verdict.ratio < 0.01
    assert verdict.ratio == verdict.frechet / verdict.frechet_untrained
    assert verdict.nearness == pytest.approx(1, abs=0.1)
    assert verdict.warnings == []


def test_the_wrong_classes(judge):
    labels = np.arange(80) % CLASSES
    verdict = judge.judge(images((labels + (labels == 2)) % 4, 3), labels, UNTRAINED)
    assert verdict.recognised == verdict.sure == 0.75
    assert verdict.spread == [0.25, 0.25, 0, 0.5]
    (warning,) = verdict.warnings
    assert warning.startswith("mode collapse: rare among the images are the classes 2 (0.0%)")


def test_one_image_over_and_over(judge):
    verdict = judge.judge(images(np.zeros(80), 3), None, UNTRAINED)
    assert verdict.recognised is None
    assert verdict.sure == 1
    assert len([w for w in verdict.warnings if w.startswith("mode collapse")]) == 2
    assert "frequent among the images are the classes 0 (100.0%)" in verdict.warnings[1]


def test_doubtful_images(judge):
    verdict = judge.judge(UNTRAINED, None, UNTRAINED)
    assert verdict.sure < 0.1
    assert verdict.ratio == pytest.approx(1)


def test_copies(judge):
    labels = judge.training[1]
    verdict = judge.judge(judge.training[0], labels, UNTRAINED)
    assert verdict.nearness == pytest.approx(0, abs=1e-3)
    assert [w.split(":")[0] for w in verdict.warnings] == ["copies"]


def test_the_nearest():
    rng = np.random.default_rng(0)
    a, b = rng.random((7, 3, 3, 1)), rng.random((20, 3, 3, 1))
    index, distance = gan.nearest(a, b)
    all_distances = np.sqrt(((a[:, np.newaxis] - b) ** 2).sum(axis=(2, 3, 4)))
    assert np.array_equal(index, all_distances.argmin(axis=1))
    np.testing.assert_allclose(distance, all_distances.min(axis=1))


def test_the_classifier_is_always_the_same_and_leaves_random_numbers_alone():
    labels = np.arange(60) % CLASSES
    x = np.pad(images(labels), ((0, 0), (2, 2), (2, 2), (0, 0)))
    minidl.set_random_seed(1)
    first = gan.classifier(x, labels, CLASSES, epochs=1)
    minidl.set_random_seed(2)
    second = gan.classifier(x, labels, CLASSES, epochs=1)
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        assert np.array_equal(a, b)
