"""`minidl gan`: what it writes, what it refuses, and how it is stopped and gone on with."""

import contextlib
import csv
import json
import os
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import minidl
from minidl import cli
from minidl.applications import gan as game
from minidl.applications.gan import run as running
from minidl.cli import gan, gan_results

FILES = ["animation.gif", "checkpoint.safetensors", "gan.json", "losses.csv", "losses.png"]
FILES += ["model.safetensors", "neighbours.png", "report.json", "samples", "samples.png"]
TINY = ("--form", "dense", "--width", "4", "--latent-dim", "8", "--batch-size", "50")

#: 4 steps of an epoch; the judge learns from these too.
FEW = """
from minidl.cli import gan
load = gan.load
def few():
    (x, y), (x_test, y_test) = load()
    return gan.gan_results.Digits((x[:200], y[:200]), (x_test[:50], y_test[:50]))
gan.load = few
"""


WHOLE = (*TINY, "--epochs", "3", "--seed", "5")


@contextlib.contextmanager
def few():
    """Inside, there are few digits, and few images are judged."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gan_results, "JUDGED", 60)
        patch.setattr(gan, "load", gan.load)  # undone at the end
        exec(FEW, {})
        yield


@pytest.fixture(autouse=True)
def _few():
    with few():
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The folder of a run that was not interrupted; it is only read."""
    folder = tmp_path_factory.mktemp("gan") / "whole"
    with few():
        assert cli.main(["gan", *WHOLE, "--out", str(folder)]) == 0
    return folder


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def losses(folder):
    with open(folder / "losses.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_what_it_writes(whole):
    assert names(whole) == FILES
    assert [row["epoch"] for row in losses(whole)] == ["1", "2", "3"]
    assert list(losses(whole)[0]) == ["epoch", "discriminator_loss", "generator_loss"]
    assert names(whole / "samples") == [f"epoch_000{i}.png" for i in range(4)]
    with Image.open(whole / "animation.gif") as film:
        assert film.n_frames == 4
        assert film.size == (578, 578)


def test_what_it_says(run, tmp_path):
    out = tmp_path / "run"
    code, said, err = run("gan", "--unconditional", *TINY, "--steps", 6, "--out", out)
    assert code == 0
    for line in ("Networks dense, unc", "Epoch 1/2 · discriminator ", "Fréchet distance", "rarest"):
        assert line in said
    assert "recognised as the class asked for" not in said
    assert all(f"  {out / name}\n" in said for name in FILES if name != "gan.json")
    report = json.loads((out / "report.json").read_text())
    assert report["recipe"]["conditional"] is False
    assert report["verdict"]["recognised"] is None
    assert sum(report["verdict"]["spread"]) == pytest.approx(1)
    assert report["verdict"]["samples"] == 60
    assert report["verdict"]["warnings"]
    for warning in report["verdict"]["warnings"]:
        assert f"minidl: warning: {warning}\n" in err


def test_the_model_makes_the_images(whole):
    model = minidl.load_model(whole / "model.safetensors")
    noise = np.random.default_rng((0, 2)).standard_normal((100, 8), np.float32)
    images = game.generate(model, noise, np.repeat(np.arange(10), 10), classes=10)
    with Image.open(whole / "samples" / "epoch_0003.png") as picture:
        shown = np.asarray(picture)[::2, ::2]
    assert np.array_equal(shown[29:57, 58:86], np.rint(255 * images[12, ..., 0]))
    with Image.open(whole / "samples" / "epoch_0000.png") as picture:
        assert not np.array_equal(np.asarray(picture)[::2, ::2], shown)


def test_ctrl_c_keeps_what_is_there_and_it_goes_on(run, whole, tmp_path, monkeypatch):
    parts = tmp_path / "parts"

    def step(network, batches, step=game.GAN.step):
        if network.steps in (1, 6) and not stopped[network.steps]:
            stopped[network.steps] = True
            signal.raise_signal(signal.SIGINT)
        return step(network, batches)

    stopped = {1: False, 6: False}
    monkeypatch.setattr(game.GAN, "step", step)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code, said, err = run("gan", *WHOLE, "--out", parts)
        assert code == 130
        assert "minidl: interrupted" in err
        assert "Stopped after step 2 of 12." in said
        assert f"Go on: minidl gan --resume {parts}" in said
        assert {"model.safetensors", "checkpoint.safetensors", "losses.csv"} <= set(names(parts))
        code, said, _ = run("gan", "--resume", parts)
        assert code == 130
        assert "Going on after step 2 of 12." in said
        assert "losses.png" in names(parts)
        assert run("gan", "--resume", parts).code == 0
    finally:
        signal.signal(signal.SIGINT, before)
    assert_equal_results(parts, whole)
    finished = {name: (parts / name).stat().st_mtime_ns for name in names(parts)}
    code, said, _ = run("gan", "--resume", parts)
    assert code == 0
    assert "is finished" in said
    assert finished == {name: (parts / name).stat().st_mtime_ns for name in names(parts)}


def assert_equal_results(one, other):
    assert names(one) == names(other)
    for name in ("model.safetensors", "losses.csv", "samples/epoch_0003.png", "animation.gif"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    verdicts = [json.loads((each / "report.json").read_text())["verdict"] for each in (one, other)]
    assert verdicts[0] == verdicts[1]


#: Ends the process, as `kill -9` does, when it is about to put a file of the run in its place.
KILLED = (
    FEW
    + """
import os, pathlib, signal, sys
from minidl.cli import gan_results, main
gan_results.JUDGED = 60
folder, left, replace = pathlib.Path(sys.argv[1]), int(sys.argv[2]), pathlib.Path.replace
def kill(path, target):
    global left
    left -= folder in pathlib.Path(target).parents
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(path, target)
pathlib.Path.replace = kill
sys.exit(main(sys.argv[3:]))
"""
)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 here")
def test_killed_while_it_writes_it_goes_on_as_if_it_had_not_been(whole, tmp_path):
    parts = tmp_path / "parts"
    first = ["gan", *WHOLE, "--out", str(parts)]
    resume = ["gan", "--resume", str(parts)]
    # The settings and a grid; then, for each epoch, a grid, the losses, the checkpoint.
    for at, arguments in ((8, first), (2, resume), (6, resume), (0, resume)):
        command = [sys.executable, "-c", KILLED, str(parts), str(at), *arguments]
        ended = subprocess.run(command, capture_output=True, env=os.environ)
        assert ended.returncode == (-signal.SIGKILL if at else 0), ended.stderr.decode()
    assert names(parts) == FILES
    assert not list(parts.rglob(".*"))  # what a killed process had begun to write is gone
    assert_equal_results(parts, whole)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--loss", "wassertein"), "--loss: unknown loss 'wassertein': did you mean 'wasserstein'"),
        (("--form", "conv"), "--form: unknown form 'conv'"),
        (("--steps", "0"), "--steps needs a whole number of at least 1"),
        (("--epochs", "-1"), "--epochs needs"),
        (("--epochs", "1", "--steps", "1"), "give one of them"),
        (("--batch-size", "1"), "--batch-size needs a whole number of at least 2"),
        (("--batch-size", "9000"), "--batch-size: a step needs 9000 images"),
        (("--learning-rate", "0"), "--learning-rate needs a number in (0, inf)"),
        (("--learning-rate", "nan"), "--learning-rate needs"),
        (("--averaging", "1"), "--averaging needs a number below 1"),
        (("--latent-dim", "0"), "--latent-dim needs"),
        (("--width", "1"), "--width needs"),
        (("--seed", "-1"), "--seed needs"),
        (("--resume", "no such folder"), "there is no run of a GAN in no such folder"),
        (("--resume", "x", "--loss", "hinge"), "leave out --loss"),
        (("--resume", "x", "--unconditional"), "leave out --conditional"),
    ],
)
def test_bad_options(fails, tmp_path, options, message):
    out = () if "--resume" in options else ("--out", tmp_path / "run")
    assert message in fails("gan", *options, *out)
    assert not (tmp_path / "run").exists()


