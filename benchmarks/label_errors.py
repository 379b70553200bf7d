"""Flipped labels of the bundled digits, found again: ``python -m benchmarks.label_errors``.

5 % of the 8,000 training labels are changed at random to another class. Five models, each of which
has not seen a fifth of the digits, say how likely the given labels are. How many of the flipped
labels stand in the first 5 % of the ranking?
"""

import argparse
import json
import pathlib
import time

import numpy as np

import minidl
from minidl.applications import article_cnn
from minidl.data.label_errors import find_label_errors, label_quality, out_of_fold
from minidl.runtime import files

RESULTS = pathlib.Path(__file__).parent / "results" / "label_errors.json"
FLIPPED = 0.05
FOLDS = 5


def flip(y, share, rng, classes=10):
    """Return labels of which a share is changed to another class, and which those are."""
    flipped = rng.choice(len(y), round(share * len(y)), replace=False)
    noisy = y.astype(np.int64)
    noisy[flipped] = (noisy[flipped] + rng.integers(1, classes, len(flipped))) % classes
    return noisy, np.sort(flipped)


def make_model():
    model = article_cnn()
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def trial(x, y, seed, epochs):
    """Flip, train, rank; returns the figures of one seed."""
    noisy, flipped = flip(y, FLIPPED, np.random.default_rng(seed))
    began = time.perf_counter()
    p = out_of_fold(make_model, x, noisy, folds=FOLDS, epochs=epochs, seed=seed)
    seconds = time.perf_counter() - began
    first = np.argsort(label_quality(noisy, p), kind="stable")[: len(flipped)]
    suspects = find_label_errors(noisy, p)
    right = np.isin(suspects, flipped).sum()
    return {
        "seed": seed,
        "found": float(np.isin(flipped, first).mean()),
        "suspects": len(suspects),
        "precision": float(right / len(suspects)),
        "recall": float(right / len(flipped)),
        "seconds": seconds,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, default=3, help="how many (default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=5, help="of each model (%(default)s)")
    parser.add_argument("--out", type=pathlib.Path, default=RESULTS, help="the figures, as JSON")
    options = parser.parse_args()
    (x, y), _ = minidl.datasets.mnist.load_data()
    x = x[..., np.newaxis] / np.float32(255)
    trials = []
    print("seed   in the first 5 %   suspects   precision   recall   time")
    for seed in range(options.seeds):
        trials.append(trial(x, y, seed, options.epochs))
        t = trials[-1]
        print(
            f"{seed:4} {t['found']:18.1%} {t['suspects']:10} {t['precision']:11.1%} "
            f"{t['recall']:8.1%} {t['seconds']:5.0f} s",
            flush=True,
        )
    mean = float(np.mean([t["found"] for t in trials]))
    print(f"mean {mean:18.1%}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    report = {"images": len(y), "flipped": FLIPPED, "folds": FOLDS, "epochs": options.epochs}
    with files.replacing(options.out) as temporary:
        temporary.write_text(json.dumps(report | {"mean": mean, "trials": trials}, indent=2) + "\n")


if __name__ == "__main__":
    main()
