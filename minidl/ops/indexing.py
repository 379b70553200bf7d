"""Choosing numbers by their places; each one's gradient adds to the same places."""

import numpy as np

from minidl import ops
from minidl.autograd import Tensor, primitive
from minidl.ops.composing import composed
from minidl.runtime import buffers, checks


@composed
def getitem(x, index):
    """Return ``x[index]``: NumPy's basic and advanced indexing, masks of booleans included.

    >>> getitem(np.arange(5), slice(1, 3))
    array([1, 2])
    """
    return _getitem(x, _plain_index(index))


@primitive
def _getitem(x, index):
    return x[index] if isinstance(x, np.ndarray) else np.asarray(x)[index]


@primitive
def _put(g, index, shape):
    """Add g at ``[index]`` to zeros: the transpose of getitem."""
    out = buffers.zeros(shape, g.dtype)
    if _names_places_once(index):
        out[index] = g
    else:
        np.add.at(out, index, g)
    return out


_getitem.def_vjps(lambda g, y, x, index: _put(g, index, x.shape))
_put.def_vjps(lambda g, y, x, index, shape: _getitem(g, index))


@composed
def take(x, indices, axis=None):
    """Return the slices of x that `indices` (integers of any shape) name along `axis`.

    Parameters
    ----------
    x : array or Tensor
    indices : integers
        Negative ones count from the end; those beyond it are an error.
    axis : int, optional
        If not given, x is taken as one row of numbers.

    Returns
    -------
    x's shape with that of `indices` in place of `axis`.

    >>> take(np.array([[1, 2], [3, 4]]), [1, 1, 0], axis=0)
    array([[3, 4],
           [3, 4],
           [1, 2]])
    """
    if axis is None:
        x, axis = ops.reshape(x, (-1,)), 0
    axis = checks.axis(axis, np.ndim(x), "take: axis")
    return _take(x, _whole_numbers(indices, "take: indices"), axis)


@primitive
def _take(x, indices, axis):
    return np.take(x, indices, axis)


@primitive
def _untake(g, indices, axis, length):
    """Add the slices of g at `indices` along `axis` to zeros: the transpose of take.

    Sorted by place, the slices that belong together are added in their order.
    """
    shape = (*g.shape[:axis], indices.size, *g.shape[axis + indices.ndim :])
    out = buffers.zeros((*shape[:axis], length, *shape[axis + 1 :]), g.dtype)
    if g.size:
        places = indices.ravel() % length
        order = np.argsort(places, kind="stable")
        places, starts = np.unique(places[order], return_index=True)
        g = np.take(g.reshape(shape), order, axis)
        out[(*[slice(None)] * axis, places)] = np.add.reduceat(g, starts, axis)
    return out


_take.def_vjps(lambda g, y, x, indices, axis: _untake(g, indices, axis, x.shape[axis]))
_untake.def_vjps(lambda g, y, x, indices, axis, length: _take(g, indices, axis))


@primitive
def take_along_axis(x, indices, axis):
    """Return the numbers of x that `indices` (integers) name along `axis`.

    >>> take_along_axis(np.array([[5, 6], [7, 8]]), np.array([[1], [0]]), axis=1)
    array([[6],
           [7]])
    """
    indices = _whole_numbers(indices, "take_along_axis: indices")
    return np.take_along_axis(np.asarray(x), indices, axis)


@primitive
def _put_along_axis(g, indices, axis, shape):
    """Add g at `indices` along `axis` to zeros: the transpose of take_along_axis."""
    places = list(np.ogrid[tuple(slice(n) for n in shape)])
    places[axis] = indices
    out = np.zeros(shape, g.dtype)
    np.add.at(out, tuple(places), g)
    return out


take_along_axis.def_vjps(lambda g, y, x, indices, axis: _put_along_axis(g, indices, axis, x.shape))
_put_along_axis.def_vjps(lambda g, y, x, indices, axis, shape: take_along_axis(g, indices, axis))


@composed
def one_hot(x, num_classes, dtype="float32"):
    """Return rows of zeros with a 1 at the class: (…) integers to (…, num_classes).

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    num_classes = checks.integer(num_classes, "one_hot: num_classes")
    labels = _whole_numbers(x, "one_hot: x")
    if labels.size and not (labels.min() >= 0 and labels.max() < num_classes):
        raise ValueError(
            f"one_hot: x needs classes from 0 to {num_classes - 1}, "
            f"got {labels.min()} to {labels.max()}"
        )
    hot = np.equal(labels[..., None], np.arange(num_classes))
    hot = hot.astype(checks.dtype(dtype, "one_hot: dtype"))
    return Tensor(hot) if isinstance(x, Tensor) else hot


def _whole_numbers(indices, what):
    """Return indices as an array of integers; booleans and floats are refused."""
    indices = np.asarray(indices)
    if not indices.size:
        return indices.astype(np.intp)
    if indices.dtype.kind not in "iu":
        raise TypeError(f"{what} needs integers, got {indices.dtype}")
    return indices


def _plain_index(index):
    """Return an index with arrays in place of Tensors, in tuples too."""
    if isinstance(index, tuple):
        return tuple(_plain_index(i) for i in index)
    return index.data if isinstance(index, Tensor) else index


def _names_places_once(index):
    """Whether no place can be named twice: slices, numbers, and at most one mask."""
    parts = index if isinstance(index, tuple) else (index,)
    arrays = [p for p in parts if not isinstance(p, int | slice | type(None) | type(...))]
    return all(np.asarray(a).dtype == bool or not np.ndim(a) for a in arrays)
