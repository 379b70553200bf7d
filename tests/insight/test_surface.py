"""The loss around a model's weights: against formulas, and against models moved by hand."""

import numpy as np
import pytest

import minidl
from minidl import insight, layers


def network(dtype="float32"):
    minidl.set_random_seed(0)
    model = minidl.Sequential(
        [
            layers.Input((6, 6, 1), dtype=dtype),
            layers.Conv2D(3, 3, activation="relu", dtype=dtype),
            layers.BatchNormalization(dtype=dtype),
            layers.Flatten(dtype=dtype),
            layers.Dropout(0.5, dtype=dtype),
            layers.Dense(4, activation="softmax", kernel_regularizer="l2", dtype=dtype),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.fixture
def examples():
    rng = np.random.default_rng(0)
    return rng.random((10, 6, 6, 1), "float32"), np.arange(10) % 4


def test_every_place_is_the_loss_of_the_model_moved_there(examples):
    model = network()
    directions = [insight.random_direction(model, seed) for seed in (5, 6)]
    found = insight.loss_surface(model, *examples, directions, points=3, extent=0.5)
    start = [weight.data.copy() for weight in model.trainable_weights]
    for i, j in np.ndindex(3, 3):
        for weight, w, a, b in zip(model.trainable_weights, start, *directions, strict=True):
            weight.data = (w + found.first[i] * a + found.second[j] * b).astype("float32")
        assert found.loss[i, j] == model.evaluate(*examples, verbose=0)[0]
    assert found.first.tolist() == found.second.tolist() == [-0.5, 0, 0.5]


def test_the_model_is_left_as_it_was(examples):
    model = network()
    before = model.get_weights()
    insight.loss_surface(model, *examples, points=3)
    assert all(map(np.array_equal, before, model.get_weights()))
    with pytest.raises(ValueError, match="sparse_categorical"):
        insight.loss_surface(model, examples[0], examples[1] + 5, points=3)
    assert all(map(np.array_equal, before, model.get_weights()))


def test_random_directions_are_as_long_as_the_filters(examples):
    model = network("float64")
    direction = insight.random_direction(model, 3)
    for each, weight in zip(direction, model.trainable_weights, strict=True):
        if weight.ndim < 2:
            assert not each.any()
        else:
            lengths = [
                np.linalg.norm(w.reshape(-1, w.shape[-1]), axis=0) for w in (each, weight.data)
            ]
            assert np.allclose(*lengths)
    again = insight.random_direction(model, 3)
    other = insight.random_direction(model, 4)
    assert all(map(np.array_equal, direction, again))
    assert not np.allclose(direction[0], other[0])


def test_the_same_seed_gives_the_same_surface(examples):
    surfaces = [
        insight.loss_surface(network(), *examples, points=2, seed=s).loss for s in (1, 1, 2)
    ]
    assert np.array_equal(surfaces[0], surfaces[1])
    assert not np.array_equal(surfaces[0], surfaces[2])


def test_a_loss_that_overflows_is_part_of_the_surface(examples):
    model = network()
    found = insight.loss_surface(model, *examples, points=3, extent=1e30)
    assert not np.isfinite(found.loss[0, 0])
    assert np.isfinite(found.loss[1, 1])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"points": 1}, "points"),
        ({"extent": 0}, "extent"),
        ({"directions": [[np.ones((3, 3))]]}, "needs two directions, got 1"),
        ({"directions": [[np.ones((3, 3))], []]}, "the first direction needs an array for every"),
    ],
)
def test_refuses(examples, options, message):
    with pytest.raises(ValueError, match=message):
        insight.loss_surface(network(), *examples, **options)


def test_a_model_that_is_not_compiled(examples):
    model = minidl.Sequential([layers.Input((6, 6, 1)), layers.Flatten(), layers.Dense(2)])
    with pytest.raises(RuntimeError, match="compile"):
        insight.loss_surface(model, *examples)
