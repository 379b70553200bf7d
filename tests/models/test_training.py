import numpy as np
import pytest

import minidl
from minidl import callbacks, layers, losses, optimizers


def small_cnn(**kwargs):
    return minidl.Sequential(
        [
            layers.Conv2D(3, 3, activation="relu", input_shape=(8, 8, 1)),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ],
        **kwargs,
    )


def images(n=40, seed=0):
    """Four classes: which quarter of the image is bright."""
    rng = np.random.default_rng(seed)
    x, y = rng.random((n, 8, 8, 1)).astype(np.float32) / 2, np.arange(n) % 4
    for image, label in zip(x, y, strict=True):
        image[label // 2 * 4 :, label % 2 * 4 :][:4, :4] += 1
    return x, y


@pytest.fixture
def compiled():
    model = small_cnn()
    model.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def test_fit_learns_and_reports(compiled):
    history = compiled.fit(*images(), epochs=20, batch_size=8, verbose=0)
    assert history.epoch == list(range(20))
    assert set(history.history) == {"loss", "accuracy"}
    assert history.history["loss"][-1] < history.history["loss"][0] / 4
    assert compiled.evaluate(*images(seed=1), verbose=0)[1] == 1.0


def test_evaluate_is_the_mean_over_examples_whatever_the_batches(compiled):
    x, y = images(37)
    whole = compiled.evaluate(x, y, batch_size=37, verbose=0, return_dict=True)
    parts = compiled.evaluate(x, y, batch_size=5, verbose=0, return_dict=True)
    assert parts == pytest.approx(whole, rel=1e-5)
    p = compiled.predict(x, verbose=0)
    assert whole["loss"] == pytest.approx(-np.log(p[np.arange(37), y]).mean(), rel=1e-5)
    assert whole["accuracy"] == pytest.approx((p.argmax(1) == y).mean())


def test_evaluate_without_metrics_is_one_number():
    model = small_cnn()
    model.compile("sgd", "sparse_categorical_crossentropy")
    assert isinstance(model.evaluate(*images(8), verbose=0), float)


def test_the_loss_of_a_model_with_softmax_is_computed_from_logits(compiled):
    x, y = images(4)
    compiled.layers[-1].set_weights([np.zeros((27, 4)), [200.0, 0, 0, 0]])
    # From probabilities in float32, e^-200 would be held at 1e-7: a loss of 16.
    expected = 200 * np.mean(y != 0)
    assert compiled.evaluate(x, y, verbose=0)[0] == pytest.approx(expected, rel=1e-6)
    p = compiled.predict(x)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-6)


def test_validation_data_and_split_are_reported(compiled):
    x, y = images()
    split = compiled.fit(x, y, validation_split=0.25, verbose=0)
    assert {"val_loss", "val_accuracy"} <= set(split.history)
    given = compiled.fit(x, y, validation_data=images(12, seed=2), verbose=0)
    expected = compiled.evaluate(*images(12, seed=2), verbose=0, return_dict=True)
    assert given.history["val_loss"][0] == pytest.approx(expected["loss"], rel=1e-6)


def test_validation_split_takes_the_last_examples(compiled):
    x, y = images()
    history = compiled.fit(x, y, validation_split=0.25, verbose=0)
    expected = compiled.evaluate(x[30:], y[30:], verbose=0)
    assert history.history["val_loss"][0] == pytest.approx(expected[0], rel=1e-6)


