"""`minidl train --resume`: where it goes on, and what it refuses."""

import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys

import numpy as np
import pytest

import minidl
from minidl.cli import train

ROOT = pathlib.Path(__file__).parents[2]
SMALL = ("--epochs", "2", "--image-size", "8", "--batch-size", "4", "--checkpoint-every", "0")


@pytest.fixture
def stopped(run, pictures, tmp_path, monkeypatch):
    """The output folder of a run that was interrupted after its second step."""

    def interrupt(self, batch, logs):
        self.batch = batch
        self._request.made = batch == 1
        self._stop_if_interrupted()

    out = tmp_path / "run"
    with monkeypatch.context() as patched:
        patched.setattr(train.Watch, "on_train_batch_end", interrupt)
        result = run("train", pictures, *SMALL, "--out", out)
    assert result.code == 130
    assert f"Go on with it: minidl train --resume {out}" in result.out
    return out


def test_it_goes_on_and_leaves_what_is_finished(run, pictures, stopped, tmp_path):
    (stopped / ".checkpoint-abcd1234.safetensors").write_bytes(b"begun")
    code, said, _ = run("train", "--resume", stopped)
    assert code == 0
    assert "Going on in epoch 1, batch 3" in said
    whole = tmp_path / "whole"
    assert run("train", pictures, *SMALL, "--out", whole).code == 0
    assert (stopped / "history.csv").read_bytes() == (whole / "history.csv").read_bytes()
    models = (minidl.load_model(folder / "model.safetensors") for folder in (stopped, whole))
    for one, other in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(one, other)
    names = sorted(path.name for path in stopped.iterdir())
    assert names == sorted(path.name for path in whole.iterdir())
    before = {path: path.stat().st_mtime_ns for path in stopped.iterdir()}
    code, said, _ = run("train", "--resume", stopped)
    assert (code, "is finished; it is left as it is" in said) == (0, True)
    assert {path: path.stat().st_mtime_ns for path in stopped.iterdir()} == before


def test_without_a_checkpoint_it_starts_over(run, stopped):
    (stopped / "checkpoint.safetensors").unlink()
    code, said, _ = run("train", "--resume", stopped)
    assert code == 0
    assert "First step" in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cannot read"),
        ("{}", "cannot read"),
        ('{"version": 2}', "its form has version 2, this minidl reads up to 1"),
        ('{"version": 1, "settings": 3, "data": "", "finished": false}', "is not what minidl"),
        (
            '{"version": 1, "settings": {"epochs": 1}, "data": "", "finished": false}',
            "does not fit",
        ),
    ],
)
def test_a_broken_configuration(fails, stopped, content, message):
    (stopped / "config.json").write_text(content)
    assert message in fails("train", "--resume", stopped)


@pytest.mark.parametrize("content", [b"", b"x" * 300])
def test_a_broken_checkpoint(fails, stopped, content):
    before = (stopped / "model.safetensors").read_bytes()
    (stopped / "checkpoint.safetensors").write_bytes(content)
    assert "a truncated or foreign checkpoint" in fails("train", "--resume", stopped)
    assert (stopped / "model.safetensors").read_bytes() == before


def test_other_images(run, fails, stopped, pictures):
    shutil.copy(pictures / "red" / "0.png", pictures / "blue" / "9.png")
    code, _, err = run("train", "--resume", stopped)
    assert (code, "are not those that" in err.splitlines()[-1]) == (2, True)
    shutil.rmtree(pictures)
    assert str(pictures) in fails("train", "--resume", stopped)


def test_other_settings_and_folders(fails, stopped, tmp_path):
    assert "leave out --epochs" in fails("train", "--resume", stopped, "--epochs", 3)
    assert "leave out DATA" in fails("train", "mnist", "--resume", stopped)
    assert "there is no folder" in fails("train", "--resume", tmp_path / "none")
    assert "there is no config.json" in fails("train", "--resume", tmp_path)


def test_a_new_run_in_an_old_folder_begins_anew(run, pictures, stopped):
    code, said, _ = run("train", pictures, *SMALL, "--out", stopped, "--overwrite")
    assert code == 0
    assert "First step" in said
    settings = json.loads((stopped / "config.json").read_text())["settings"]
    assert settings["data"] == str(pictures)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux")
def test_killed_again_and_again(pictures):
    options = "--epochs 2 --batch-size 4 --image-size 8 --augment digits"
    script = ROOT / "tests/helpers/killing.py"
    command = [sys.executable, script, pictures, "--kills", "6", "--options", options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith("6 kills")


def test_a_full_disk_leaves_the_last_checkpoint(stopped):
    """No file may grow beyond half of the checkpoint: as on a full disk, writing it fails."""
    path = stopped / "checkpoint.safetensors"
    before, size = path.read_bytes(), path.stat().st_size
    ended = subprocess.run(
        [sys.executable, "-m", "minidl", "train", "--resume", stopped],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2)),
    )
    assert ended.returncode == 2
    assert ended.stderr.count("\n") <= 2  # a remark on compiling may come first
    assert "minidl: error: " in ended.stderr
    assert path.read_bytes() == before
    assert not [each for each in stopped.iterdir() if each.name.startswith(".")]
