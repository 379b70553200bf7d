"""Shapes, joining and indexing: operations that move numbers and leave them as they are."""

import numpy as np

from minidl import ops
from minidl.autograd import Tensor, primitive
from minidl.ops.arithmetic import unbroadcast


@primitive
def reshape(x, newshape):
    """Return the same numbers, in order, with another shape; −1 stands for what is left.

    >>> reshape(np.arange(6), (2, -1)).shape
    (2, 3)
    """
    return np.reshape(x, newshape)


reshape.def_vjps(lambda g, y, x, newshape: reshape(g, x.shape))


@primitive
def transpose(x, axes=None):
    """Return x with its axes in another order: reversed, if `axes` is not given."""
    return np.transpose(x, axes)


transpose.def_vjps(
    lambda g, y, x, axes=None: transpose(
        g, None if axes is None else np.argsort(np.mod(axes, x.ndim))
    )
)


@primitive
def expand_dims(x, axis):
    """Return x with an axis of length 1 put in at `axis`."""
    return np.expand_dims(x, axis)


expand_dims.def_vjps(lambda g, y, x, axis: reshape(g, x.shape))


@primitive
def squeeze(x, axis=None):
    """Return x without its axes of length 1, or without those in `axis`."""
    return np.squeeze(x, axis)


squeeze.def_vjps(lambda g, y, x, axis=None: reshape(g, x.shape))


@primitive
def broadcast_to(x, shape):
    """Return x repeated along new axes, and along those of length 1: a view, not to be written."""
    return np.broadcast_to(x, shape)


broadcast_to.def_vjps(lambda g, y, x, shape: unbroadcast(g, x))


def concatenate(xs, axis=0):
    """Return arrays joined along an axis that there is.

    >>> concatenate([np.ones((2, 1)), np.zeros((2, 3))], axis=1).shape
    (2, 4)
    """
    return _concatenate(*xs, axis=axis)


@primitive
def _concatenate(*xs, axis):
    return np.concatenate(xs, axis=axis)


def _part(i, g, y, *xs, axis):
    start = int(np.sum([x.shape[axis] for x in xs[:i]], dtype=int))
    index = [slice(None)] * y.ndim
    index[axis] = slice(start, start + xs[i].shape[axis])
    return getitem(g, tuple(index))


_concatenate.def_vjps(every=_part)


def stack(xs, axis=0):
    """Return arrays of one shape joined along a new axis.

    >>> stack([np.ones(3), np.zeros(3)]).shape
    (2, 3)
    """
    return concatenate([expand_dims(x, axis) for x in xs], axis=axis)


@primitive
def pad(x, pad_width):
    """Return x with zeros around it: ``pad_width`` as in `numpy.pad`, ((before, after), …)."""
    return np.pad(x, pad_width)


def _unpad(g, y, x, pad_width):
    widths = np.broadcast_to(pad_width, (x.ndim, 2))
    index = (slice(b, b + n) for (b, _), n in zip(widths.tolist(), x.shape, strict=True))
    return getitem(g, tuple(index))


pad.def_vjps(_unpad)


def getitem(x, index):
    """Return ``x[index]``: NumPy's basic and advanced indexing.

    >>> getitem(np.arange(5), slice(1, 3))
    array([1, 2])
    """
    return _getitem(x, _plain_index(index))


@primitive
def _getitem(x, index):
    return x[index]


@primitive
def _put(g, index, shape):
    """Add g at ``[index]`` to zeros: the transpose of getitem."""
    out = np.zeros(shape, g.dtype)
    np.add.at(out, index, g)
    return out


_getitem.def_vjps(lambda g, y, x, index: _put(g, index, x.shape))
_put.def_vjps(lambda g, y, x, index, shape: _getitem(g, index))


@primitive
def take_along_axis(x, indices, axis):
    """Return the numbers of x that `indices` (integers) name along `axis`.

    >>> take_along_axis(np.array([[5, 6], [7, 8]]), np.array([[1], [0]]), axis=1)
    array([[6],
           [7]])
    """
    return np.take_along_axis(x, indices, axis)


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


def one_hot(x, num_classes, dtype="float32"):
    """Return rows of zeros with a 1 at the class: (…) integers to (…, num_classes).

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    hot = ops.equal(ops.expand_dims(np.asarray(x), -1), np.arange(num_classes)).astype(dtype)
    return Tensor(hot) if isinstance(x, Tensor) else hot


def _plain_index(index):
    """Return an index with arrays in place of Tensors and lists of whole numbers."""
    if isinstance(index, tuple):
        return tuple(_plain_index(i) for i in index)
    return index.data if isinstance(index, Tensor) else index
