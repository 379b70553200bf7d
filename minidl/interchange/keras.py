"""Keras 3's ``.weights.h5``: a model's weights in HDF5, as Keras writes and reads them.

A layer's arrays are ``<group>/vars/0``, ``1`` …, in the order of `Layer.get_weights`. Groups are
named by what a layer is, not by its name: ``layers/conv2d``, ``layers/conv2d_1``, and for those of
a model inside ``layers/sequential/layers/dense``. Layers and models of your own class are stored
by their attributes, in alphabetical order: ``hidden/vars/0``, ``blocks/dense_1/vars/0``.
"""

import collections
import contextlib
import io
import pathlib
import zipfile

import numpy as np

from minidl.models.graph import Functional
from minidl.models.model import Model
from minidl.models.sequential import Sequential
from minidl.runtime import extras, files
from minidl.runtime.registry import snake_case

SUFFIX = ".weights.h5"
#: Where a ``.keras`` archive holds the weights.
INNER = "model.weights.h5"
#: What h5py makes of a file that is not whole.
_DAMAGE = (OSError, RuntimeError, LookupError, TypeError, AttributeError, MemoryError)


def save_weights(model, path):
    """Write a model's weights to a ``.weights.h5`` file, whole or not at all.

    Raises
    ------
    ValueError
        If the file's name ends otherwise, or the model is not built.
    RuntimeError
        If the extra ``h5py`` is not installed.
    """
    path = pathlib.Path(path)
    if not path.name.endswith(SUFFIX):
        raise ValueError(f"save_weights: the name needs to end with {SUFFIX}, got {path.name!r}")
    _check_built(model, "save_weights")
    extras.need("save_weights", "h5py", "h5py")
    import h5py

    with files.replacing(path) as temporary, h5py.File(temporary, "w") as file:
        for group, layer in groups(model):
            arrays = file.create_group(group)
            arrays.attrs["name"] = layer.name
            for i, (_, weight) in enumerate(_own(layer)):
                arrays[str(i)] = weight.data


def load_weights(model, path):
    """Fill a model with the weights of a ``.weights.h5`` file or of a ``.keras`` archive.

    Only weights are read: the archive's architecture, and an optimizer's state, are left alone.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no such file, or a layer's arrays are not those that it needs in number or
        shape. Then no weight has changed.
    RuntimeError
        If the extra ``h5py`` is not installed.
    """
    path = pathlib.Path(path)
    _check_built(model, "load_weights")
    extras.need("load_weights", "h5py", "h5py")
    import h5py

    if not path.exists():
        raise FileNotFoundError(f"there is no weights file {path}")
    found, known = [], set()
    with _opened(path, h5py) as file:
        for group, layer in groups(model):
            known.add(group)
            found += zip(_own(layer), _arrays(file, group, layer, path, h5py), strict=True)
        _check_all_known(file, known, path, h5py)
    for (_, weight), array in found:
        weight.data = array


def groups(layer, path="", seen=None):
    """Yield (group, layer) for a model and all layers in it, each once, as Keras walks them.

    >>> import minidl
    >>> model = minidl.Sequential([minidl.layers.Flatten(), minidl.layers.Dense(1)])
    >>> [group for group, _ in groups(model)]
    ['vars', 'layers/flatten/vars', 'layers/dense/vars']
    """
    seen = set() if seen is None else seen
    if layer in seen:
        return
    seen.add(layer)
    yield f"{path}vars", layer
    for name, part in _parts(layer):
        if not isinstance(part, list):
            yield from groups(part, f"{path}{name}/", seen)
            continue
        counts = collections.Counter()
        for each in part:
            kind = snake_case(type(each).__name__)
            number = f"_{counts[kind]}" if counts[kind] else ""
            counts[kind] += 1
            yield from groups(each, f"{path}{name}/{kind}{number}/", seen)


