"""A model as a table: shapes, parameters, arithmetic, and the memory of a training step."""

import numpy as np

from minidl.layers.layer import size_of
from minidl.runtime import checks


def summary(model, batch_size=64):
    """Print the table of `model`, with what a training step on `batch_size` examples costs."""
    from rich.console import Console
    from rich.table import Table

    costs = step_costs(model, batch_size)
    table = Table(title=f'Model "{model.name}"', title_justify="left")
    table.add_column("Layer")
    for heading in ("Output", "Parameters", "FLOPs an example"):
        table.add_column(heading, justify="right")
    for row in layer_rows(model):
        name, kind, shape, parameters, flops = row
        table.add_row(f"{name} ({kind})", _shape(shape), f"{parameters:,}", f"{flops:,}")
    console = Console(highlight=False)
    console.print(table)
    console.print(
        f"Parameters: {costs['parameters']:,} ({costs['trainable']:,} trainable), "
        f"{_bytes(costs['parameter_bytes'])}"
    )
    console.print(
        f"A training step, batch {costs['batch_size']}: {costs['flops'] / 1e9:.3g} GFLOP; "
        f"{_bytes(costs['bytes'])} for weights, gradients, the optimizer's "
        "state and what is kept for the backward pass"
    )


def layer_rows(model):
    """Return (name, class, output shape, parameters, FLOPs for one example) per layer."""
    rows = []
    shape = _input_shape(model)
    for layer in model.layers:
        output = layer.compute_output_shape(shape)
        rows.append(
            (layer.name, type(layer).__name__, output, layer.count_params(), layer.flops(shape))
        )
        shape = output
    return rows


def step_costs(model, batch_size=64):
    """Return what a training step costs, as a dict of numbers.

    A layer with weights computes its output once, the gradient by its weights once if they
    are trainable, and the gradient by its input once if a layer before it needs that: three
    times the forward arithmetic, twice for the first.

    "bytes" counts weights, gradients, optimizer state and, for every example, all outputs
    that the backward pass needs.
    """
    batch_size = checks.integer(batch_size, "summary: batch_size")
    shape = _input_shape(model)
    item = np.dtype(model.dtype).itemsize
    flops, stored, gradient_wanted = 0, size_of(shape) * item, False
    for layer in model.layers:
        learns = bool(layer.trainable_weights)
        flops += layer.flops(shape) * (1 + learns + gradient_wanted)
        stored += layer.stored(shape)
        gradient_wanted |= learns
        shape = layer.compute_output_shape(shape)
    trainable = sum(weight.size for weight in model.trainable_weights)
    slots = len(model.optimizer.state_names) if model.optimizer else 0
    return {
        "batch_size": batch_size,
        "parameters": model.count_params(),
        "trainable": trainable,
        "parameter_bytes": model.count_params() * item,
        "flops": flops * batch_size,
        "bytes": (model.count_params() + trainable * (1 + slots)) * item + stored * batch_size,
    }


def _input_shape(model):
    if not hasattr(model, "layers"):
        raise TypeError(f"summary: {model.name} is not Sequential: its layers' order is not known")
    if model.input_shape is None:
        raise RuntimeError(
            "summary: the input's shape is not known yet; begin the model with "
            "layers.Input(shape), or call it once"
        )
    return model.input_shape


def _shape(shape):
    return "(" + ", ".join(["N", *map(str, shape[1:])]) + ")"


def _bytes(count):
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"
