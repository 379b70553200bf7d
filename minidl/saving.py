"""Models in files: weights as safetensors, everything else as JSON. Nothing in them ever runs."""

import json
import pathlib

import numpy as np

from minidl import initializers, layers, losses, metrics, optimizers
from minidl.layers.layer import Layer
from minidl.models.batches import each
from minidl.models.graph import functional_from_config
from minidl.models.model import Model
from minidl.models.sequential import Sequential
from minidl.runtime import tensors

#: The key of minidl's part of the file's metadata, and the version of its form.
KEY = "minidl"
VERSION = 1

#: What making a model from a malformed description may end in.
_MALFORMED = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RuntimeError,
    MemoryError,
)


def save_model(model, path, extra=None):
    """Write `model` to `path`, whole or not at all.

    Parameters
    ----------
    model : Model
        Built: its weights exist.
    path : str or path
        Ends with ``.safetensors``.
    extra : dict, optional
        What else to keep: anything that JSON knows.

    Raises
    ------
    ValueError
        If the model is not built, or holds functions that have no name.
    OSError
        If the file cannot be written.
    """
    path = _checked_path(path)
    if not model.built:
        raise ValueError(f"save: {model.name} has no weights yet; call it or fit it first")
    description = {
        "version": VERSION,
        "class": type(model).__name__,
        "config": model.get_config(),
        "input_shape": model.input_shape,
        "compile": _compile_config(model),
        "extra": extra or {},
    }
    weights = {name: np.ascontiguousarray(w.data) for name, w in model.named_weights()}
    try:
        metadata = {KEY: json.dumps(description, allow_nan=False)}
    except (TypeError, ValueError) as error:
        raise ValueError(f"save: the model's description is not JSON: {error}") from None
    tensors.write(path, weights, metadata)


def load_model(path, custom_objects=None):
    """Return the model that `Model.save` wrote to `path`.

    Parameters
    ----------
    path : str or path
    custom_objects : dict, optional
        Your own classes of models and layers by name. Only these and minidl's own are made:
        a file cannot name others, and holds no code.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is truncated, foreign, or its weights do not fit its architecture.
    """
    path = pathlib.Path(path)
    description, weights = _read(path)
    try:
        with initializers.deferred():
            model = _build(description, custom_objects or {})
        _fill(model, weights)
        _compile(model, description["compile"])
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        RuntimeError,
        MemoryError,
    ) as error:
        raise ValueError(f"{path}: not a model that minidl can load: {_reason(error)}") from None
    return model


def load_extra(path):
    """Return the `extra` that was saved with a model, a dict."""
    description, _ = _read(pathlib.Path(path), weights=False)
    extra = description.get("extra")
    return extra if isinstance(extra, dict) else {}


def _read(path, weights=True):
    arrays, metadata = tensors.read(path, "model file", "not a safetensors file", weights)
    try:
        description = json.loads(metadata[KEY])
        if description["version"] > VERSION:
            raise ValueError(
                f"its form has version {description['version']}, this minidl reads up to {VERSION}"
            )
    except KeyError:
        raise ValueError(f"{path}: not a model that minidl wrote: no description in it") from None
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"{path}: not a model that minidl can load: {_reason(error)}") from None
    return description, arrays


def _build(description, custom_objects):
    model = _make(description, custom_objects)
    if not isinstance(model, Model):
        raise ValueError(f"{description['class']} is a layer, not a model")
    shape = description["input_shape"]
    shape = _shapes(shape) if model.takes_several else _shapes([shape])[0]
    model.build_for(shape)
    if model.input_shape != shape:
        raise ValueError(f"it says inputs {shape}, but the architecture has {model.input_shape}")
    return model


def _make(entry, custom_objects):
    """Make a layer or model from its class's name and configuration."""
    name, config = entry["class"], entry["config"]
    if name == "Sequential":
        rows = [_make(row, custom_objects) for row in config["layers"]]
        model = Sequential(rows, name=config["name"], dtype=config["dtype"])
        if config["input_shape"] is not None:
            model.build_for(_shapes([config["input_shape"]])[0])
        return model
    if name == "Functional":
        return functional_from_config(config, lambda row: _make(row, custom_objects))
    return _find(name, custom_objects | _own_layers()).from_config(_lists_to_tuples(config))


def _shapes(shapes):
    return [(None, *(int(n) for n in shape[1:])) for shape in shapes]


def _find(name, known):
    kind = known.get(name) if isinstance(name, str) else None
    if not (isinstance(kind, type) and issubclass(kind, Layer)):
        raise ValueError(f"unknown class {name!r}; give your own as custom_objects={{name: class}}")
    return kind


def _own_layers():
    kinds = {name: getattr(layers, name) for name in layers.__all__}
    return {name: kind for name, kind in kinds.items() if isinstance(kind, type)}


def _fill(model, weights):
    mine = dict(model.named_weights())
    if set(mine) != set(weights):
        raise ValueError(
            f"its weights are {sorted(weights)}, but the architecture has {sorted(mine)}"
        )
    for name, weight in mine.items():
        array = weights[name]
        if array.shape != weight.shape or array.dtype != weight.dtype:
            raise ValueError(
                f"weight {name!r} is {array.dtype} {array.shape}, but the architecture has "
                f"{weight.dtype} {weight.shape}"
            )
        weight.data = np.array(array)


def _compile_config(model):
    """Describe optimizer, loss and metrics; None if there are none, or classes of your own."""
    if model.loss is None:
        return None
    try:
        return {
            "optimizer": optimizers.serialize(model.optimizer),
            "loss": each(losses.serialize, model.loss),
            "loss_weights": model.loss_weights,
            "metrics": _each_metric(model.metrics),
            "weighted_metrics": _each_metric(model.weighted_metrics),
        }
    except ValueError:
        return None


def _each_metric(found):
    return [each(metrics.serialize, metric) for metric in found]


def _compile(model, config):
    if config is not None:
        model.compile(**config)


def _lists_to_tuples(config):
    return {k: tuple(v) if isinstance(v, list) else v for k, v in config.items()}


def _checked_path(path):
    path = pathlib.Path(path)
    if path.suffix != ".safetensors":
        raise ValueError(f"save: the file's name needs to end with .safetensors, got {path.name!r}")
    return path


def _reason(error):
    return f"{type(error).__name__} {error}" if isinstance(error, KeyError) else str(error)