def test_fit_takes_an_iterable_of_batches(compiled):
    x, y = images()
    pairs = [(x[i : i + 8], y[i : i + 8]) for i in range(0, 40, 8)]
    history = compiled.fit(pairs, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
    listed = compiled.evaluate(pairs, verbose=0)
    assert listed == pytest.approx(compiled.evaluate(x, y, verbose=0), rel=1e-5)


def test_training_by_hand_is_what_fit_does():
    x, y = images(16)
    minidl.set_random_seed(3)
    fitted = small_cnn()
    by_hand = small_cnn()
    by_hand.set_weights(fitted.get_weights())
    fitted.compile("adam", "sparse_categorical_crossentropy")
    fitted.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0)
    loss_of = losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = optimizers.Adam()
    optimizer.build(by_hand.trainable_weights)
    for start in (0, 8, 0, 8):
        logits = by_hand(x[start : start + 8], training=True, logits=True)
        loss_of(y[start : start + 8], logits).backward()
        optimizer.step()
        optimizer.zero_grad()
    for ours, theirs in zip(by_hand.get_weights(), fitted.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_same_seed_same_bits_with_one_thread_and_two_and_odd_sizes(set_num_threads):
    rng = np.random.default_rng(0)
    x, y = rng.random((300, 29, 27, 1)).astype(np.float32), rng.integers(0, 7, 300)

    def train(threads):
        set_num_threads(threads)
        minidl.set_random_seed(5)
        model = minidl.Sequential(
            [
                layers.Conv2D(33, 3, activation="relu", input_shape=(29, 27, 1)),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dropout(0.3),
                layers.Dense(301, activation="relu"),
                layers.Dense(7, activation="softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy")
        model.fit(x, y, batch_size=101, epochs=2, verbose=0)
        return model.get_weights()

    first = train(1)
    for threads in (1, 2, 3):
        for a, b in zip(first, train(threads), strict=True):
            np.testing.assert_array_equal(a, b)


def test_outputs_that_a_user_holds_never_change(compiled):
    x, y = images(64)
    seen = []

    class Keep(callbacks.Callback):
        def on_train_batch_end(self, batch, logs):
            output = self.model(big, training=True)
            loss = losses.SparseCategoricalCrossentropy()(labels, output)
            loss.backward()
            grads = [w.grad.data for w in self.model.weights]
            self.model.optimizer.zero_grad()
            inside = [self.model.layers[0](big).data, output.data, *grads]
            seen.extend((array, array.copy()) for array in inside)

    big, labels = np.tile(x, (8, 1, 1, 1)), np.tile(y, 8)
    compiled.fit(x, y, batch_size=16, epochs=1, verbose=0, callbacks=[Keep()])
    assert len(seen) == 4 * 6
    for array, copy in seen:
        np.testing.assert_array_equal(array, copy)


def test_frozen_layers_stay_as_they_are(compiled):
    compiled.layers[0].trainable = False
    before = compiled.get_weights()
    compiled.fit(*images(), epochs=1, verbose=0)
    after = compiled.get_weights()
    np.testing.assert_array_equal(before[0], after[0])
    assert not np.array_equal(before[2], after[2])
    compiled.trainable = False
    with pytest.raises(ValueError, match="no trainable weights"):
        compiled.fit(*images(), verbose=0)


def test_a_subclassed_model_trains():
    class Net(minidl.Model):
        def __init__(self):
            super().__init__()
            self.convolutions = [layers.Conv2D(3, 3, activation="relu"), layers.MaxPooling2D()]
            self.flatten = layers.Flatten()
            self.head = layers.Dense(4)

        def call(self, x, training=False):
            for layer in self.convolutions:
                x = layer(x, training=training)
            return self.head(self.flatten(x))

    model = Net()
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizers.Adam(0.01), loss, metrics=["accuracy"])
    model.fit(*images(), epochs=20, batch_size=8, verbose=0)
    assert model.evaluate(*images(seed=1), verbose=0)[1] == 1.0
    assert [name for name, _ in model.named_weights()] == [
        "convolutions.0/kernel",
        "convolutions.0/bias",
        "head/kernel",
        "head/bias",
    ]


def test_a_callback_can_stop_training(compiled):
    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch, logs):
            self.model.stop_training = batch == 1

    history = compiled.fit(*images(), epochs=9, batch_size=8, verbose=0, callbacks=[Stop()])
    assert history.epoch == []  # only whole epochs count
    assert compiled.optimizer.iterations == 2


def test_a_callback_can_stop_after_an_epoch(compiled):
    class Stop(callbacks.Callback):
        def on_epoch_end(self, epoch, logs):
            self.model.stop_training = epoch == 1

    history = compiled.fit(*images(), epochs=9, validation_split=0.2, verbose=0, callbacks=[Stop()])
    assert history.epoch == [0, 1]
    assert {len(values) for values in history.history.values()} == {2}


def test_a_validation_loss_that_is_not_finite_stops_too(compiled):
    x, y = images(8)
    compiled.layers[0].set_weights([np.ones((3, 3, 1, 3)), np.zeros(3)])
    huge = np.full((2, 8, 8, 1), 3e38, np.float32)
    with pytest.raises(ValueError, match=r"the loss became .* at the validation after epoch 1"):
        compiled.fit(x, y, validation_data=(huge, y[:2]), verbose=0)


def test_callbacks_are_called_in_order(compiled):
    calls = []

    class Note(callbacks.Callback):
        def on_train_begin(self):
            calls.append(("train", self.params["epochs"], self.params["steps"]))

        def on_epoch_begin(self, epoch):
            calls.append(("epoch", epoch))

        def on_train_batch_begin(self, batch):
            calls.append(("batch", batch))

        def on_epoch_end(self, epoch, logs):
            calls.append(("end", sorted(logs)))

    compiled.fit(*images(16), batch_size=8, verbose=0, callbacks=[Note()])
    names = ["accuracy", "loss"]
    assert calls == [("train", 1, 2), ("epoch", 0), ("batch", 0), ("batch", 1), ("end", names)]


def test_in_a_pipe_there_is_a_line_per_epoch_and_no_bar(compiled, capsys):
    compiled.fit(*images(), epochs=2)
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 2
    assert out.startswith("Epoch 1/2 · loss ")
    assert "\x1b" not in out
    assert "\r" not in out
    compiled.fit(*images(), epochs=2, verbose=0)
    assert capsys.readouterr().out == ""


def test_on_a_terminal_there_is_a_bar_with_loss_metrics_and_time_left(compiled, monkeypatch):
    import io
    import sys

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "140")
    compiled.fit(*images(), epochs=2)
    shown = screen.getvalue()
    for text in ("Epoch 2/2", "2/2", "loss", "accuracy", "left", "━"):
        assert text in shown


