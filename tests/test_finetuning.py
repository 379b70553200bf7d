"""New heads, frozen layers, a learning rate a layer, and layers unfrozen one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minidl
from minidl import finetuning, layers
from minidl.applications import article_cnn, residual_cnn

X = np.random.default_rng(0).random((6, 8, 8, 1), np.float32)
Y = np.arange(6) % 3


def cnn():
    minidl.set_random_seed(1)
    return article_cnn((8, 8, 1), 4)


def residual():
    minidl.set_random_seed(1)
    return residual_cnn((8, 8, 1), 4, filters=(4, 6))


def with_logits():
    """A model whose softmax is a layer of its own."""
    minidl.set_random_seed(1)
    rows = [layers.Input((8, 8, 1)), layers.Flatten(), layers.Dense(5), layers.Dense(4)]
    return minidl.Sequential([*rows, layers.Softmax()])


MODELS = [cnn, residual, with_logits]


@pytest.mark.parametrize("make", MODELS)
@given(st.dictionaries(st.integers(0, 4), st.integers(0, 3)))
def test_a_new_head_keeps_the_body_and_the_classes_that_it_knew(make, kept):
    model = make()
    outputs = model(X).data
    new = finetuning.replace_head(model, 5, kept)
    old_head = next(layer for layer in reversed(model.layers) if isinstance(layer, layers.Dense))
    assert new.layers[-1].name == "head"
    assert [layer.name for layer in new.layers[:-1]] == [
        layer.name for layer in model.layers[: model.layers.index(old_head)]
    ]
    p = new(X).data
    assert p.shape == (6, 5)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    for one in kept:
        for other in kept:  # odds between classes that both heads know are the same
            odds = outputs[:, kept[one]] / outputs[:, kept[other]]
            np.testing.assert_allclose(p[:, one] / p[:, other], odds, rtol=1e-3)
    np.testing.assert_array_equal(model(X).data, outputs)


@pytest.mark.parametrize("make", MODELS)
def test_a_model_with_a_new_head_trains_and_is_saved(make, tmp_path):
    new = finetuning.replace_head(make(), 3)
    new.compile("adam", "sparse_categorical_crossentropy")
    history = new.fit(X, Y, epochs=20, verbose=0).history["loss"]
    assert history[-1] < history[0]
    new.save(tmp_path / "new.safetensors")
    loaded = minidl.load_model(tmp_path / "new.safetensors")
    np.testing.assert_array_equal(loaded.predict(X, verbose=0), new.predict(X, verbose=0))
    again = finetuning.replace_head(loaded, 2)  # the name "head" is free again
    assert again(X).shape == (6, 2)


class Own(minidl.Model):
    def call(self, x, training=False):
        return x


def ends_with(layer):
    return minidl.Sequential([layers.Input((8, 8, 1)), layers.Flatten(), layer])


@pytest.mark.parametrize(
    ("make", "arguments", "error", "message"),
    [
        (Own, (2,), TypeError, "needs a Sequential or functional model with one output"),
        (lambda: ends_with(layers.Dropout(0.5)), (2,), ValueError, "but the model ends with <Drop"),
        (lambda: minidl.Sequential([layers.Input((2,))]), (2,), RuntimeError, "not known yet"),
        (cnn, (1,), ValueError, "classes needs a whole number of at least 2, got 1"),
        (cnn, (3, {3: 0}), ValueError, "kept names class 3 of the new head, which has 3"),
        (cnn, (3, {0: 4}), ValueError, "kept names class 4 of the old head, which has 4"),
        (cnn, (3, [0]), TypeError, "kept needs a mapping"),
        (cnn, (3, None, "flatten"), ValueError, "name"),
    ],
)
def test_a_head_that_does_not_fit(make, arguments, error, message):
    model = make()
    if arguments[-1] == "flatten":
        arguments = (3, None, model.layers[2].name)
    with pytest.raises(error, match=message):
        finetuning.replace_head(model, *arguments)


@pytest.mark.parametrize("make", MODELS)
def test_freeze_counts_layers_with_weights(make):
    model = make()
    found = finetuning.layers_with_weights(model)
    for count in (*range(len(found)), 0):
        finetuning.freeze(model, count)
        assert [layer.trainable for layer in found] == [i >= count for i in range(len(found))]
    with pytest.raises(ValueError, match=f"at most {len(found) - 1} can be frozen"):
        finetuning.freeze(model, len(found))


def test_rates_fall_towards_the_input():
    model = cnn()
    model.compile("sgd", "sparse_categorical_crossentropy")
    rates = finetuning.discriminative_learning_rates(model, model.optimizer, 4)
    assert list(rates.values()) == [1 / 16, 1 / 4, 1]
    assert list(rates) == [model.layers[i].name for i in (0, 3, 4)]
    # The gradients that plain SGD would take, and those steps.
    before, after = model.get_weights(), []
    for factor in (1, 4):
        model.set_weights(before)
        model.compile("sgd", "sparse_categorical_crossentropy")
        finetuning.discriminative_learning_rates(model, model.optimizer, factor)
        model.train_on_batch(X, Y)
        after.append([b - a for a, b in zip(before, model.get_weights(), strict=True)])
    for plain, slow, multiplier in zip(*after, np.repeat([1 / 16, 1 / 4, 1], 2), strict=True):
        np.testing.assert_allclose(slow, plain * multiplier, rtol=1e-2, atol=1e-7)
    with pytest.raises(ValueError, match="factor needs a number in"):
        finetuning.discriminative_learning_rates(model, model.optimizer, 0.5)


@pytest.mark.parametrize("fusion", [True, False])
def test_layers_are_unfrozen_one_by_one(fusion, monkeypatch):
    monkeypatch.setattr(minidl.config, "fusion", fusion)
    model = cnn()
    model.compile("adam", "sparse_categorical_crossentropy")
    weights, learnt = [model.get_weights()], []

    class Look(minidl.callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            weights.append(model.get_weights())
            pairs = zip(*weights[-2:], strict=True)
            learnt.append(sum((a != b).any() for a, b in pairs))

    model.fit(X, Y, epochs=8, verbose=0, callbacks=[finetuning.GradualUnfreezing(2), Look()])
    assert learnt == [2, 2, 4, 4, 6, 6, 6, 6]
    assert all(layer.trainable for layer in model.layers)


def test_a_layer_that_is_unfrozen_takes_steps_of_the_usual_length():
    """Adam's first is the learning rate: 6 times that if it took the steps before for its own."""
    model = cnn()
    model.compile("adam", "sparse_categorical_crossentropy")
    sizes = []

    class Look(minidl.callbacks.Callback):
        def on_epoch_begin(self, epoch):
            self.before = model.get_weights()[2]

        def on_epoch_end(self, epoch, logs):
            sizes.append(np.abs(model.get_weights()[2] - self.before).max())

    model.fit(X, Y, epochs=60, verbose=0, callbacks=[finetuning.GradualUnfreezing(50), Look()])
    assert sizes[:50] == [0] * 50
    assert max(sizes[50:]) < 0.0012


@pytest.mark.parametrize("batches", [1, 2, 3, 5, 6])
def test_unfreezing_goes_on_where_it_was_broken_off(batches, tmp_path):
    start = cnn().get_weights()

    def fit(folder, *more):
        model = cnn()
        model.set_weights(start)
        model.compile("adam", "sparse_categorical_crossentropy")
        unfreeze = finetuning.GradualUnfreezing()
        backup = minidl.callbacks.BackupAndRestore(tmp_path / folder, 1)
        minidl.set_random_seed(5)
        callbacks = [*more, unfreeze, backup]
        model.fit(X, Y, len(X) // 2, epochs=3, verbose=0, callbacks=callbacks)
        return model.get_weights()

    def stop(batch, logs):
        seen.append(batch)
        if len(seen) == batches:
            raise KeyboardInterrupt

    seen, expected = [], fit("whole")
    with pytest.raises(KeyboardInterrupt):
        fit("broken off", minidl.callbacks.LambdaCallback(on_train_batch_end=stop))
    assert all(map(np.array_equal, fit("broken off"), expected))
