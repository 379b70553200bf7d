"""Joining, cutting, repeating and bordering arrays along their axes."""

import numpy as np

from minidl import ops
from minidl.autograd import primitive
from minidl.ops.composing import composed
from minidl.ops.indexing import getitem, take
from minidl.runtime import checks

#: What `pad` can put around an array.
PAD_MODES = ("constant", "reflect", "edge")


@composed
def concatenate(xs, axis=0):
    """Return arrays joined along an axis that there is; None joins them as rows of numbers.

    >>> concatenate([np.ones((2, 1)), np.zeros((2, 3))], axis=1).shape
    (2, 4)
    >>> concatenate([np.ones((2, 1)), 5.0], axis=None)
    array([1., 1., 5.])
    """
    xs = tuple(xs)
    if axis is None:
        xs, axis = [ops.reshape(x, (-1,)) for x in xs], 0
    elif xs:
        axis = checks.axis(axis, np.ndim(xs[0]), "concatenate: axis")
    return _concatenate(*xs, axis=axis)


@primitive
def _concatenate(*xs, axis):
    return np.concatenate(xs, axis=axis)


def _part(i, g, y, *xs, axis):
    start = int(np.sum([np.shape(x)[axis] for x in xs[:i]], dtype=int))
    return getitem(g, _along(axis, y.ndim, slice(start, start + np.shape(xs[i])[axis])))


_concatenate.def_vjps(every=_part)


@composed
def stack(xs, axis=0):
    """Return arrays of one shape joined along a new axis.

    >>> stack([np.ones(3), np.zeros(3)]).shape
    (2, 3)
    """
    return concatenate([ops.expand_dims(x, axis) for x in xs], axis=axis)


@composed
def split(x, indices_or_sections, axis=0):
    """Return the parts of x along `axis`: as many equal ones, or cut before the indices.

    Returns
    -------
    list of arrays or Tensors

    >>> split(np.arange(6), [1, 3])
    [array([0]), array([1, 2]), array([3, 4, 5])]
    """
    axis = checks.axis(axis, np.ndim(x), "split: axis")
    length = np.shape(x)[axis]
    if np.ndim(indices_or_sections):
        what = "split: each of indices_or_sections"
        cuts = [checks.integer(i, what, -length) for i in indices_or_sections]
    else:
        parts = checks.integer(indices_or_sections, "split: indices_or_sections")
        if length % parts:
            raise ValueError(f"split: {length} along axis {axis} do not make {parts} equal parts")
        cuts = range(length // parts, length, length // parts) if length else [0] * (parts - 1)
    bounds = zip([None, *cuts], [*cuts, None], strict=True)
    return [getitem(x, _along(axis, np.ndim(x), slice(*bound))) for bound in bounds]


@primitive
def flip(x, axis=None):
    """Return x backwards along `axis`: None for all, a number, or a tuple of numbers.

    >>> flip(np.arange(3))
    array([2, 1, 0])
    """
    return np.flip(x, axis)


flip.def_vjps(lambda g, y, x, axis=None: flip(g, axis))


@primitive
def roll(x, shift, axis=None):
    """Return x moved on by `shift` places along `axis`; what leaves comes in at the front.

    >>> roll(np.arange(4), 1)
    array([3, 0, 1, 2])
    """
    if np.asarray(shift).dtype.kind not in "iu":
        raise TypeError(f"shift needs whole numbers, got {shift!r}")
    return np.roll(x, shift, axis)


roll.def_vjps(lambda g, y, x, shift, axis=None: roll(g, np.negative(shift).tolist(), axis))


@composed
def repeat(x, repeats, axis=None):
    """Return x with each slice along `axis` `repeats` times: one number, or one for each.

    Without `axis`, x is taken as one row of numbers.

    >>> repeat(np.array([1, 2]), 2)
    array([1, 1, 2, 2])
    """
    if axis is None:
        x, axis = ops.reshape(x, (-1,)), 0
    axis = checks.axis(axis, np.ndim(x), "repeat: axis")
    return take(x, np.repeat(np.arange(np.shape(x)[axis]), repeats), axis)


@primitive
def tile(x, reps):
    """Return x laid out `reps` times along each axis.

    >>> tile(np.array([1, 2]), (2, 2))
    array([[1, 2, 1, 2],
           [1, 2, 1, 2]])
    """
    for count in np.atleast_1d(reps).tolist():
        checks.integer(count, "tile: reps", 0)
    return np.tile(x, reps)


def _untile(g, y, x, reps):
    reps = (1,) * (y.ndim - np.size(reps)) + tuple(np.atleast_1d(reps).tolist())
    shape = (1,) * (y.ndim - x.ndim) + x.shape
    laid_out = ops.reshape(g, [n for pair in zip(reps, shape, strict=True) for n in pair])
    return ops.reshape(ops.sum(laid_out, axis=tuple(range(0, 2 * y.ndim, 2))), x.shape)


tile.def_vjps(_untile)


@composed
def pad(x, pad_width, mode="constant", constant_values=0):
    """Return x with a border.

    Parameters
    ----------
    x : array or Tensor
    pad_width : int, (before, after) or ((before, after), …)
        How many to add at each end: of every axis alike, or axis by axis.
    mode : "constant", "reflect" or "edge"
        What to add: `constant_values`; the numbers mirrored at the border, which is not
        repeated; or the border itself.
    constant_values : number
        Without a fraction if x holds integers.

    >>> pad(np.array([1, 2, 3]), 2, mode="reflect")
    array([3, 2, 1, 2, 3, 2, 1])
    """
    if mode not in PAD_MODES:
        raise checks.unknown_name("pad: mode", mode, PAD_MODES)
    widths = _pad_widths(pad_width, np.ndim(x))
    if mode == "constant":
        return _pad(x, widths, checks.real(constant_values, "pad: constant_values"))
    if constant_values != 0:
        raise ValueError(f"pad: constant_values are for mode='constant', not for {mode!r}")
    for axis, width in enumerate(widths):
        if any(width):
            x = take(x, np.pad(np.arange(np.shape(x)[axis]), width, mode), axis)
    return x


@primitive
def _pad(x, widths, value):
    x = np.asarray(x)
    if x.dtype.kind != "f" and not float(value).is_integer():
        raise TypeError(f"constant_values needs a whole number for x of {x.dtype}, got {value!r}")
    return np.pad(x, widths, constant_values=value) if widths else x


def _unpad(g, y, x, widths, value):
    return getitem(g, tuple(slice(b, b + n) for (b, _), n in zip(widths, x.shape, strict=True)))


_pad.def_vjps(_unpad)


def _pad_widths(pad_width, ndim):
    """Return ((before, after), …), one pair an axis."""
    widths = np.broadcast_to(np.asarray(pad_width), (ndim, 2)).tolist()
    what = "pad: pad_width"
    return tuple((checks.integer(b, what, 0), checks.integer(a, what, 0)) for b, a in widths)


def _along(axis, ndim, part):
    """Return the index of a part of one axis, all of the others."""
    index = [slice(None)] * ndim
    index[axis] = part
    return tuple(index)
