"""Arrays for all weights at once: they fit, or an error says which does not."""

import numpy as np


def fitted(name, weights, arrays):
    """Return `arrays` as copies of the types of `weights`, or raise an error that says what is off.

    Parameters
    ----------
    name : str
        Of the layer or model, for error messages.
    weights : list of (str, Tensor)
        Path and weight, as `Layer.named_weights` yields them.
    arrays : list of array-like
        One for each weight, of its shape.

    Raises
    ------
    ValueError
        If there are more or fewer arrays than weights, or one has another shape: it names the
        first weight that does not get what it needs.
    TypeError
        If an array does not hold real numbers.
    """
    arrays = [_real(name, i, array) for i, array in enumerate(arrays)]
    count = ""
    if len(arrays) != len(weights):
        count = f" needs {len(weights)} arrays, got {len(arrays)}:"
    for i, (path, weight) in enumerate(weights):
        if i == len(arrays):
            raise ValueError(f"{name}: set_weights{count} '{path}' {weight.shape} gets none")
        if arrays[i].shape != weight.shape:
            raise ValueError(
                f"{name}: set_weights{count} '{path}' needs shape {weight.shape}, "
                f"got {arrays[i].shape}"
            )
    if count:
        extra = arrays[len(weights)].shape
        raise ValueError(f"{name}: set_weights{count} no weight is left for one of shape {extra}")
    return [
        np.array(array, weight.dtype, order="C")
        for array, (_, weight) in zip(arrays, weights, strict=True)
    ]


def _real(name, i, array):
    try:
        array = np.asarray(array)
    except ValueError:  # rows of different lengths
        raise ValueError(f"{name}: set_weights: item {i} is not an array: {array!r:.60}") from None
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name}: set_weights: array {i} needs real numbers, got {array.dtype}")
    return array
