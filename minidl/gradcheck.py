"""Gradients held against finite differences."""

import itertools

import numpy as np

from minidl import autograd
from minidl.autograd import Tensor
from minidl.runtime import checks

#: Random directions that are tried before the gradients are believed.
DIRECTIONS = 3


def check_grads(f, *arrays, order=1, rtol=1e-5, seed=0):
    """Check the gradients of `f` by its inputs against central differences, in float64.

    Random directions first, which takes a few calls of `f` whatever the size of the inputs;
    on failure, element by element, to say where. The directional derivative of
    ``φ = Σ w · f(arrays)``, with random weights w, must equal the gradient's product with
    the direction.

    Parameters
    ----------
    f : callable
        Takes Tensors and returns a Tensor of any shape; the same result at every call.
    *arrays : array_like
        Where to differentiate: away from kinks (relu at 0) and ties (max of equals).
    order : int
        2 also checks the gradients of the gradients, and so on.
    rtol : float
        Largest error, as a share of the derivative's terms: far below 0.1 %.

    Raises
    ------
    AssertionError
        Naming the input, the index and both values.

    >>> check_grads(lambda x, y: x * y, [1.0, 2.0], [3.0, 4.0], order=2)
    """
    order = checks.integer(order, "check_grads: order")
    arrays = [np.array(a, np.float64) for a in arrays]
    rng = np.random.default_rng(seed)
    weights = rng.uniform(0.5, 1.5, f(*map(Tensor, arrays)).shape)

    def phi(*tensors):
        return (f(*tensors) * weights).sum()

    def gradients(*tensors, create_graph=False):
        tensors = [t if t.requires_grad else Tensor(t.data, requires_grad=True) for t in tensors]
        result = phi(*tensors)
        if not result.requires_grad:
            return tuple(Tensor(np.zeros_like(t.data)) for t in tensors)
        return autograd.grad(result, tensors, create_graph)

    found = [g.data for g in gradients(*map(Tensor, arrays))]
    for _ in range(DIRECTIONS):
        directions = [rng.uniform(0.5, 1.5, a.shape) * rng.choice([-1, 1], a.shape) for a in arrays]
        if not _agree(phi, arrays, found, directions, rtol):
            _raise_where(phi, arrays, found, rtol, order)
            raise AssertionError(
                "check_grads: the gradient is wrong along a random direction, "
                "though right in every element: is f the same at every call?"
            )
    if order > 1:
        for i in range(len(arrays)):

            def component(*tensors, i=i):
                return gradients(*tensors, create_graph=True)[i]

            try:
                check_grads(component, *arrays, order=order - 1, rtol=rtol, seed=seed + 1)
            except AssertionError as error:
                raise AssertionError(f"in the gradient by input {i}: {error}") from None


def _difference(phi, arrays, directions):
    """Return the derivative of phi along the directions, from four points, and its noise."""
    step = 1e-4
    along = {
        s: phi(*(Tensor(a + s * step * d) for a, d in zip(arrays, directions, strict=True))).item()
        for s in (-2, -1, 1, 2)
    }
    slope = (8 * (along[1] - along[-1]) - (along[2] - along[-2])) / (12 * step)
    noise = 1e-14 * max(map(abs, along.values())) / step
    return slope, noise


def _agree(phi, arrays, found, directions, rtol):
    numeric, noise = _difference(phi, arrays, directions)
    terms = [g * d for g, d in zip(found, directions, strict=True)]
    analytic = sum(t.sum() for t in terms)
    scale = sum(np.abs(t).sum() for t in terms)
    return abs(numeric - analytic) <= rtol * max(scale, abs(numeric)) + noise + 1e-9


def _raise_where(phi, arrays, found, rtol, order):
    for i, array in enumerate(arrays):
        for index in itertools.product(*map(range, array.shape)):
            directions = [np.zeros_like(a) for a in arrays]
            directions[i][index] = 1.0
            if not _agree(phi, arrays, found, directions, rtol):
                numeric, _ = _difference(phi, arrays, directions)
                raise AssertionError(
                    f"check_grads: the gradient by input {i} at index {index} is "
                    f"{found[i][index]:.10g}, but differences give {numeric:.10g}"
                )
