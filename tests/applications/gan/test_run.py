"""A run in a folder: stopped, killed, gone on with, damaged."""

import json
import pathlib

import numpy as np
import pytest

from minidl.applications import gan
from minidl.applications.gan import run as running


def recipe(**options):
    return gan.Recipe(**{"width": 4, "latent_dim": 5, "batch_size": 6, "seed": 3} | options)


def data():
    rng = np.random.default_rng(0)
    return rng.random((40, 8, 8, 1), np.float32), np.arange(40) % 3


def every_weight(network):
    return [weight.data.copy() for weight in network.weights]


def equal(a, b):
    return all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def start(folder, steps=11, **options):
    folder.mkdir()
    run = running.Run(folder, recipe(**options), steps, *data())
    run.write_settings()
    return run


def state(run):
    networks = run.gan.generator, run.gan.discriminator, run.gan.averaged
    slots = [
        array
        for optimizer in (run.gan.generator_optimizer, run.gan.discriminator_optimizer)
        for arrays in optimizer.slots.values()
        for array in arrays
    ]
    return [*(w for network in networks for w in every_weight(network)), *slots]


@pytest.mark.parametrize("loss", ["non_saturating", "wasserstein"])
@pytest.mark.parametrize("form", gan.FORMS)
def test_going_on_equals_an_uninterrupted_run_bit_for_bit(tmp_path, form, loss):
    whole = start(tmp_path / "whole", form=form, loss=loss)
    assert whole.train()
    first = start(tmp_path / "parts", form=form, loss=loss)
    stops = [2, 7, 8]
    while stops:
        stop = stops.pop(0)
        assert not first.train(lambda steps, stop=stop: steps == stop)
        first.save()
        np.random.default_rng().random()
        settings = running.read_settings(first.folder)
        first = running.Run(first.folder, *settings, *data())
        first.restore()
        assert first.gan.steps == stop
    assert first.train()
    assert equal(state(first), state(whole))
    assert first.losses == whole.losses
    assert len(whole.losses) == whole.epochs


def test_a_run_that_is_killed_goes_on_from_its_last_epoch(tmp_path):
    whole = start(tmp_path / "whole", steps=14)
    whole.train()
    run = start(tmp_path / "killed", steps=14)

    def kill(steps):
        if steps == 9:  # an epoch has 6
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.train(kill)
    run = running.Run(run.folder, *running.read_settings(run.folder), *data())
    run.restore()
    assert run.gan.steps == 6
    run.train()
    assert equal(state(run), state(whole))
    assert run.losses == whole.losses


def test_without_a_checkpoint_it_starts_over(tmp_path):
    run = start(tmp_path / "run")
    before = state(run)
    run.restore()
    assert run.gan.steps == 0
    assert equal(state(run), before)


def test_the_seed_decides(tmp_path):
    found = []
    for number, seed in enumerate((1, 1, 2)):
        run = start(tmp_path / str(number), steps=2, seed=seed)
        run.train()
        found.append(state(run))
    assert equal(found[0], found[1])
    assert not equal(found[0], found[2])


def test_losses_that_are_not_finite_stop_the_training(tmp_path):
    run = start(tmp_path / "run", steps=30, learning_rate=1e30, form="dense")
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=r"losses became .* at step"):
        run.train()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:1000]), "truncated"),
        (lambda path: path.write_bytes(b"no checkpoint at all"), "truncated or foreign"),
        (lambda path: other_checkpoint(path, width=8), "does not fit"),
        (lambda path: other_checkpoint(path, learning_rate=0.5), "not of the run"),
    ],
)
def test_checkpoints_that_are_refused(tmp_path, damage, message):
    run = start(tmp_path / "run", steps=3)
    run.train()
    damage(run.folder / running.CHECKPOINT)
    run = running.Run(run.folder, *running.read_settings(run.folder), *data())
    with pytest.raises(ValueError, match=message) as caught:
        run.restore()
    assert str(run.folder / running.CHECKPOINT) in str(caught.value)
    assert "\n" not in str(caught.value)


def other_checkpoint(path, **options):
    folder = path.parent / "other"
    run = start(folder, steps=3, **options)
    run.train()
    pathlib.Path(folder, running.CHECKPOINT).replace(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda found: found | {"version": 99}, "version 99"),
        (lambda found: found | {"version": "1"}, "whole number"),
        (lambda found: found | {"steps": 0}, "at least 1"),
        (lambda found: {"version": 1}, "'recipe' is missing"),
        (lambda found: found | {"recipe": {}}, "a recipe needs"),
        (lambda found: found | {"recipe": found["recipe"] | {"loss": "x"}}, "unknown loss 'x'"),
        (lambda found: [], "not the settings"),
    ],
)
def test_settings_that_are_refused(tmp_path, change, message):
    run = start(tmp_path / "run")
    path = run.folder / running.SETTINGS
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(ValueError, match=message):
        running.read_settings(run.folder)


def test_settings_that_are_no_json_or_missing(tmp_path):
    with pytest.raises(FileNotFoundError, match="no run of a GAN"):
        running.read_settings(tmp_path)
    (tmp_path / running.SETTINGS).write_bytes(b"\xff{")
    with pytest.raises(ValueError, match="not the settings of a GAN"):
        running.read_settings(tmp_path)
