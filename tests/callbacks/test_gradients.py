"""GradientNorms, against the gradients of `backward`."""

import math

import numpy as np
import pytest

import minidl
from minidl import callbacks, layers


def by_hand(model, x, y):
    """Return the norm of each Dense layer's gradients, from the loss and `backward`."""
    loss_of = minidl.losses.SparseCategoricalCrossentropy(from_logits=True)
    loss_of(y, model(x, training=True, logits=True)).backward()
    norms = {}
    for layer in model.layers:
        if layer.weights:
            squares = [(weight.grad.data.astype(float) ** 2).sum() for weight in layer.weights]
            norms[layer.name] = math.sqrt(sum(squares))
    for weight in model.weights:
        weight.grad = None
    return norms


@pytest.fixture
def model():
    minidl.set_random_seed(1)
    inside = minidl.Sequential(
        [layers.Input((16,)), layers.Dense(5, activation="relu", name="hidden")], name="inside"
    )
    model = minidl.Sequential(
        [layers.Input((4, 4, 1)), layers.Flatten(), inside, layers.Dense(3, name="last")]
    )
    model.add(layers.Softmax())
    return model


@pytest.mark.parametrize("clipping", [{}, {"clipnorm": 1e-3}, {"global_clipnorm": 1e-3}])
def test_it_sees_gradients_before_they_are_clipped(model, examples, clipping):
    expected = by_hand(model, *examples)
    assert min(expected.values()) > 0.01
    model.compile(minidl.optimizers.SGD(0.1, **clipping), "sparse_categorical_crossentropy")
    seen = callbacks.GradientNorms()
    model.fit(*examples, batch_size=24, shuffle=False, verbose=0, callbacks=[seen])
    assert list(seen.norms) == ["hidden", "last"]
    for name, outer in (("hidden", "inside"), ("last", "last")):
        assert seen.norms[name] == pytest.approx([expected[outer]], rel=1e-5)


def test_training_is_the_same_with_it_bit_for_bit(model, examples):
    start, results = model.get_weights(), []
    for extra in ([], [callbacks.GradientNorms()]):
        model.set_weights(start)
        model.compile("adam", "sparse_categorical_crossentropy")
        model.fit(*examples, batch_size=8, epochs=2, shuffle=False, verbose=0, callbacks=extra)
        results.append(model.get_weights())
    assert all(map(np.array_equal, *results))


def test_a_frozen_layer_has_none(model, examples):
    seen = callbacks.GradientNorms()
    model.compile("sgd", "sparse_categorical_crossentropy")
    for trainable in (True, False, True):
        model.layers[1].trainable = trainable
        model.fit(*examples, batch_size=12, verbose=0, callbacks=[seen])
    assert np.isnan(seen.norms["hidden"]).tolist() == [False, False, True, True, False, False]
    assert np.isfinite(seen.norms["last"]).all()


def test_it_looks_no_longer_after_fit(model, examples):
    seen = callbacks.GradientNorms()
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(RuntimeError, match="stop here"):
        model.fit(*examples, batch_size=12, verbose=0, callbacks=[seen, Broken()])
    assert model.optimizer.observers == []
    assert len(seen.norms["last"]) == 1


class Broken(callbacks.Callback):
    def on_train_batch_end(self, batch, logs):
        raise RuntimeError("stop here")