def test_a_folder_that_is_not_empty(run, fails, whole, tmp_path):
    out = tmp_path / "run"
    shutil.copytree(whole, out)
    (out / "mine.txt").write_text("kept")
    assert "is not empty" in fails("gan", *TINY, "--steps", 1, "--out", out)
    assert run("gan", *TINY, "--steps", 1, "--out", out, "--overwrite").code == 0
    assert names(out / "samples") == ["epoch_0000.png", "epoch_0001.png"]
    assert len(losses(out)) == 1
    assert (out / "mine.txt").read_text() == "kept"


def newer(data):
    """Return a checkpoint whose version is another, of as many bytes."""
    found = data.replace(b'{\\"version\\": 1,', b'{\\"version\\":99,', 1)
    assert found != data
    return found


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: b"no checkpoint", "truncated or foreign"),
        (lambda data: data[:2000], "truncated"),
        (newer, "version 99"),
    ],
)
def test_damaged_checkpoints(fails, whole, tmp_path, damage, message):
    out = tmp_path / "run"
    shutil.copytree(whole, out)
    (out / "report.json").unlink()
    path = out / running.CHECKPOINT
    path.write_bytes(damage(path.read_bytes()))
    before = {each: each.read_bytes() for each in out.rglob("*.*")}
    assert message in fails("gan", "--resume", out)
    assert before == {each: each.read_bytes() for each in out.rglob("*.*")}


def test_losses_that_overflow(fails, tmp_path):
    with np.errstate(all="ignore"):
        error = fails(
            "gan", *TINY, "--steps", 40, "--learning-rate", "1e30", "--out", tmp_path / "run"
        )
    assert "a smaller learning rate usually helps" in error
