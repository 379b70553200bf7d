"""How fast images are augmented, and what that adds to training.

``python -m benchmarks.augment`` measures, taking turns:

- images a second of 28 × 28, uint8 and float32, shifted, turned and made lighter or darker, in one
  pass of all bundled digits, with 1 thread and with 2;
- seconds that an epoch of ``fit`` takes for the article's CNN, batches of 64: with plain images,
  with the same augmentation by `minidl.data.augment`, and by layers in the model.
"""

import argparse
import statistics
import time

import numpy as np

import minidl
from minidl import layers
from minidl.data import augment

#: Shares of the sides, degrees, share of the way from black to white.
SHIFT, DEGREES, DELTA = 0.1, 10, 0.1


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.augment",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=7, help="turns of each (default 7)")
    rounds = parser.parse_args().rounds
    for name, rate in images_a_second(rounds).items():
        print(f"{name:<44} {rate:10,.0f} images/s")
    seconds = seconds_an_epoch(rounds)
    plain = seconds["fit, plain"]
    for name, took in seconds.items():
        print(f"{name:<44} {statistics.median(took):10.3f} s an epoch", end="")
        ratios = [ours / theirs for ours, theirs in zip(took, plain, strict=True)]
        print(f", {statistics.median(ratios):.2f} times plain")


def images_a_second(rounds):
    """Return the median rate of each kind of images, by its name."""
    levels, _ = digits()
    cases = {"uint8": levels, "float32": levels / np.float32(255)}
    rates = {(kind, threads): [] for kind in cases for threads in (1, 2)}
    before = minidl.get_num_threads()
    for epoch in range(rounds + 1):
        for (kind, threads), found in rates.items():
            minidl.set_num_threads(threads)
            policy = augment.Compose(transforms())
            start = time.perf_counter()
            policy(cases[kind], epoch=epoch)
            found.append(len(levels) / (time.perf_counter() - start))
    minidl.set_num_threads(before)
    # The first turn compiles.
    return {
        f"shift + rotate + brightness, {kind}, {threads} thread{'s' * (threads > 1)}": (
            statistics.median(found[1:])
        )
        for (kind, threads), found in rates.items()
    }


def seconds_an_epoch(rounds):
    """Return how long each of `rounds` epochs took, in seconds, by the name of the way."""
    levels, y = digits()
    x = levels / np.float32(255)
    black_and_white = {"value_range": (0, 1)}
    in_model = [
        layers.RandomTranslation(SHIFT, SHIFT, "constant"),
        layers.RandomRotation(DEGREES / 360, "constant"),
        layers.RandomBrightness(DELTA, **black_and_white),
    ]
    plain, augmented, layered = compiled([]), compiled([]), compiled(in_model)
    batches = augment.AugmentedBatches(x, y, augment.Compose(transforms()), 64)
    ways = {
        "fit, plain": lambda: plain.fit(x, y, 64, verbose=0),
        "fit, minidl.data.augment": lambda: augmented.fit(batches, verbose=0),
        "fit, layers in the model": lambda: layered.fit(x, y, 64, verbose=0),
    }
    took = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            took[name].append(time.perf_counter() - start)
    return {name: seconds[1:] for name, seconds in took.items()}


def compiled(first):
    """Return the article's CNN behind some layers."""
    network = minidl.applications.article_cnn()
    model = minidl.Sequential([layers.Input((28, 28, 1)), *first, *network.layers])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def digits():
    """Return the bundled digits that one trains on, (N, 28, 28, 1) uint8, and their labels."""
    (x, y), _ = minidl.datasets.mnist.load_data()
    return x[..., np.newaxis], y


def transforms():
    return [augment.Shift(SHIFT), augment.Rotate(DEGREES), augment.Brightness(DELTA)]


if __name__ == "__main__":
    main()