BAD = np.ones((4, 8, 8, 1), np.float32)
LABELS = np.array([0, 1, 2, 3])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": BAD, "y": LABELS[:3]}, r"x holds 4 examples, but y holds 3"),
        ({"x": BAD[:0], "y": LABELS[:0]}, r"fit: x holds no examples"),
        ({"x": BAD, "y": LABELS + 1}, r"label 4 at index 3 is not a whole number in 0 … 3"),
        ({"x": BAD, "y": LABELS - 1}, r"label -1 at index 0"),
        ({"x": BAD, "y": LABELS + 0.5}, r"label 0.5 at index 0"),
        ({"x": BAD}, r"fit: y, the targets, is missing"),
        ({"x": BAD, "validation_split": 0.5}, r"fit: y, the targets, is missing"),
        ({"x": BAD[..., 0], "y": LABELS}, r"\(N, 8, 8, 1\), got \(4, 8, 8\); for grey images add"),
        ({"x": np.ones((4, 8, 8, 3)), "y": LABELS}, r"\(N, 8, 8, 1\), got \(4, 8, 8, 3\)"),
        ({"x": BAD, "y": LABELS, "epochs": 0}, r"fit: epochs needs a whole number of at least 1"),
        ({"x": BAD, "y": LABELS, "batch_size": 0}, r"batch_size needs a whole number of at least"),
        ({"x": BAD, "y": LABELS, "validation_split": 1.5}, r"validation_split needs a number in"),
        ({"x": BAD, "y": LABELS, "validation_split": 0.999}, r"leaves nothing on one side"),
        ({"x": BAD, "y": LABELS, "verbose": 5}, r"verbose needs 'auto', 0, 1 or 2"),
        ({"x": [], "y": None}, r"holds no"),
    ],
)
def test_bad_input_is_refused_before_training(compiled, arguments, message):
    before = compiled.get_weights()
    with pytest.raises(ValueError, match=message):
        compiled.fit(**arguments)
    for a, b in zip(before, compiled.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_inputs_that_are_not_finite_are_refused_with_their_place(compiled, value):
    x, y = images(3000)
    x[2500, 3, 4, 0] = value
    with pytest.raises(ValueError, match=rf"x holds {value} at index \(2500, 3, 4, 0\)"):
        compiled.fit(x, y, verbose=0)


def test_inputs_that_are_no_numbers_are_refused(compiled):
    with pytest.raises(TypeError, match="fit: x needs an array of real numbers, got <U3"):
        compiled.fit(np.array(["cat", "dog"]), [0, 1])
    with pytest.raises(TypeError, match="fit: x needs an array of examples"):
        compiled.fit(7, [0, 1])


def test_a_loss_that_is_not_finite_stops_with_the_step_and_the_layer(compiled):
    x, y = images()
    dense = compiled.layers[-1]

    class Spoil(callbacks.Callback):
        weights = None

        def on_train_batch_begin(self, batch):
            if batch == 1:
                dense.set_weights(self.weights)

    spoil = Spoil()
    for value, state in ((3e38, "finite"), (np.nan, "not finite either")):
        spoil.weights = [np.full((27, 4), value), np.zeros(4)]
        with pytest.raises(ValueError, match=r"the loss became .* at epoch 1, batch 2") as error:
            compiled.fit(x, y, batch_size=8, verbose=0, callbacks=[spoil])
        assert f"is {dense.name!r} (its weights are {state})" in str(error.value)
        dense.set_weights([np.zeros((27, 4)), np.zeros(4)])


def test_calls_out_of_order_say_what_comes_first():
    model = small_cnn()
    for call in (model.fit, model.evaluate, model.train_on_batch):
        with pytest.raises(RuntimeError, match=r"call compile\(optimizer, loss\) first"):
            call(BAD, LABELS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("adm", "mse"), "unknown optimizer 'adm': did you mean 'adam'"),
        (("adam", "mean_square_error"), "did you mean 'mean_squared_error'"),
    ],
)
def test_unknown_names_are_refused_in_compile(arguments, message):
    with pytest.raises(ValueError, match=message):
        small_cnn().compile(*arguments)
    with pytest.raises(ValueError, match="unknown metric 'acuracy': did you mean 'accuracy'"):
        small_cnn().compile("adam", "mse", metrics=["acuracy"])
