"""Checkpoints: all that training needs to go on from a moment, bit for bit, in one file.

A file holds weights, what the optimizers remember, the state of the random numbers, and whatever
else the caller gives. Arrays are tensors of the safetensors format, named by their place, such
as ``model/optimizer/slots/momentum/0``; everything else is JSON in its metadata. A file is
written under another name, then renamed: whatever happens, the last good one stays.
"""

import functools
import json

import numpy as np

from minidl.runtime import random, tensors

#: The key of the file's metadata, and the version of its form.
KEY = "minidl checkpoint"
VERSION = 1
_TENSOR = "$tensor"  # stands in the JSON for an array: {"$tensor": its name}


def save(path, parts, state=None):
    """Write a checkpoint, whole or not at all.

    Parameters
    ----------
    path : str or path
        Usually ends with ``checkpoint.safetensors``. An older file is replaced.
    parts : dict of (Model, Optimizer or None)
        The networks that are trained, and their optimizers, by name.
    state : dict, optional
        What else to keep: lists and dicts of what JSON knows, and of NumPy arrays.

    Raises
    ------
    OSError
        If the file cannot be written; an older one is then as it was.
    """
    content = {name: _state_of(*part) for name, part in parts.items()}
    write(
        path,
        {"parts": content, "random": random.state_of(random.generator()), "state": state or {}},
    )


def restore(path, parts):
    """Put a checkpoint's weights, optimizers and random numbers back; return its `state`.

    Nothing is changed unless everything fits.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is truncated, foreign, of a newer version, or of other networks.

    >>> import minidl, pathlib, tempfile
    >>> model = minidl.Sequential([minidl.Input((2,)), minidl.layers.Dense(1)])
    >>> optimizer = minidl.optimizers.Adam()
    >>> optimizer.build(model.trainable_weights)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "checkpoint.safetensors")
    ...     save(path, {"model": (model, optimizer)}, {"epoch": 3})
    ...     restore(path, {"model": (model, optimizer)})
    {'epoch': 3}
    """
    content = read(path)
    changes = []
    try:
        found = content["parts"]
        if set(found) != set(parts):
            raise ValueError(f"it is of {sorted(found)}, needed are {sorted(parts)}")
        for name, part in parts.items():
            changes += _changes(name, *part, found[name])
        generator = random.from_state(content["random"])
        state = content["state"]
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise ValueError(f"{path}: a checkpoint that does not fit: {_reason(error)}") from None
    for change in changes:
        change()
    random.use(generator)
    return state


def write(path, content):
    """Write nested dicts and lists of arrays and of what JSON knows to a file."""
    arrays = {}
    description = {"version": VERSION, "content": _without_arrays(content, "", arrays)}
    tensors.write(path, arrays, {KEY: json.dumps(description)})


def read(path):
    """Return what `write` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is truncated, foreign, or of a newer version.
    """
    arrays, metadata = tensors.read(path, "checkpoint", "a truncated or foreign checkpoint")
    try:
        description = json.loads(metadata[KEY])
        version = int(description["version"])
        if version <= VERSION:
            return _with_arrays(description["content"], arrays)
    except (ValueError, TypeError, LookupError, RecursionError):
        raise ValueError(f"{path}: not a checkpoint that minidl wrote") from None
    raise ValueError(
        f"{path}: a checkpoint of version {version}; this minidl reads up to {VERSION}"
    )


def _state_of(model, optimizer):
    if optimizer is not None:
        _build(optimizer, model)
    return {
        "trainable": _trainable(model),
        "weights": [weight.data for weight in model.weights],
        "random": [random.state_of(layer.random_generator) for layer in _drawing(model)],
        "optimizer": None if optimizer is None else optimizer.get_state(),
    }


def _changes(part, model, optimizer, state):
    """Return functions that put a part's state back, all of which is known to fit."""
    mine, theirs = list(model.named_weights()), state["weights"]
    if len(mine) != len(theirs):
        raise ValueError(f"{part} has {len(mine)} weights, the file {len(theirs)}")
    changes = []
    for (name, weight), array in zip(mine, theirs, strict=True):
        if array.shape != weight.shape or array.dtype != weight.dtype:
            raise ValueError(
                f"{part}'s weight {name!r} is {weight.dtype} {weight.shape}, the file's "
                f"{array.dtype} {array.shape}"
            )
        changes.append(functools.partial(np.copyto, weight.data, array))
    layers = _drawing(model)
    if len(layers) != len(state["random"]):
        raise ValueError(f"{part} has {len(layers)} layers with a seed, the file differs")
    for layer, found in zip(layers, state["random"], strict=True):
        own = random.from_state(found)
        changes.append(functools.partial(setattr, layer, "random_generator", own))
    flags, before = state["trainable"], _trainable(model)
    if len(flags) != len(before):
        raise ValueError(f"{part} has {len(before)} layers, the file {len(flags)}")
    changes.append(functools.partial(_set_trainable, model, flags))
    if optimizer is not None:
        _set_trainable(model, flags)
        try:
            optimizer.check_state(state["optimizer"], model.trainable_weights)
        finally:
            _set_trainable(model, before)
        changes.append(functools.partial(_build, optimizer, model))
        changes.append(functools.partial(optimizer.set_state, state["optimizer"]))
    return changes


def _build(optimizer, model):
    """Let the optimizer know the weights, if it has not taken a step yet."""
    if list(map(id, optimizer.weights)) != list(map(id, model.trainable_weights)):
        optimizer.build(model.trainable_weights)


def _trainable(model):
    """Return whether each layer learns: some are frozen for a while only."""
    return [layer.trainable for layer in model.all_layers()]


def _set_trainable(model, flags):
    # A layer's flag is set for those inside too, but these come later and have their own.
    for layer, flag in zip(model.all_layers(), flags, strict=True):
        layer.trainable = flag


def _drawing(model):
    """Return the layers that have random numbers of their own."""
    return [layer for layer in model.all_layers() if layer.random_generator is not None]


def _without_arrays(value, place, arrays):
    """Return `value` as JSON knows it, with its arrays moved to `arrays`."""
    if isinstance(value, np.ndarray):
        arrays[place] = np.ascontiguousarray(value).reshape(value.shape)
        return {_TENSOR: place}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {
            key: _without_arrays(item, f"{place}/{key}".lstrip("/"), arrays)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_without_arrays(item, f"{place}/{i}", arrays) for i, item in enumerate(value)]
    return value


def _with_arrays(value, arrays):
    if isinstance(value, dict):
        if set(value) == {_TENSOR}:
            return arrays[value[_TENSOR]]
        return {key: _with_arrays(item, arrays) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_arrays(item, arrays) for item in value]
    return value


def _reason(error):
    return f"{type(error).__name__} {error}" if isinstance(error, LookupError) else str(error)
