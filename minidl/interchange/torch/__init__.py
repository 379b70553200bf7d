"""PyTorch's state dicts: weights for and from networks of the same layers, in safetensors."""

import pathlib

import numpy as np

from minidl.interchange.torch.matching import check_names, described, match
from minidl.interchange.torch.modules import modules
from minidl.runtime import tensors

#: A count of batches that BatchNorm keeps there, and nothing here needs.
COUNT = "num_batches_tracked"


def load_torch(model, source, names=None):
    """Fill a model with the weights of a PyTorch network of the same layers.

    Layouts are converted: kernels, and the order of features before and behind `Flatten` and
    `Reshape`, where PyTorch has whole channels side by side.

    Parameters
    ----------
    model : Sequential or Functional
        Built.
    source : path or dict
        A ``.safetensors`` file, or ``network.state_dict()``, or a dict of arrays.
    names : dict, optional
        What a layer is called there: ``{"conv2d": "features.0"}``; of `SeparableConv2D`
        ``{"sep/depthwise": …, "sep/pointwise": …}``. Without, modules that are called as the
        layers are theirs; or else, of those with equal shapes the first is the first, as
        numbers in a file's names say, or as a dict is ordered.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no safetensors file, or a layer's tensors are missing, left over, of other
        shapes, or could be either of two. Then no weight has changed.
    """
    wanted = _modules(model, "load_torch")
    ordered = isinstance(source, dict)
    where = "load_torch" if ordered else f"load_torch: {source}"
    if not ordered:
        source, _ = tensors.read(source, "weights file", "not float32 tensors in safetensors")
    state = _grouped(source, where)
    try:
        found = match(wanted, state, names or {}, ordered)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None
    pairs = []
    for path, prefix in found.items():
        pairs += _fitted(where, path, prefix, wanted[path], state[prefix])
    for weight, array in pairs:
        weight.data = array


def save_torch(model, path, names=None):
    """Write a model's weights as a PyTorch state dict, for ``load_state_dict``.

    Parameters
    ----------
    model : Sequential or Functional
    path : str or path
        Ends with ``.safetensors``; written whole or not at all.
    names : dict, optional
        What layers are called there, as in `load_torch`; by default as here, with dots.
    """
    path = pathlib.Path(path)
    if path.suffix != ".safetensors":
        raise ValueError(f"save_torch: the name needs to end with .safetensors, got {path.name!r}")
    wanted, names = _modules(model, "save_torch"), names or {}
    check_names(names, wanted)
    state = {}
    for layer, parts in wanted.items():
        prefix = names.get(layer, layer.replace("/", "."))
        arrays = {name: stored.to_torch() for name, stored in parts.items()}
        if "running_mean" in arrays:
            arrays[COUNT] = np.zeros((), np.int64)
        for name, array in arrays.items():
            key = f"{prefix}.{name}" if prefix else name
            if key in state:
                raise ValueError(f"save_torch: two layers are named {prefix!r}")
            state[key] = array
    tensors.write(path, state, {"format": "pt"})


def _modules(model, caller):
    if not model.built or model.input_shape is None:
        raise ValueError(f"{caller}: {model.name} is not built; say its input_shape, or call it")
    try:
        return modules(model)
    except ValueError as error:
        raise ValueError(f"{caller}: {error}") from None


def _grouped(given, where):
    """Return {prefix: {name: array}}."""
    state = {}
    for key, tensor in given.items():
        prefix, _, name = key.rpartition(".")
        array = np.asarray(tensor)
        if array.dtype.kind not in "fiu":
            raise ValueError(f"{where}: '{key}' needs real numbers, got {array.dtype}")
        if name != COUNT:
            state.setdefault(prefix, {})[name] = array
    return state


def _fitted(where, path, prefix, wanted, given):
    """Return (weight, array) for a module, or say what does not fit."""
    shapes = {name: stored.shape for name, stored in wanted.items()}
    if shapes != {name: array.shape for name, array in given.items()}:
        raise ValueError(
            f"{where}: layer '{path}' needs {described(wanted)}, but '{prefix}' has "
            f"{described(given)}"
        )
    pairs = []
    for name, stored in wanted.items():
        if stored.weight is not None:
            pairs.append((stored.weight, stored.from_torch(given[name])))
        elif (given[name] != stored.constant).any():
            raise ValueError(
                f"{where}: layer '{path}' has no counterpart of '{prefix}.{name}', which would "
                f"have to be {stored.constant:g} everywhere"
            )
    return pairs
