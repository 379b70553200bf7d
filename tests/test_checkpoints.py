"""Checkpoints: everything comes back, bit for bit, or nothing is changed."""

import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import minidl
from minidl import checkpoints, layers, optimizers
from minidl.runtime import random


def part(units=3, optimizer=None):
    model = minidl.Sequential(
        [
            layers.Input((4, 4, 1)),
            layers.RandomTranslation(0.2, 0.2, seed=1),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(units, activation="softmax"),
        ]
    )
    model.compile(optimizer or optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    return model, model.optimizer


def train(model, steps=2):
    x, y = random.generator().random((6, 4, 4, 1)), np.arange(6) % 3
    return [model.train_on_batch(x, y) for _ in range(steps)]


def state(model, optimizer):
    slots = [array.copy() for arrays in optimizer.slots.values() for array in arrays]
    return [*model.get_weights(), *slots, np.array([optimizer.calls, optimizer.learning_rate])]


def assert_same(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.fixture
def saved(tmp_path):
    """A checkpoint, and its path."""
    one = part()
    train(one[0])
    path = tmp_path / "checkpoint.safetensors"
    checkpoints.save(path, {"model": one}, {"epoch": 2, "best": [np.arange(3), None, 1.5, "x"]})
    return path, one


def test_everything_comes_back(saved):
    path, one = saved
    expected = state(*one)
    losses = train(one[0])
    other = part()
    found = checkpoints.restore(path, {"model": other})
    assert_same(state(*other), expected)
    assert train(other[0]) == losses  # the random numbers, minidl's and the layer's
    np.testing.assert_array_equal(found["best"][0], np.arange(3))
    assert (found["epoch"], found["best"][1:]) == (2, [None, 1.5, "x"])


def test_several_networks_and_one_without_an_optimizer(tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    one, other = part(), part()
    checkpoints.save(path, {"a": one, "b": (other[0], None)})
    again = part(), part()
    checkpoints.restore(path, {"a": again[0], "b": (again[1][0], None)})
    assert_same(again[1][0].get_weights(), other[0].get_weights())


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (lambda: {"model": part(units=4)}, r"weight 'dense\w*/kernel' is float32 \(16, 4\)"),
        (lambda: {"model": part(optimizer=optimizers.SGD(0.1))}, "the optimizer is Adam with"),
        (lambda: {"network": part()}, r"it is of \['model'\], needed are \['network'\]"),
        (lambda: {"model": (minidl.Sequential([layers.Input((2,)), layers.Dense(1)]), None)}, "2"),
    ],
    ids=["shape", "optimizer", "name", "count"],
)
def test_what_does_not_fit_changes_nothing(saved, parts, message):
    path, _ = saved
    parts = parts()
    (model, _), *_ = parts.values()
    before, drawn = model.get_weights(), random.state_of(random.generator())
    with pytest.raises(ValueError, match=f"does not fit.*{message}") as raised:
        checkpoints.restore(path, parts)
    assert "\n" not in str(raised.value)
    assert_same(model.get_weights(), before)
    assert random.state_of(random.generator()) == drawn


def test_missing_truncated_foreign_and_newer_files(saved, tmp_path):
    path, one = saved
    before = state(*one)

    def refused(content, message, kind=ValueError):
        broken = tmp_path / "broken.safetensors"
        broken.write_bytes(content)
        with pytest.raises(kind, match=message) as raised:
            checkpoints.restore(broken, {"model": one})
        assert "\n" not in str(raised.value)
        assert_same(state(*one), before)

    with pytest.raises(FileNotFoundError, match="there is no checkpoint"):
        checkpoints.restore(tmp_path / "none", {"model": one})
    whole = path.read_bytes()
    for length in (0, 5, 100, len(whole) // 2, len(whole) - 1):
        refused(whole[:length], "truncated or foreign")
    refused(b"x" * 1000, "truncated or foreign")
    foreign = tmp_path / "foreign.safetensors"
    save_file({"a": np.zeros(3)}, foreign)
    refused(foreign.read_bytes(), "not a checkpoint that minidl wrote")
    newer = {checkpoints.KEY: json.dumps({"version": checkpoints.VERSION + 1, "content": {}})}
    save_file(load_file(path), foreign, newer)
    refused(foreign.read_bytes(), "a checkpoint of version 2; this minidl reads up to 1")
    for content in ({}, {"parts": {}}, [], {"parts": {"model": 3}, "random": {}, "state": {}}):
        metadata = {checkpoints.KEY: json.dumps({"version": 1, "content": content})}
        save_file({"a": np.zeros(3)}, foreign, metadata)
        refused(foreign.read_bytes(), "does not fit")


def test_what_cannot_be_written_leaves_the_last_one(saved, monkeypatch):
    path, one = saved
    before = path.read_bytes()

    def full(file, content):
        with file.open("wb") as begun:
            begun.write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        checkpoints.save(path, {"model": one})
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
