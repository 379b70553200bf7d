"""Options and arguments that several commands have, each with one meaning, and their checks."""

import datetime
import math
import pathlib
from typing import Annotated

import typer

from minidl.cli import images
from minidl.runtime import checks

ModelFile = Annotated[
    str, typer.Argument(metavar="MODEL", help="A model.safetensors that 'minidl train' wrote.")
]
ImageFiles = Annotated[
    list[str], typer.Argument(metavar="IMAGE...", help="PNG, JPEG, BMP, GIF, TIFF or WebP.")
]
Epochs = Annotated[int, typer.Option(help="How often to go through all images.")]
BatchSize = Annotated[int, typer.Option(help="Images a step.")]
LearningRate = Annotated[float, typer.Option(help="Of Adam.")]
Seed = Annotated[int, typer.Option(help="Same seed, same machine: same model.")]
Audit = Annotated[
    bool,
    typer.Option(
        "--audit/--no-audit",
        help="Whether to look through a folder first, and warn of leakage and copies.",
    ),
]
Out = Annotated[
    str | None,
    typer.Option(metavar="DIR", help="Folder for the results. [default: runs/<date>_<time>]"),
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Allow a folder for results that is not empty.")
]


def check_training(epochs, batch_size, learning_rate, seed, validation_split, augment):
    """Refuse settings of a training that are out of range."""
    checks.integer(epochs, "--epochs")
    checks.integer(batch_size, "--batch-size")
    checks.real(learning_rate, "--learning-rate", 0, math.inf, exclusive=True)
    checks.integer(seed, "--seed", 0)
    if validation_split is not None:
        checks.real(validation_split, "--validation-split", 0, 1, exclusive=True)
    images.policy(augment, seed)


def output_folder(out, data=None):
    """Return the folder of ``--out``, which may not lie in the folder of images `data`."""
    folder = pathlib.Path(out or f"runs/{datetime.datetime.now():%Y-%m-%d_%H-%M-%S}")
    if data is not None and images.is_inside(folder, data):
        raise ValueError(
            f"--out: {folder} lies in the folder of images {data}, where it would be taken for "
            "a class; choose another"
        )
    return folder


def check_resumed_alone(context):
    """Refuse options beside ``--resume``: the folder of the run has its own."""
    for name in context.params:
        given = context.get_parameter_source(name)
        if name != "resume" and given is not None and given.name != "DEFAULT":
            what = "DATA" if name == "data" else f"--{name.replace('_', '-')}"
            raise ValueError(f"--resume takes its settings from the folder; leave out {what}")
