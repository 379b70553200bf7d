"""`minidl finetune`: what it keeps of a network, what it learns, and what it refuses."""

import re

import numpy as np
import pytest

import minidl
from minidl.cli import results
from minidl.saving import load_extra

FEW = ("--labels-per-class", 3, "--epochs", 2)


@pytest.fixture(scope="session")
def model(digits):
    return digits / "model.safetensors"


@pytest.fixture
def no_figures(monkeypatch):
    """Figures take longer than the training; one test of the command looks at them."""
    write = results.write
    monkeypatch.setattr(results, "write", lambda run, path, figures=None: write(run, path, False))


def saved(path, classes=("blue", "red"), head=None, shape=(8, 8, 3)):
    """Save a small untrained network, and return it."""
    minidl.set_random_seed(1)
    network = minidl.applications.article_cnn(shape, len(classes))
    if head is not None:
        network.pop()
        network.add(head)
    network.save(path, class_names=list(classes))
    return network


def test_other_writers_digits(run, model, tmp_path):
    out = tmp_path / "run"
    options = ("--labels-per-class", 10, "--augment", "digits", "--average", 0.95, "--epochs", 15)
    code, said, _ = run("finetune", model, "digits8x8", *options, "--out", out)
    assert code == 0
    assert "100 training, 797 test images" in said
    assert "10: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9; 10 known to the model" in said
    assert "3 of 3 layers learn" in said
    before = float(re.search(r"Before fine-tuning: accuracy (\S+) %", said)[1])
    after = float(re.search(r"accuracy +\S+ % +(\S+) %", said)[1])
    assert before > 40
    assert after > max(85, before + 5)
    assert len(list(out.iterdir())) == 6
    network = minidl.load_model(out / "model.safetensors")
    assert network.layers[-1].name == "head"
    assert load_extra(out / "model.safetensors") == load_extra(model)


def test_frozen_layers_are_those_of_the_model(run, no_figures, model, tmp_path):
    for count in (0, 2):
        out = tmp_path / str(count)
        assert run("finetune", model, "digits8x8", *FEW, "--freeze", count, "--out", out).code == 0
        old, new = (minidl.load_model(p).get_weights() for p in (model, out / "model.safetensors"))
        same = [np.array_equal(a, b) for a, b in zip(old, new, strict=True)]
        assert same == [True] * 2 * count + [False] * (6 - 2 * count)


def test_the_rates_fall_towards_the_input(run, no_figures, model, tmp_path):
    moved = []
    for decay in (1, 100):
        out = tmp_path / str(decay)
        assert (
            run("finetune", model, "digits8x8", *FEW, "--rate-decay", decay, "--out", out).code == 0
        )
        pair = (minidl.load_model(path) for path in (model, out / "model.safetensors"))
        old, new = (network.layers[0].kernel.data for network in pair)
        moved.append(np.abs(old - new).max())
    assert 0 < moved[1] < moved[0] / 100


def test_a_folder_with_other_classes(run, no_figures, pictures, tmp_path):
    """It keeps what the head knew of 'red', though there the class had another number."""
    network = saved(tmp_path / "m.safetensors", ("red", "green", "grey"))
    out = tmp_path / "run"
    options = ("--freeze", 2, "--learning-rate", 1e-6, "--epochs", 1)
    code, said, _ = run("finetune", tmp_path / "m.safetensors", pictures, *options, "--out", out)
    assert code == 0
    assert "2: blue, red; 1 known to the model" in said
    assert "1 of 3 layers learn" in said
    new = minidl.load_model(out / "model.safetensors").layers[-1].kernel.data
    np.testing.assert_allclose(new[:, 1], network.layers[-1].kernel.data[:, 0], atol=1e-5)
    assert load_extra(out / "model.safetensors")["class_names"] == ["blue", "red"]
    image = next((pictures / "red").iterdir())
    assert run("predict", out / "model.safetensors", image).code == 0


