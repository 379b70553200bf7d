"""How many labels each strategy needs, on the bundled digits: ``python -m benchmarks.active``.

The article's CNN is trained anew each round on what is labelled so far; then the strategy chooses
the next digits of the pool of 8,000 to label. Accuracy is measured on the 1,000 test digits and
averaged over seeds; what counts is the number of labels at which the mean reaches 93 %.
"""

import argparse
import json
import pathlib
import time

import numpy as np

import minidl
from minidl import plots
from minidl.applications import article_cnn
from minidl.data import active
from minidl.data.active import LearningCurve
from minidl.runtime import files

HERE = pathlib.Path(__file__).parent
TARGET = 0.93
START = 100
#: Labels a round, and at the end. What is labelled at random does not depend on the rounds
#: before, so larger steps change nothing but the time.
STEP, LAST = 50, 1000
RANDOM_STEP, RANDOM_LAST = 200, 2500
ORDER = ("margin", "random", "mix", "entropy", "least_confidence", "k_center")


def make_model():
    model = article_cnn()
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def play(data, strategy, seed, epochs):
    """Return the learning curve of one game."""
    (x, y), test = data
    step, last = (RANDOM_STEP, RANDOM_LAST) if strategy == "random" else (STEP, LAST)
    return active.run(
        make_model,
        x,
        y,
        *test,
        strategy=strategy,
        start=START,
        step=step,
        rounds=(last - START) // step,
        epochs=epochs,
        seed=seed,
    )


def labels_needed(curves):
    """Return the numbers of labels at which the mean accuracy reaches the target.

    Returns
    -------
    dict
        "first": where it does for the first time; "lasting": from where on it never falls below
        it again. None where it does not.
    """
    labels = curves[0].labels
    reached = np.mean([curve.accuracy for curve in curves], axis=0) >= TARGET
    below = np.flatnonzero(~reached)
    lasting = below[-1] + 1 if below.size else 0
    return {
        "first": int(labels[reached.argmax()]) if reached.any() else None,
        "lasting": int(labels[lasting]) if lasting < len(labels) else None,
    }


def report(curves, epochs):
    """Return all figures, for JSON."""
    by_strategy = {}
    for curve in curves:
        by_strategy.setdefault(curve.strategy, []).append(curve)
    return {
        "target": TARGET,
        "epochs": epochs,
        "strategies": {
            name: {
                "labels_needed": labels_needed(runs),
                "labels": runs[0].labels.tolist(),
                "accuracy": [run.accuracy.tolist() for run in runs],
            }
            for name, runs in by_strategy.items()
        },
    }


def earlier(path, options):
    """Return an earlier report's curves of the strategies that are not measured now."""
    if not path.exists():
        return []
    found = json.loads(path.read_text())
    if found["epochs"] != options.epochs:
        return []
    return [
        LearningCurve(name, np.array(each["labels"]), np.array(accuracy), np.array([], int))
        for name, each in found["strategies"].items()
        if name not in options.strategies
        for accuracy in each["accuracy"]
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, default=5, help="how many (default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=20, help="of each model (%(default)s)")
    parser.add_argument(
        "--strategies",
        nargs="+",
        choices=ORDER,
        default=ORDER,
        metavar="NAME",
        help="which to measure; of the others, an earlier run's figures are kept (default: all)",
    )
    parser.add_argument("--out", type=pathlib.Path, default=HERE, help="folder of the results")
    options = parser.parse_args()
    results, figures = options.out / "results", options.out / "figures"
    for folder in (results, figures):
        folder.mkdir(parents=True, exist_ok=True)

    data = minidl.datasets.mnist.load_data()
    data = [(x[..., np.newaxis] / np.float32(255), y) for x, y in data]
    curves = earlier(results / "active.json", options)
    for strategy in options.strategies:
        for seed in range(options.seeds):
            began = time.perf_counter()
            curves.append(play(data, strategy, seed, options.epochs))
            print(f"{strategy}, seed {seed}: {time.perf_counter() - began:.0f} s", flush=True)
            found = report(curves, options.epochs)
            files.write_json(results / "active.json", found)
        needed = labels_needed(curves[-options.seeds :])
        print(
            f"{strategy}: {TARGET:.0%} at {needed['first']} labels, "
            f"and lastingly at {needed['lasting']}",
            flush=True,
        )
    plots.save(plots.learning_curves(curves, TARGET), figures / "active.png")


if __name__ == "__main__":
    main()
