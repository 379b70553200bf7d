"""``minidl predict``: what a trained model sees in image files."""

import json
import warnings
from typing import Annotated

import numpy as np
import typer

from minidl import data, saving
from minidl.cli import options, terminal
from minidl.cli.images import scaled
from minidl.kernels.jit import on_compile

BATCH_SIZE = 64


def predict(
    model: options.ModelFile,
    images: options.ImageFiles,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON list, with the probability of every class.")
    ] = False,
):
    """Name the class of each image, and its probability.

    Images are prepared as those that the model was trained on: stretched to its size, and made
    grey if it was trained on grey ones. A model of the bundled digits knows white digits on
    black, centred; invert scans of black ink on paper first.

    An image that cannot be read is reported, the others are predicted, and the exit code is 2.
    """
    network, class_names = load(model)
    height, width, channels = network.input_shape[1:]
    paths, x = [], []
    for path in images:
        try:
            x.append(data.read_image(path, (height, width), grey=channels == 1))
            paths.append(path)
        except (ValueError, OSError) as error:
            terminal.error(error)
    with on_compile(terminal.compiling):
        found = probabilities(network, x, model)
    show = _show_json if as_json else _show_lines
    show(paths, found, class_names)
    if len(paths) < len(images):
        raise typer.Exit(terminal.FAILED)


def load(path):
    """Return the model in a file, and the names of its classes.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it does not hold a classifier of images.
    """
    network = saving.load_model(path)
    takes, gives = network.input_shape, network.compute_output_shape(network.input_shape)
    if len(takes) != 4 or takes[3] not in (1, 3) or len(gives) != 2:
        raise ValueError(
            f"{path}: needs a model from images (N, H, W, 1 or 3) to classes (N, K), "
            f"but this one takes {_shape(takes)} and gives {_shape(gives)}"
        )
    names = saving.load_extra(path).get("class_names", [str(i) for i in range(gives[1])])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{path}: its class_names are not a list of text")
    if len(set(names)) != gives[1]:
        raise ValueError(f"{path}: it names {len(set(names))} classes, but tells {gives[1]} apart")
    return network, names


def probabilities(network, x, path):
    """Return the probabilities of the classes, (N, K), of a list of images, uint8 (H, W, C) each.

    Raises
    ------
    ValueError
        If what the model in the file `path` gives are no probabilities.
    """
    if not x:
        return np.empty((0, 1))
    batches = [np.stack(x[i : i + BATCH_SIZE]) for i in range(0, len(x), BATCH_SIZE)]
    # Hostile weights overflow, in any thread; the check below finds that.
    with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
        p = np.concatenate([network.predict_on_batch(scaled(batch)) for batch in batches])
    if not (np.all(p >= 0) and np.allclose(p.sum(axis=1), 1, atol=1e-3)):
        raise ValueError(
            f"{path}: its outputs are not probabilities: they need to be at least 0 and to add up "
            "to 1, as from softmax with finite weights"
        )
    return p


def _show_json(paths, probabilities, class_names):
    results = [
        {
            "path": path,
            "class": class_names[p.argmax()],
            "probability": float(p.max()),
            "probabilities": dict(zip(class_names, map(float, p), strict=True)),
        }
        for path, p in zip(paths, probabilities, strict=True)
    ]
    typer.echo(json.dumps(results, indent=2))


def _show_lines(paths, probabilities, class_names):
    from rich.cells import cell_len

    rows = [
        (terminal.printable(path), terminal.printable(class_names[p.argmax()]), p.max())
        for path, p in zip(paths, probabilities, strict=True)
    ]
    widths = [max((cell_len(row[i]) for row in rows), default=0) for i in (0, 1)]
    for row in rows:
        path, name = (row[i] + " " * (widths[i] - cell_len(row[i])) for i in (0, 1))
        terminal.say(f"{path}  {name}  {terminal.percent(row[2]):>7}")


def _shape(shape):
    return "(" + ", ".join(["N", *map(str, shape[1:])]) + ")"