def test_images_are_prepared_as_the_model_needs_them(run, no_figures, pictures, tmp_path):
    saved(tmp_path / "m.safetensors", shape=(6, 9, 1))
    out = tmp_path / "run"
    assert run("finetune", tmp_path / "m.safetensors", pictures, *FEW, "--out", out).code == 0
    assert minidl.load_model(out / "model.safetensors").input_shape == (None, 6, 9, 1)


def test_a_network_without_a_convolution(run, pictures, tmp_path):
    rows = [minidl.Input((8, 8, 3)), minidl.layers.Flatten(), minidl.layers.Dense(2, "softmax")]
    minidl.Sequential(rows).save(tmp_path / "m.safetensors")
    out = tmp_path / "run"
    assert run("finetune", tmp_path / "m.safetensors", pictures, *FEW, "--out", out).code == 0
    assert not (out / "filters.png").exists()


def test_the_same_seed_gives_the_same_file(run, no_figures, pictures, tmp_path):
    saved(tmp_path / "m.safetensors")

    def file(name, seed):
        out = tmp_path / name
        options = (*FEW, "--seed", seed, "--out", out)
        assert run("finetune", tmp_path / "m.safetensors", pictures, *options).code == 0
        return (out / "model.safetensors").read_bytes()

    first = file("a", 1)
    assert file("b", 1) == first
    assert file("c", 2) != first


def test_a_head_that_does_not_fit(fails, pictures, tmp_path):
    for head, message in (
        (minidl.layers.Dropout(0.5), "the head of .* needs to be a Dense layer, but .*Dropout"),
        (minidl.layers.LayerNormalization(), "but the model ends with <LayerNormalization"),
    ):
        saved(tmp_path / "m.safetensors", ["a"] * 128, head)
        network = minidl.load_model(tmp_path / "m.safetensors")
        names = [str(i) for i in range(128)]
        network.save(tmp_path / "m.safetensors", class_names=names)
        error = fails("finetune", tmp_path / "m.safetensors", pictures, "--out", tmp_path / "run")
        assert re.search(message, error)
        assert "m.safetensors: " in error
    assert not (tmp_path / "run").exists()


def test_what_cannot_be_learned(fails, model, pictures, write_images, tmp_path):
    out = ("--out", tmp_path / "run")
    small = tmp_path / "small.safetensors"
    saved(small)
    for arguments, message in (
        ((tmp_path / "none.safetensors", "mnist"), "there is no model file"),
        ((next(pictures.rglob("*.png")), "mnist"), "not a safetensors file"),
        ((model, tmp_path / "nowhere"), "nowhere"),
        (
            (small, "digits8x8"),
            "takes images of 8 × 8 × 3, but the digits of digits8x8 are 28 × 28",
        ),
        ((model, "digits8x8", "--labels-per-class", 100), "class '2' has 86 training images"),
        ((model, "digits8x8", "--labels-per-class", 0), "--labels-per-class needs a whole number"),
        ((model, "digits8x8", "--freeze", 3), "at most 2 can be frozen, got 3"),
        ((model, "digits8x8", "--freeze", -1), "--freeze needs a whole number"),
        ((model, "digits8x8", "--rate-decay", 0.5), r"--rate-decay needs a number in \[1, "),
        ((model, "digits8x8", "--average", 1), "--average needs a share from 0 to less than 1"),
        ((model, "digits8x8", "--augment", "cats"), "unknown --augment 'cats'"),
        ((model, "digits8x8", "--epochs", 0), "--epochs needs a whole number"),
        ((model, "digits8x8", "--learning-rate", 0), "--learning-rate needs a number"),
        ((model,), "DATA"),
    ):
        assert re.search(message, fails("finetune", *arguments, *out))
    assert not (tmp_path / "run").exists()
    assert "lies in the folder of images" in fails(
        "finetune", model, pictures, "--out", pictures / "red" / "run"
    )


def test_training_on_the_small_digits_needs_no_folder(run, no_figures, tmp_path):
    code, said, _ = run("train", "digits8x8", "--epochs", 1, "--out", tmp_path / "run")
    assert code == 0
    assert "1,000 training, 797 test images, 28 × 28 grey" in said
