import datetime
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import minidl
from minidl import callbacks

ROOT = pathlib.Path(__file__).parents[2]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_model_after_each_epoch(model, examples, tmp_path):
    save = callbacks.ModelCheckpoint(tmp_path / "{epoch:02d}-{loss:.2f}.safetensors", verbose=1)
    loss = model.fit(*examples, epochs=2, verbose=0, callbacks=[save]).history["loss"]
    assert names(tmp_path) == [f"{i + 1:02d}-{loss[i]:.2f}.safetensors" for i in range(2)]
    last = minidl.load_model(tmp_path / names(tmp_path)[-1])
    np.testing.assert_array_equal(last.predict(examples[0]), model.predict(examples[0]))


def test_only_the_best_model(model, examples, tmp_path):
    best = callbacks.ModelCheckpoint(
        tmp_path / "{epoch}.safetensors",
        "fake",
        save_best_only=True,
        mode="max",
        initial_value_threshold=0.15,
    )
    values = [0.1, 0.3, 0.2, 0.4]
    fake = callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: logs.update(fake=values[epoch])
    )
    model.fit(*examples, epochs=4, verbose=0, callbacks=[fake, best])
    assert names(tmp_path) == ["2.safetensors", "4.safetensors"]


def test_a_model_after_so_many_batches(model, examples, tmp_path):
    save = callbacks.ModelCheckpoint(tmp_path / "{epoch}.safetensors", save_freq=3)
    model.fit(*examples, 12, epochs=4, verbose=0, callbacks=[save])  # batches 3 and 6
    assert names(tmp_path) == ["2.safetensors", "3.safetensors"]


def test_bad_arguments(model, examples, tmp_path):
    with pytest.raises(ValueError, match=r"needs to end with \.safetensors, got 'm\.keras'"):
        callbacks.ModelCheckpoint("m.keras")
    with pytest.raises(ValueError, match="save_freq needs 'epoch' or a number of batches, got 0"):
        callbacks.ModelCheckpoint("m.safetensors", save_freq=0)
    save = callbacks.ModelCheckpoint(tmp_path / "{val_loss}.safetensors")
    with pytest.raises(ValueError, match=r"does not fit: KeyError.*there are epoch, loss"):
        model.fit(*examples, verbose=0, callbacks=[save])


class StopAfter(callbacks.Callback):
    """Breaks training off, as an error would."""

    def __init__(self, batches):
        self.left = batches

    def on_train_batch_end(self, batch, logs):
        self.left -= 1
        if not self.left:
            raise KeyboardInterrupt


@pytest.mark.parametrize("freq", ["epoch", 1, 2, datetime.timedelta()])
@pytest.mark.parametrize("batches", [1, 4, 6, 7, 11])
def test_broken_off_and_gone_on_with(examples, tmp_path, freq, batches):
    def fit(*more, to=tmp_path):
        minidl.set_random_seed(3)
        model = minidl.Sequential(
            [
                minidl.layers.Input((4, 4, 1)),
                minidl.layers.Flatten(),
                minidl.layers.Dropout(0.5),
                minidl.layers.Dense(3, activation="softmax"),
            ]
        )
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        backup = callbacks.BackupAndRestore(to, freq)
        history = model.fit(*examples, 4, epochs=2, verbose=0, callbacks=[*more, backup])
        return history.history, model.get_weights()

    expected = fit(to=tmp_path / "other")
    with pytest.raises(KeyboardInterrupt):
        fit(StopAfter(batches))
    history, weights = fit()
    assert history == expected[0]
    for weight, same in zip(weights, expected[1], strict=True):
        np.testing.assert_array_equal(weight, same)
    assert names(tmp_path) == ["other"]  # the checkpoint is gone


def test_other_data_are_refused(model, examples, tmp_path):
    backup = callbacks.BackupAndRestore(tmp_path, 1)
    with pytest.raises(KeyboardInterrupt):
        model.fit(*examples, 4, verbose=0, callbacks=[StopAfter(2), backup])
    with pytest.raises(ValueError, match="an epoch had 6 batches, but now there are 3"):
        model.fit(*examples, 8, verbose=0, callbacks=[backup])


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
def test_killed_fifty_times():
    command = [sys.executable, ROOT / "tests/helpers/killing.py", "--fit", "--kills", "50"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("50 kills")
