"""``minidl export``: a trained model for other libraries."""

import pathlib
from typing import Annotated

import typer

from minidl import interchange, saving
from minidl.cli import terminal

#: What is written, by the end of the file's name.
WRITERS = {
    ".onnx": interchange.export,
    ".weights.h5": interchange.save_weights,
    ".safetensors": interchange.save_torch,
}


def export(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A model.safetensors that minidl wrote.")
    ],
    out: Annotated[
        str,
        typer.Argument(
            metavar="OUT",
            help="NAME.onnx; NAME.weights.h5, weights for Keras; or NAME.safetensors, a PyTorch "
            "state dict.",
        ),
    ],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace OUT if it is there already.")
    ] = False,
):
    """Write a model for other libraries: ONNX, or weights for Keras or PyTorch.

    Needs the extra 'onnx' for ONNX and 'h5py' for Keras.
    """
    path = pathlib.Path(out)
    write = next((write for end, write in WRITERS.items() if path.name.endswith(end)), None)
    if write is None:
        ends = ", ".join(WRITERS)
        raise ValueError(f"OUT: the name needs to end with one of {ends}, got {path.name!r}")
    network = saving.load_model(model)
    if path.exists():
        if path.samefile(model):
            raise ValueError(f"OUT: {path} is the model itself; choose another name")
        if not overwrite:
            raise ValueError(f"OUT: {path} is there already; choose another name, or --overwrite")
    write(network, path)
    terminal.say(f"{network.count_params():,} parameters written to {path}")
