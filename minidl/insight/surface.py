"""The loss around a model's weights, along two directions."""

from typing import NamedTuple

import numpy as np

from minidl.runtime import checks


class LossSurface(NamedTuple):
    """What `loss_surface` found.

    ``loss[i, j]`` is the loss at w + first[i] · d₁ + second[j] · d₂; NaN or infinite where it
    overflowed.
    """

    first: np.ndarray
    second: np.ndarray
    loss: np.ndarray


def loss_surface(model, x, y, directions=None, *, points=21, extent=1.0, seed=0, batch_size=None):
    """Return the loss on a grid of weights around those of a model.

    Of all the directions in which the weights can change, two are looked at, as in Li et al.,
    "Visualizing the loss landscape of neural nets" (2018). The loss is that of `evaluate`: with
    regularization, without dropout, with batch normalization's moving statistics. The model has
    its weights again afterwards.

    Parameters
    ----------
    model : Model
        Compiled.
    x, y : array (N, …)
        As `evaluate` takes them.
    directions : two lists of arrays, optional
        d₁ and d₂, each with an array for every one of ``model.trainable_weights``; by default
        two of `random_direction`. The difference of two models' weights is another choice: the
        one model is then at 0, the other at 1.
    points : int of at least 2
        On each axis, from −extent to extent; an odd number has the model itself in the middle.
    extent : float larger than 0
    seed : int
        Of the random directions.
    batch_size : int, optional

    Returns
    -------
    LossSurface
        With arrays (points,), (points,) and (points, points) of float64.

    Raises
    ------
    RuntimeError
        Before `compile`.
    ValueError
        If a direction does not fit the weights.

    >>> import minidl
    >>> model = minidl.Sequential([minidl.Input((1,)), minidl.layers.Dense(1)])
    >>> model.compile("sgd", "mse")
    >>> model.set_weights([[[2.0]], [0.0]])
    >>> along = [[np.array([[1.0]]), np.array([0.0])], [np.array([[0.0]]), np.array([1.0])]]
    >>> loss_surface(model, [[1.0]], [[2.0]], along, points=3).loss
    array([[4., 1., 0.],
           [1., 0., 1.],
           [0., 1., 4.]])
    """
    points = checks.integer(points, "loss_surface: points", 2)
    extent = checks.real(extent, "loss_surface: extent", 0, np.inf, exclusive=True)
    centre = model.evaluate(x, y, batch_size=batch_size, verbose=0, return_dict=True)["loss"]
    weights = model.trainable_weights
    if directions is None:
        directions = [random_direction(model, each) for each in (seed, [seed, 1])]
    first, second = _fitting(directions, weights)
    places = np.linspace(-extent, extent, points)
    loss = np.empty((points, points))
    before = [weight.data for weight in weights]
    try:
        with np.errstate(all="ignore"):  # far from the minimum a loss may overflow
            for i, j in np.ndindex(loss.shape):
                moved = zip(weights, before, first, second, strict=True)
                for weight, start, a, b in moved:
                    step = places[i] * a + places[j] * b
                    weight.data = (start + step).astype(start.dtype)
                if places[i] == places[j] == 0:
                    loss[i, j] = centre
                    continue
                found = model.evaluate(x, y, batch_size=batch_size, verbose=0, return_dict=True)
                loss[i, j] = found["loss"]
    finally:
        for weight, start in zip(weights, before, strict=True):
            weight.data = start
    return LossSurface(places, places.copy(), loss)


def random_direction(model, seed=0):
    """Return a random direction for a model's trainable weights, scaled filter by filter.

    Each filter of it (a kernel's part for one output channel, its last axis) is as long as the
    model's own: so that networks can be compared whose weights differ in scale, which ReLU and
    normalization would make up for. Weights with one axis, biases and the like, do not move.

    Parameters
    ----------
    model : Model
    seed : int, or sequence of int

    Returns
    -------
    list of array
        Of the shapes of ``model.trainable_weights``.

    >>> import minidl
    >>> model = minidl.Sequential([minidl.Input((3,)), minidl.layers.Dense(2)])
    >>> kernel, bias = random_direction(model)
    >>> np.allclose(np.linalg.norm(kernel, axis=0), np.linalg.norm(model.get_weights()[0], axis=0))
    True
    >>> bias
    array([0., 0.])
    """
    rng = np.random.default_rng(seed)
    return [
        _scaled(rng.standard_normal(weight.shape), weight.data)
        for weight in model.trainable_weights
    ]


def _scaled(direction, weight):
    if weight.ndim < 2:
        return np.zeros(weight.shape)
    axes = tuple(range(weight.ndim - 1))
    lengths = [
        np.sqrt(np.square(each, dtype=np.float64).sum(axes, keepdims=True))
        for each in (direction, weight)
    ]
    return direction * (lengths[1] / lengths[0])


def _fitting(directions, weights):
    """Return two lists of arrays; refuse those that do not fit the weights."""
    directions = [[np.asarray(each) for each in direction] for direction in directions]
    if len(directions) != 2:
        raise ValueError(f"loss_surface: needs two directions, got {len(directions)}")
    shapes = [weight.shape for weight in weights]
    for which, direction in zip(("first", "second"), directions, strict=True):
        found = [each.shape for each in direction]
        if found != shapes:
            raise ValueError(
                f"loss_surface: the {which} direction needs an array for every trainable weight, "
                f"of shapes {shapes}, got {found}"
            )
    return directions