def _parts(layer):
    """Return (name, layer or list of layers): what Keras finds in a model or layer, in order."""
    if isinstance(layer, Sequential | Functional):
        return [("layers", layer.layers)]
    parts = {}
    for key, part in layer.sublayers().items():
        name, _, place = key.partition(".")
        if place:
            parts.setdefault(name, []).append(part)
        else:
            parts[name] = part
    if isinstance(layer, Model):
        parts["layers"] = list(layer.sublayers().values())
    return sorted(parts.items(), key=lambda part: (part[0].startswith("_"), part[0]))


def _own(layer):
    """Return a layer's weights without those of the layers inside it."""
    return [(name, weight) for name, weight in layer.named_weights() if "/" not in name]


@contextlib.contextmanager
def _opened(path, h5py):
    """Open the HDF5 file, or the one inside of an archive; whatever is no such file is refused."""
    try:
        source = path
        if path.suffix == ".keras":
            with zipfile.ZipFile(path) as archive:
                source = io.BytesIO(archive.read(INNER))
        file = h5py.File(source, "r")
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        what = "archive" if path.suffix == ".keras" else "HDF5 file"
        raise ValueError(f"{path}: not Keras's weights: no whole {what} ({error})") from None
    try:
        with file:
            if "layer_names" in file.attrs or "model_weights" in file:
                raise ValueError(f"{path}: of Keras 2; save it with Keras 3 as {SUFFIX} first")
            yield file
    except _DAMAGE as error:
        raise ValueError(f"{path}: damaged: {error}") from None


def _arrays(file, group, layer, path, h5py):
    """Return a layer's arrays from its group, or say which one does not fit."""
    mine = _own(layer)
    stored = _get(file, group, h5py.Group, path, h5py)
    count = 0 if stored is None else len(stored)
    where = f"{path}: layer '{layer.name}' ({group.removesuffix('/vars')})"
    if count != len(mine):
        needs = ", ".join(f"{name} {weight.shape}" for name, weight in mine) or "none"
        raise ValueError(f"{where} needs {len(mine)} arrays ({needs}), got {count}")
    arrays = []
    for i, (name, weight) in enumerate(mine):
        array = _get(file, f"{group}/{i}", h5py.Dataset, path, h5py)
        if array is None:
            raise ValueError(f"{where}: there is no array {i}, its {name}")
        if array.shape != weight.shape:
            raise ValueError(f"{where} needs {name} of shape {weight.shape}, got {array.shape}")
        if array.dtype.kind not in "fiu":
            raise ValueError(f"{where}: {name} needs real numbers, got {array.dtype}")
        arrays.append(np.ascontiguousarray(array[()], weight.dtype).reshape(weight.shape))
    return arrays


def _get(file, name, kind, path, h5py):
    """Return what is stored under a name in this very file: links out of it are not followed."""
    place = file
    for part in name.split("/"):
        if not isinstance(place, h5py.Group) or part not in place:
            return None
        if not isinstance(place.get(part, getlink=True), h5py.HardLink):
            raise ValueError(f"{path}: {name} is a link; Keras stores weights in the file itself")
        place = place[part]
    if not isinstance(place, kind):
        raise ValueError(f"{path}: {name} is not stored as Keras does")
    if kind is h5py.Dataset and (place.external or place.is_virtual):
        raise ValueError(f"{path}: {name} lies in another file")
    return place


def _check_all_known(file, known, path, h5py):
    """Refuse a file with weights of layers that the model does not have."""
    strange = []

    def look(name, item):
        group, _, _ = name.rpartition("/")
        generator = group.removesuffix("/vars").endswith("generator")  # its state, not a weight
        if isinstance(item, h5py.Dataset) and group not in known and not generator:
            strange.append(group)

    if isinstance(file.get("layers"), h5py.Group):
        file["layers"].visititems(lambda name, item: look(f"layers/{name}", item))
    if strange:
        name = file[strange[0]].attrs.get("name", "")
        raise ValueError(
            f"{path}: it holds weights of {strange[0].removesuffix('/vars')} ({name}), but the "
            "model has no layer for them"
        )


def _check_built(model, caller):
    if not model.built:
        raise ValueError(
            f"{caller}: {model.name} has no weights yet; call it first, or say its input_shape"
        )
