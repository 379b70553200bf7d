"""The child process in which a model learns, and guesses: ``python -m minidl.label.learn``.

A process of its own keeps the server quick, and takes nothing with it if it fails. One line of
JSON comes in on stdin, the job; lines of JSON go out on stdout. It ends when stdin does, which
is when the server ends. Tested by ``tests/label/test_learn.py``.
"""

import contextlib
import json
import math
import os
import sys
import threading
import warnings

import numpy as np

import minidl
from minidl import data
from minidl.callbacks import Callback
from minidl.cli.images import scaled
from minidl.cli.predict import BATCH_SIZE, load, probabilities
from minidl.optimizers import Adam

SIZE = (28, 28, 3)  # images of a network made from nothing
STEPS = 300  # of training, about; few labels are seen 50 times, many at least 5
TOP = 3  # guesses for each image


def main():
    """Do the job on stdin; whatever goes wrong is a line of JSON too."""
    job = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(10)  # whoever is labelling comes first
    try:
        work(job, _tell)
    except Exception as error:  # the server shows it
        _tell(error=str(error) or type(error).__name__)


def work(job, tell):
    """Learn, if there is something to learn from, then guess; report through `tell`.

    Parameters
    ----------
    job : dict
        "images" {id: path}, "labels" {id: class}, "model" (the path of a saved one, or None) and
        "out" (where to write what it learns, or None: it only guesses).
    tell : callable
        Called with ``progress=(epoch, epochs)``, and in the end with ``guesses={id: [(class,
        probability), …]}``, the likeliest first.
    """
    network, names = load(job["model"]) if job["model"] else (None, [])
    if job["out"]:
        network, names = taught(network, names, job["images"], job["labels"], tell)
        height, width, channels = network.input_shape[1:]
        network.save(job["out"], class_names=names, image_size=[height, width], grey=channels == 1)
    tell(guesses=guess(network, names, job["images"], job["out"] or job["model"]))


def taught(network, names, images, labels, tell):
    """Return a network that has learnt from labels, and the names of its classes.

    It starts from `network`, which keeps its classes and is given those that it lacks; without
    one, from the article's CNN with random weights. Same labels, same result.
    """
    minidl.set_random_seed(0)
    names = [*names, *sorted(set(labels.values()) - set(names))]
    network = _widened(network, names)
    x, found = _read(network, [(name, images[name]) for name in labels])
    y = np.array([names.index(labels[name]) for name in found])
    if len(set(y)) < 2:
        raise ValueError("needs readable images of at least two classes to learn from")
    epochs = int(np.clip(math.ceil(STEPS * 32 / len(y)), 5, 50))
    network.compile(Adam(0.001), "sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(scaled(x), y, 32, epochs, verbose=0, callbacks=[_Progress(epochs, tell)])
    return network, names


def guess(network, names, images, path):
    """Return the likeliest classes of every image that can be read, with their probabilities."""
    guesses = {}
    rows = list(images.items())
    for first in range(0, len(rows), BATCH_SIZE):
        x, found = _read(network, rows[first : first + BATCH_SIZE])
        for name, p in zip(found, probabilities(network, list(x), path), strict=True):
            best = np.argsort(-p, kind="stable")[:TOP]
            guesses[name] = [(names[i], float(p[i])) for i in best]
    return guesses


class _Progress(Callback):
    """Tells how far the training is."""

    def __init__(self, epochs, tell):
        self.epochs = epochs
        self.tell = tell

    def on_epoch_end(self, epoch, logs):
        self.tell(progress=(epoch + 1, self.epochs))


def _widened(network, names):
    """Return the network with an output for each name; what it knows of the old ones stays."""
    layers = minidl.layers
    if network is None:
        return minidl.applications.article_cnn(SIZE, len(names))
    (known,) = network.compute_output_shape(network.input_shape)[1:]
    if known == len(names):
        return network
    head = network.layers[-1]
    if not isinstance(network, minidl.Sequential) or not isinstance(head, layers.Dense):
        return minidl.applications.article_cnn(network.input_shape[1:], len(names))
    config = {"units": len(names), "name": f"{head.name}_{len(names)}"}
    wider = layers.Dense.from_config(head.get_config() | config)
    image = layers.Input(network.input_shape[1:])
    network = minidl.Sequential([image, *network.layers[:-1], wider])
    weights = wider.get_weights()
    for new, old in zip(weights, head.get_weights(), strict=True):
        new[..., :known] = old
    wider.set_weights(weights)
    return network


def _read(network, rows):
    """Return the images that can be read, uint8 (N, H, W, C), and their ids."""
    height, width, channels = network.input_shape[1:]
    x, found = [], []
    for name, path in rows:
        with contextlib.suppress(ValueError, OSError):
            x.append(data.read_image(path, (height, width), grey=channels == 1))
            found.append(name)
    return np.array(x, np.uint8).reshape(-1, height, width, channels), found


def _tell(**message):
    print(json.dumps(message), flush=True)


def _end_with_stdin():
    """End this process when the server has ended, however it did."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(0)


if __name__ == "__main__":
    with warnings.catch_warnings(action="ignore"):
        main()
