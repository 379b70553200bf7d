"""Saliency held against finite differences, Grad-CAM against its formula."""

import numpy as np
import pytest

from minidl import Input, Model, Sequential, layers, set_random_seed
from minidl.insight import activations, grad_cam, saliency, smooth_grad


@pytest.fixture
def model():
    set_random_seed(1)
    return Sequential(
        [
            Input((6, 6, 2), dtype="float64"),
            layers.Conv2D(3, 3, activation="tanh", dtype="float64", name="features"),
            layers.Flatten(dtype="float64", name="flat"),
            layers.Dense(4, activation="softmax", dtype="float64", name="classes"),
        ],
        dtype="float64",
    )


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(2, 6, 6, 2))


def scores(model, x):
    return model(x, logits=True).data


def test_saliency_is_the_slope_of_the_score(model, x):
    found = saliency(model, x, [1, 3])
    rng = np.random.default_rng(2)
    for i, k in enumerate([1, 3]):
        step = 1e-5 * rng.normal(size=x.shape[1:])
        change = (scores(model, x[i : i + 1] + step) - scores(model, x[i : i + 1] - step))[0, k]
        assert np.isclose((found[i] * step).sum() * 2, change, rtol=1e-5)


def test_by_default_the_class_is_the_predicted_one(model, x):
    best = scores(model, x).argmax(axis=1)
    assert np.array_equal(saliency(model, x), saliency(model, x, best))
    assert np.array_equal(grad_cam(model, x), grad_cam(model, x, best))


def test_smooth_grad(model, x):
    assert np.allclose(smooth_grad(model, x, noise=0, samples=2), saliency(model, x))
    noisy = smooth_grad(model, x, 0, samples=3, seed=4)
    assert np.array_equal(noisy, smooth_grad(model, x, 0, samples=3, seed=4))
    assert not np.allclose(noisy, saliency(model, x, 0))


def test_grad_cam_is_the_formula(model, x):
    features = activations(model, x)["features"]
    kernel = model.layers[2].kernel.data.reshape(4, 4, 3, 4)
    for k in range(4):
        alpha = kernel[..., k].mean(axis=(0, 1))  # the score is linear in the features
        expected = np.maximum(np.einsum("nhwf,f->nhw", features, alpha), 0)
        assert np.allclose(grad_cam(model, x, k), expected)
        assert np.allclose(grad_cam(model, x, k, "features"), expected)


def test_activations_are_those_of_the_layers_alone(model, x):
    found = activations(model, x)
    assert list(found)[:3] == ["features", "flat", "classes"]
    for layer, (before, after) in zip(
        model.layers, [("x", "features"), ("features", "flat"), ("flat", "classes")], strict=True
    ):
        given = x if before == "x" else found[before]
        assert np.allclose(layer(given).data, found[after])


def test_functional_models_too(x):
    image = Input((6, 6, 2))
    a = layers.Conv2D(2, 3, padding="same", name="a")(image)
    joined = layers.Add()([a, image])
    model = Model(image, layers.Dense(3, activation="softmax")(layers.Flatten()(joined)))
    assert grad_cam(model, x).shape == (2, 6, 6)
    assert saliency(model, x).shape == x.shape


def test_refuses(model, x):
    with pytest.raises(ValueError, match="'featurs': did you mean 'features'"):
        grad_cam(model, x, layer="featurs")
    with pytest.raises(ValueError, match=r"feature maps \(N, h, w, F\), but 'flat' gives"):
        grad_cam(model, x, layer="flat")
    with pytest.raises(ValueError, match="needs class numbers from 0 to 3, got 4"):
        saliency(model, x, 4)
    with pytest.raises(ValueError, match="got 3 classes for 2 images"):
        saliency(model, x, [0, 1, 2])
    with pytest.raises(ValueError, match=r"images of shape \(N, H, W, C\), got shape \(6, 6, 2\)"):
        saliency(model, x[0])
    with pytest.raises(ValueError, match=r"needs x of shape \(N, 6, 6, 2\)"):
        grad_cam(model, x[:, :5])
    flat = Sequential([Input((6, 6, 2)), layers.Flatten(name="flat"), layers.Dense(2)])
    with pytest.raises(ValueError, match="grad_cam: the model has no convolution"):
        grad_cam(flat, x)
    with pytest.raises(ValueError, match="smooth_grad: samples"):
        smooth_grad(model, x, samples=0)
