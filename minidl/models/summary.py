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
        table.add_row(f"{name} ({kind})", checks.shape_text(shape), f"{parameters:,}", f"{flops:,}")
    console = Console(highlight=False)
    console.print(table)
    console.print(
        f"Parameters: {costs['parameters']:,} ({costs['trainable']:,} trainable), "
        f"{_bytes(costs['parameter_bytes'])}"
    )
    console.print(
        f"A training step, batch {costs['batch_size']}: {costs['flops'] / 1e9:.3g} GFLOP; "
        f"up to {_bytes(costs['bytes'])} for weights, gradients, the optimizer's "
        "state and what is kept for the backward pass"
    )


def layer_rows(model):
    """Return (name, class, output shape, parameters, FLOPs for one example) per call of a layer."""
    return [
        (layer.name, type(layer).__name__, output, layer.count_params(), layer.flops(given))
        for layer, given, output, _ in _trace(model)
    ]


def step_costs(model, batch_size=64):
    """Return what a training step costs, as a dict of numbers.

    A layer with weights computes its output once, the gradient by its weights once if they
    are trainable, and the gradient by its input once if a layer before it needs that: three
    times the forward arithmetic, twice for the first.

    "bytes" counts weights, gradients, optimizer state and, for every example, all outputs
    that the backward pass needs when each layer computes by itself; where layers are fused, it
    keeps less (`minidl.models.fusion`).
    """
    batch_size = checks.integer(batch_size, "summary: batch_size")
    item = np.dtype(model.dtype).itemsize
    calls = list(_trace(model))
    inputs = model.input_shape if model.takes_several else [model.input_shape]
    flops, stored = 0, sum(map(size_of, inputs)) * item
    for layer, given, _, gradient_wanted in calls:
        flops += layer.flops(given) * (1 + bool(layer.trainable_weights) + gradient_wanted)
        stored += layer.stored(given)
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


def _trace(model):
    if not hasattr(model, "trace"):
        raise TypeError(
            f"summary: {model.name} is neither Sequential nor functional: what its layers are "
            "called on is not known"
        )
    if model.input_shape is None:
        raise RuntimeError(
            "summary: the input's shape is not known yet; begin the model with "
            "layers.Input(shape), or call it once"
        )
    return model.trace()


def _bytes(count):
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"
