"""Frozen layers and layers with a rate of their own, on every route that training takes."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minidl
from minidl import Tensor, layers, optimizers

RNG = np.random.default_rng(0)
X = RNG.random((12, 8, 8, 1), np.float32)
Y = np.arange(12) % 3


def network():
    minidl.set_random_seed(2)
    return minidl.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(3, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(6, activation="relu"),
            layers.Dense(3, activation="softmax"),
        ]
    )


def head(inner):
    head = layers.Dense(3, "softmax")
    return minidl.Sequential([layers.Input((8, 8, 1)), inner, head])


def compiled(model, optimizer="adam"):
    model.compile(optimizer, "sparse_categorical_crossentropy")
    return model


def changed(model, before):
    return [(a != b).any() for a, b in zip(model.get_weights(), before, strict=True)]


def route(name):
    """Return (fusion, optimizer) of a way to train: fused, layer by layer, all gradients first."""
    norm = 1e9 if name == "gradients first" else None
    return name != "layer by layer", optimizers.Adam(0.01, global_clipnorm=norm)


ROUTES = ("fused", "layer by layer", "gradients first")


@pytest.mark.parametrize("name", ROUTES)
@given(frozen=st.sets(st.sampled_from([0, 2, 4, 5]), max_size=3), after=st.booleans())
def test_frozen_layers_stay_bit_for_bit_and_the_others_learn(name, frozen, after):
    model, (fusion, optimizer) = network(), route(name)
    if after:
        compiled(model, optimizer)
    for i in frozen:
        model.layers[i].trainable = False
    if not after:
        compiled(model, optimizer)
    before = model.get_weights()
    minidl.config.fusion, was = fusion, minidl.config.fusion
    try:
        model.fit(X, Y, epochs=1, verbose=0)
    finally:
        minidl.config.fusion = was
    expected = itertools.chain.from_iterable(
        [i not in frozen] * len(layer.weights) for i, layer in enumerate(model.layers)
    )
    assert changed(model, before) == list(expected)


@pytest.mark.parametrize("name", ROUTES)
def test_a_rate_of_its_own(name):
    """Adam's first step is the learning rate, whatever the gradient's size."""
    model, (fusion, optimizer) = network(), route(name)
    compiled(model, optimizer)
    optimizer.multiply_learning_rate(model.layers[0].weights, 0.1)
    optimizer.multiply_learning_rate(model.layers[-1].weights, 2)
    before = model.get_weights()
    minidl.config.fusion, was = fusion, minidl.config.fusion
    try:
        model.fit(X, Y, epochs=1, batch_size=12, verbose=0)
    finally:
        minidl.config.fusion = was
    steps = [np.abs(a - b).max() for a, b in zip(model.get_weights(), before, strict=True)]
    assert steps[0] == pytest.approx(0.001, rel=0.01)
    assert steps[6] == pytest.approx(0.01, rel=0.01)  # the first dense layer's kernel
    assert steps[8] == pytest.approx(0.02, rel=0.01)


KINDS = ("SGD", "Adagrad", "Adam", "AdamW", "Nadam", "Lion", "RMSprop")


@pytest.mark.parametrize("kind", KINDS)
def test_a_multiplier_is_the_learning_rate_times_it(kind):
    results = []
    for rate, multiplier in ((0.02, 0.25), (0.005, 1)):
        w = Tensor(np.array([1.0, -2.0]), requires_grad=True)
        optimizer = getattr(optimizers, kind)(rate, weight_decay=0.1)
        optimizer.build([w])
        optimizer.multiply_learning_rate([w], multiplier)
        for _ in range(4):
            (w * w).sum().backward()
            optimizer.step()
            optimizer.zero_grad()
        results.append(w.data)
    np.testing.assert_allclose(*results, rtol=1e-12)


@pytest.mark.parametrize("multiplier", [0, -1, float("inf"), float("nan")])
def test_bad_multipliers(multiplier):
    with pytest.raises(ValueError, match="SGD: multiplier needs a number"):
        optimizers.SGD().multiply_learning_rate([], multiplier)


@pytest.mark.parametrize("kind", KINDS)
def test_a_weight_that_joins_later_starts_afresh_and_the_others_go_on(kind):
    def steps(optimizer, weights, count):
        optimizer.build(weights)
        for _ in range(count):
            sum(((w - 3) * w).sum() for w in weights).backward()
            optimizer.step()
            optimizer.zero_grad()

    def weight():
        return Tensor(np.array([1.0, -2.0]), requires_grad=True)

    old, new, alone, fresh = (weight() for _ in range(4))
    together = getattr(optimizers, kind)(0.1)
    steps(together, [old], 5)
    steps(together, [new, old], 3)
    steps(getattr(optimizers, kind)(0.1), [alone], 8)
    steps(getattr(optimizers, kind)(0.1), [fresh], 3)
    np.testing.assert_array_equal(old.data, alone.data)
    np.testing.assert_array_equal(new.data, fresh.data)


def test_batch_normalization_that_is_frozen_uses_and_keeps_its_statistics():
    norm = layers.BatchNormalization()
    norm(X, training=True)
    norm.trainable = False
    before = norm.get_weights()
    np.testing.assert_array_equal(norm(X, training=True).data, norm(X).data)
    assert all((a == b).all() for a, b in zip(norm.get_weights(), before, strict=True))
    norm.trainable = True
    norm(X, training=True)
    assert (norm.get_weights()[2] != before[2]).all()


def test_freezing_a_model_freezes_what_is_inside_and_thaws_it():
    inner = network()
    outer = compiled(head(inner))
    inner.trainable = False
    assert not any(layer.trainable for layer in inner.layers)
    before = outer.get_weights()
    outer.fit(X, Y, verbose=0)
    assert changed(outer, before) == [False] * 10 + [True] * 2  # no moving mean, either
    inner.trainable = True
    assert len(outer.trainable_weights) == 10
    outer.fit(X, Y, verbose=0)
    assert all(changed(outer, before))


def test_a_frozen_model_has_no_trainable_weights_but_lends_a_thawed_layer():
    """As in Keras: what counts is the flag of the model that is trained, and of the weight."""
    inner = network()
    outer = minidl.Sequential([layers.Input((8, 8, 1)), inner])
    inner.trainable = False
    inner.layers[-1].trainable = True
    assert inner.trainable_weights == []
    assert len(inner.non_trainable_weights) == len(inner.weights)
    assert outer.trainable_weights == inner.layers[-1].weights
    assert len(outer.non_trainable_weights) == len(outer.weights) - 2


def test_a_layer_that_is_frozen_before_it_is_built():
    layer = layers.Dense(2)
    layer.trainable = False
    layer(np.ones((1, 3)))
    assert layer.trainable_weights == []
    layer.trainable = True
    assert layer.trainable_weights == layer.weights
