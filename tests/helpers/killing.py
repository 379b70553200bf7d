"""Kill training again and again, and go on with it: nothing may differ by a bit in the end.

    PYTHONPATH=. python tests/helpers/killing.py --kills 50 --seed 0 [DATA]

does so with ``minidl train`` and ``minidl train --resume``, on the bundled digits if no folder of
images is named; with ``--fit``, with `fit` and `BackupAndRestore`. ``tests/cli/test_resume.py`` and
``tests/callbacks/test_saving.py`` do so with small images.

Every run is a fork of one process that has imported everything, so that it starts at once.
"""

import argparse
import os
import pathlib
import random
import select
import signal
import sys
import tempfile
import time

import numpy as np
import safetensors.numpy  # noqa: F401

import minidl
from minidl import callbacks, cli, layers, optimizers
from minidl.data import augment
from minidl.runtime import files

#: Runs that ended by themselves come between those that are killed; more than this is a defect.
MOST_RUNS = 30


class Command:
    """``minidl train``, and ``minidl train --resume`` once it has begun."""

    def __init__(self, data, options):
        self.begin = ["train", data, *options.split(), "--checkpoint-every", "0"]

    def __call__(self, out):
        begun = (out / "config.json").exists()
        how = ["train", "--resume"] if begun else [*self.begin, "--overwrite", "--out"]
        return cli.main([*how, str(out)])


class Fit:
    """`fit` with most of what has a state: layers, optimizer, data, metrics, callbacks."""

    def __call__(self, out):
        rng = np.random.default_rng(0)
        x, y = rng.random((24, 6, 6, 1)).astype(np.float32), np.arange(24) % 3
        minidl.set_random_seed(1)
        model = minidl.Sequential(
            [
                layers.Input((6, 6, 1)),
                layers.RandomTranslation(0.2, 0.2, seed=5),
                layers.Conv2D(2, 3),
                layers.BatchNormalization(),
                layers.Flatten(),
                layers.Dropout(0.3),
                layers.Dense(3, activation="softmax"),
            ]
        )
        adam = optimizers.Adam(0.01, gradient_accumulation_steps=2, use_ema=True)
        model.compile(adam, "sparse_categorical_crossentropy", metrics=["accuracy"])
        policy = augment.Compose([augment.Shift(0.2)], seed=3)
        model.fit(
            augment.AugmentedBatches(x, y, policy, 4),
            epochs=5,
            verbose=0,
            validation_data=(x, y),
            callbacks=[
                callbacks.BackupAndRestore(out, save_freq=1),
                callbacks.CSVLogger(out / "history.csv"),
                callbacks.EarlyStopping(patience=3, restore_best_weights=True),
                callbacks.ReduceLROnPlateau(patience=1, min_delta=0.02),
            ],
        )
        model.save(out / "model.safetensors")
        files.sweep(out / "model.safetensors")
        return 0


def run(job, out, log, seconds=None):
    """Do the job in a fork; kill it after so many seconds. Return whether it was killed."""
    child = os.fork()
    if not child:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os._exit(job(out))
    ended = os.pidfd_open(child)
    if not select.select([ended], [], [], seconds)[0]:
        os.kill(child, signal.SIGKILL)
    os.close(ended)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status):
        raise AssertionError(f"exit code {os.WEXITSTATUS(status)}: {log.read_text()}")
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("data", nargs="?", default="mnist")
    parser.add_argument("--fit", action="store_true", help="fit instead of the command")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--options", default="--epochs 2", help="of minidl train")
    options = parser.parse_args()
    job = Fit() if options.fit else Command(options.data, options.options)
    with tempfile.TemporaryDirectory() as folder:
        play(job, pathlib.Path(folder), options.kills, random.Random(options.seed))


def play(job, folder, most, rng):
    """Kill the job `most` times, and compare every run that comes to its end."""
    log = folder / "log.txt"
    run(job, folder / "compile", log)  # the kernels: otherwise their time is counted too
    began = time.perf_counter()
    run(job, folder / "whole", log)
    longest = time.perf_counter() - began
    expected = outcome(folder / "whole")
    kills = writing = 0
    for number in range(1, most + MOST_RUNS):
        out = folder / str(number)
        while kills < most:
            fresh, began = not out.exists(), time.perf_counter()
            if not run(job, out, log, rng.uniform(0, longest)):
                if fresh:  # the machine has become faster
                    longest = min(longest, time.perf_counter() - began)
                break
            kills += 1
            writing += out.exists() and any(each.name.startswith(".") for each in out.iterdir())
        run(job, out, log)  # to its end; if it is there, nothing may change
        assert outcome(out) == expected, f"run {number} ended differently"
        if kills >= most:
            print(f"{kills} kills, {writing} while a file was written, {number} runs to the end")
            return
    sys.exit(f"only {kills} runs could be killed")


def outcome(out):
    """Return what has to be equal, bit for bit; files that were begun must be gone."""
    left = sorted(each.name for each in out.iterdir())
    assert not any(name.startswith(".") or name == "checkpoint.safetensors" for name in left), left
    return [(out / name).read_bytes() for name in ("model.safetensors", "history.csv")]


if __name__ == "__main__":
    main()
