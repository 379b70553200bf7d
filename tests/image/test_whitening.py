"""ZCA whitening, against its purpose and OpenCV's principal components."""

import cv2
import numpy as np
import pytest

from minidl import image
from minidl.datasets import mnist


def correlated(count=200, shape=(3, 4, 2), seed=0):
    rng = np.random.default_rng(seed)
    size = int(np.prod(shape))
    return (rng.normal(size=(count, size)) @ rng.normal(size=(size, size))).reshape(count, *shape)


def test_covariance_becomes_the_identity():
    x = correlated()
    white = image.ZCA(1e-12).fit(x).apply(x).reshape(len(x), -1)
    np.testing.assert_allclose(white.T @ white / len(x), np.eye(24), atol=1e-6)
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-10)


@pytest.mark.parametrize("epsilon", [1e-6, 0.1])
def test_opencvs_principal_components_whiten_alike(epsilon):
    x = correlated(count=50)
    zca = image.ZCA(epsilon).fit(x)
    mean, vectors, values = cv2.PCACompute2(x.reshape(50, -1), mean=None)
    matrix = vectors.T @ np.diag(1 / np.sqrt(values.ravel() + epsilon)) @ vectors
    np.testing.assert_allclose(zca.matrix, matrix, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(zca.mean.ravel(), mean.ravel(), rtol=1e-9, atol=1e-12)


def test_of_all_whitenings_the_nearest_is_symmetric():
    zca = image.ZCA().fit(correlated())
    np.testing.assert_allclose(zca.matrix, zca.matrix.T, atol=1e-12)
    assert np.linalg.eigvalsh(zca.matrix).min() > 0


def test_digits_fewer_than_pixels():
    (x, _), (x_test, _) = mnist.load_data()
    zca = image.ZCA(0.01).fit(x[:300, ..., None] / 255)
    found = zca.apply(x_test[:5, ..., None] / 255)
    assert found.shape == (5, 28, 28, 1)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(zca.apply(x_test[3] / 255), found[3, :, :, 0], atol=1e-12)


def test_levels_become_float32():
    x = np.random.default_rng(0).integers(0, 256, (20, 2, 2, 1)).astype("uint8")
    assert image.ZCA().fit(x).apply(x).dtype == "float32"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: image.ZCA(0), ValueError, r"epsilon needs a number in \(0, inf\)"),
        (lambda: image.ZCA().fit(np.zeros((1, 2, 2, 1))), ValueError, "at least two images, got 1"),
        (
            lambda: image.ZCA().fit(np.zeros((2, 91, 91, 1))),
            ValueError,
            "at most 8192 are possible",
        ),
        (lambda: image.ZCA().apply(np.zeros((2, 2))), RuntimeError, "call fit"),
        (
            lambda: image.ZCA().fit(np.zeros((2, 2, 2, 1))).apply(np.zeros((3, 2))),
            ValueError,
            r"shape \(2, 2, 1\) that fit saw, got \(3, 2, 1\)",
        ),
    ],
)
def test_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
