"""Automatic differentiation, in one sitting's read.

A *primitive* is a function of arrays with a vector–Jacobian product (VJP) for each input.
Called with a `Tensor`, it computes its output and notes, in a `Node`, what it was called
with. The nodes form the graph through which `backward` walks from the output to the
inputs: at each node the gradient `g` of the output is turned into gradients of the inputs,
``vjp(g, y, *args)``, until only leaves are left.

VJPs are written in terms of primitives. On arrays they just compute; on Tensors
(``create_graph=True``) they build a graph in turn, and so gradients have gradients.

What this module does not know: any particular operation. `minidl.ops` declares those, and
gives Tensor its operators.
"""

import contextlib
import functools
import inspect
import itertools
import operator
import sys

import numpy as np

from minidl.runtime import arrays
from minidl.runtime.errors import EXPLAINED, explain
from minidl.runtime.graphs import keeps_graph, no_grad


class Tensor(arrays.ArrayHolder):
    """An array that remembers how it was computed.

    Parameters
    ----------
    data : array_like
        Real numbers or booleans. Python floats become float32; a NumPy array is kept as it
        is, not copied.
    requires_grad : bool
        Whether `backward` shall compute a gradient for it. Needs floating-point data.

    Attributes
    ----------
    data : numpy.ndarray
    grad : Tensor or None
        The sum of the gradients of all calls of `backward` since it was last set to None.

    >>> x = Tensor([1.0, 2.0, 3.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> x.grad
    Tensor([2., 4., 6.], dtype=float32)
    """

    __slots__ = ("__weakref__", "_node", "data", "grad", "name", "requires_grad")
    __array_ufunc__ = None  # array + tensor is left to Tensor.__radd__

    def __init__(self, data, requires_grad=False, *, name=None):
        self.data = arrays.real_array(data, "Tensor")
        if requires_grad and self.data.dtype.kind != "f":
            raise TypeError(
                f"Tensor: only floating-point data can require a gradient, got {self.data.dtype}; "
                "convert it first, for example with .astype('float32')"
            )
        self.requires_grad = bool(requires_grad)
        self.grad = None
        self.name = name
        self._node = None

    def __repr__(self):
        text = np.array2string(self.data, separator=", ", prefix="Tensor(")
        grad = ", requires_grad=True" if self.requires_grad else ""
        return f"Tensor({text}, dtype={self.dtype}{grad})"

    def detach(self):
        """Return a Tensor of the same data that has forgotten how it was computed."""
        return Tensor(self.data)

    def backward(self, gradient=None, create_graph=False):
        """Add the gradient of this Tensor to ``.grad`` of every leaf it was computed from.

        Parameters
        ----------
        gradient : array_like, optional
            What to multiply with, of this Tensor's shape; may be left out for one number.
        create_graph : bool
            Whether the gradients shall be differentiable in turn.
        """
        nodes = nodes_of(self)
        leaves = _leaves(nodes) if nodes else [self]
        found = _backpropagate(self, nodes, leaves, gradient, create_graph)
        for leaf, g in zip(leaves, found, strict=True):
            leaf.grad = g if leaf.grad is None else leaf.grad + g


def grad(output, inputs, create_graph=False, gradient=None):
    """Return the gradients of `output` with respect to `inputs`.

    Parameters
    ----------
    output : Tensor
        One number, unless `gradient` says what to multiply with.
    inputs : Tensor or sequence of Tensor
        Leaves or intermediate results that require a gradient.
    create_graph : bool
        Whether the gradients shall be differentiable in turn.

    Returns
    -------
    tuple of Tensor
        One per input, of its shape and dtype; zeros where `output` does not depend on it.

    >>> x = Tensor(3.0, requires_grad=True)
    >>> (slope,) = grad(x**3, x, create_graph=True)
    >>> (curvature,) = grad(slope, x)
    >>> slope.item(), curvature.item()
    (27.0, 18.0)
    """
    inputs = (inputs,) if isinstance(inputs, Tensor) else tuple(inputs)
    for i, tensor in enumerate(inputs):
        if not isinstance(tensor, Tensor) or not tensor.requires_grad:
            raise TypeError(f"grad: input {i} is not a Tensor with requires_grad=True")
    nodes = _leading_to(inputs, nodes_of(output))
    return tuple(_backpropagate(output, nodes, inputs, gradient, create_graph))


class Node:
    """One call of a primitive: what `backward` needs to know of it."""

    __slots__ = ("args", "kwargs", "number", "output", "primitive", "tracked")
    _count = itertools.count()

    def __init__(self, primitive, args, kwargs, tracked, output):
        self.primitive = primitive
        self.args = args
        self.kwargs = kwargs
        self.tracked = tracked  # positions of the inputs that require a gradient
        self.output = output
        self.number = next(Node._count)  # inputs' numbers are smaller: a topological order

    def input_gradients(self, g, create_graph):
        """Yield (input, gradient) for every input that requires one; `g` is the output's."""
        if create_graph:
            args, y = self.args, _tensor(self.output, self)
        else:
            args = [a.data if isinstance(a, Tensor) else a for a in self.args]
            y = self.output
        call = create_graph, g, y, args, self.kwargs
        for i, gradient in self.primitive.gradients(self.tracked, *call):
            tensor = self.args[i]
            if gradient.shape != tensor.shape:
                raise RuntimeError(
                    f"the gradient of {self.primitive.name} by input {i} has shape "
                    f"{gradient.shape}, but the input has shape {tensor.shape}"
                )
            if gradient.dtype != tensor.dtype:
                gradient = gradient.astype(tensor.dtype)
            yield tensor, gradient


class Primitive:
    """A differentiable function; made by the decorator `primitive`."""

    def __init__(self, forward, residuals):
        functools.update_wrapper(self, forward)
        self.name = forward.__name__.lstrip("_")
        self.forward = forward
        self.residuals = residuals
        parameters = inspect.signature(forward).parameters.values()
        self._parameters = tuple(p.name for p in parameters)
        # Those that come by position, and are needed: the inputs, unless VJPs say otherwise.
        self._inputs = sum(
            p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters
        )
        self._places = self._inputs
        self._vjps = ()
        self._every = None
        self._fast = {}
        self._together = None

    def def_vjps(self, *vjps, every=None, fast=None, together=None):
        """Declare the VJP of each differentiable input, in order; None for a zero gradient.

        Each is called as ``vjp(g, y, *args, **kwargs)`` with the gradient of the output,
        the output, and what the primitive was called with; a primitive with residuals gets
        those as the keyword argument ``residuals``. A primitive of any number of inputs has
        one for `every`, called with the input's position before the rest. `fast` maps a
        position to a quicker VJP for when no graph is being made: the same numbers, from
        plain arrays. One function may compute the gradients by several inputs `together`: it is
        called with their positions and whether a graph is being made before the rest.
        """
        self._vjps = vjps
        self._together = together
        self._every = every
        self._fast = fast or {}
        self._inputs = min(self._places, len(vjps)) if every is None else sys.maxsize
        self._places = max(self._places, len(vjps))
        return self

    def gradients(self, positions, create_graph, g, y, args, kwargs):
        """Yield (position, gradient) for the inputs at `positions`, but not zero gradients."""
        if self._together is not None:
            found = self._together(positions, create_graph, g, y, *args, **kwargs)
            yield from zip(positions, found, strict=True)
            return
        for i in positions:
            vjp = self.vjp(i, create_graph)
            if vjp is not None:
                yield i, vjp(g, y, *args, **kwargs)

    def vjp(self, position, create_graph):
        """Return the VJP by the input at `position`."""
        if not create_graph and position in self._fast:
            return self._fast[position]
        if self._every is not None:
            return functools.partial(self._every, position)
        return self._vjps[position]

    def __call__(self, *args, **kwargs):
        """Compute, and note the call in a `Node` if an input requires a gradient."""
        if kwargs:
            args, kwargs = self._bind(args, kwargs)
        args, given, tensors = list(args), list(args), []
        try:
            for i, a in enumerate(args):
                if isinstance(a, Tensor):
                    tensors.append(i)
                    given[i] = a.data
                elif i < self._inputs:
                    args[i] = given[i] = arrays.operand(a)
            output = self.forward(*given, **kwargs)
        except EXPLAINED as error:
            raise explain(self.name, error, args) from error
        residuals = None
        if self.residuals:
            output, residuals = output
        if not tensors:
            return output
        output = np.asarray(output)
        differentiable = keeps_graph() and output.dtype.kind == "f"
        tracked = self._tracked(args, tensors) if differentiable else ()
        if not tracked:
            return _tensor(output, None)
        if self.residuals:
            kwargs = {**kwargs, "residuals": residuals}
        return _tensor(output, Node(self, args, kwargs, tracked, output))

    def _bind(self, args, kwargs):
        """Move inputs that were named to their positions."""
        args = list(args)
        while len(args) < self._places and self._parameters[len(args)] in kwargs:
            args.append(kwargs.pop(self._parameters[len(args)]))
        for name in self._parameters[self._places :]:
            if isinstance(kwargs.get(name), Tensor):
                raise self._not_differentiable(name)
        return tuple(args), kwargs

    def _tracked(self, args, tensors):
        """Return the positions of the inputs that require a gradient."""
        if not self._vjps and self._every is None:
            return ()
        tracked = tuple(i for i in tensors if args[i].requires_grad)
        if self._every is None and tracked and tracked[-1] >= len(self._vjps):
            raise self._not_differentiable(self._parameters[tracked[-1]])
        return tracked

    def _not_differentiable(self, name):
        return TypeError(f"{self.name}: {name} is not differentiable; give an array, not a Tensor")


def primitive(forward=None, *, residuals=False):
    """Make a function of arrays differentiable; its VJPs follow with ``def_vjps``.

    With ``residuals=True`` the function returns its output and a second value, kept for
    the VJPs: arrays that are not differentiable, such as an arg-max.

    >>> @primitive
    ... def cube(x):
    ...     return x**3
    >>> _ = cube.def_vjps(lambda g, y, x: g * 3 * x**2)
    >>> x = Tensor(2.0, requires_grad=True)
    >>> cube(x).backward()
    >>> x.grad.item()
    12.0
    """
    if forward is None:
        return functools.partial(primitive, residuals=residuals)
    return Primitive(forward, residuals)


def _tensor(data, node):
    """Wrap the output of a primitive, without the checks of the constructor."""
    tensor = Tensor.__new__(Tensor)
    tensor.data = data
    tensor.requires_grad = node is not None
    tensor.grad = None
    tensor.name = None
    tensor._node = node
    return tensor


_NUMBER = operator.attrgetter("number")


def _identity(tensor):
    """What a gradient belongs to: the call that made the tensor, or the leaf itself."""
    return id(tensor._node if tensor._node is not None else tensor)


def nodes_of(output):
    """Return the nodes that `output` was computed by, latest first: no recursion."""
    if not isinstance(output, Tensor) or output._node is None:
        return []
    found, waiting = {output._node}, [output._node]
    while waiting:
        node = waiting.pop()
        for i in node.tracked:
            before = node.args[i]._node
            if before is not None and before not in found:
                found.add(before)
                waiting.append(before)
    return sorted(found, key=_NUMBER, reverse=True)


def _leaves(nodes):
    """Return the tensors without a node that are inputs of `nodes` and still ask, each once."""
    inputs = [node.args[i] for node in nodes for i in node.tracked]
    return list({id(t): t for t in inputs if t._node is None and t.requires_grad}.values())


def _leading_to(inputs, nodes):
    """Return those of the nodes that the `inputs` are inputs of, or lead to."""
    needed = {_identity(t) for t in inputs}
    for node in reversed(nodes):
        if any(_identity(node.args[i]) in needed for i in node.tracked):
            needed.add(id(node))
    return [node for node in nodes if id(node) in needed]


def propagate(nodes, gradients, create_graph=False, kept=()):
    """Carry gradients back through `nodes`, latest first, and yield each node that was passed.

    `gradients` holds what has been summed up so far by identity: that of a leaf is complete once
    all nodes have been passed that it is an input of. Those of nodes are dropped when they have
    been used, unless they are `kept`.
    """
    for node in nodes:
        key = id(node)
        if key in gradients:
            g = gradients[key] if key in kept else gradients.pop(key)
            for tensor, contribution in node.input_gradients(g, create_graph):
                key = _identity(tensor)
                before = gradients.get(key)
                gradients[key] = contribution if before is None else before + contribution
        yield node


def _backpropagate(output, nodes, inputs, gradient, create_graph):
    """Return the gradients of `output` by `inputs`: Tensors of their own memory."""
    seed = _seed(output, gradient)
    gradients = {_identity(output): seed if create_graph else seed.data}
    wanted = {_identity(t) for t in inputs}
    with contextlib.nullcontext() if create_graph else no_grad():
        for _ in propagate(nodes, gradients, create_graph, wanted):
            pass
    given_out = {arrays.memory(seed.data)}
    return [_own(gradients.get(_identity(t)), t, given_out) for t in inputs]


def _seed(output, gradient):
    if not isinstance(output, Tensor) or not output.requires_grad:
        raise RuntimeError(
            "backward: this result does not depend on any Tensor with requires_grad=True "
            "(or was computed inside no_grad)"
        )
    if gradient is None:
        if output.size != 1:
            raise ValueError(
                f"backward: the result has shape {output.shape}, not one number: "
                "sum it up, or give the gradient to multiply with"
            )
        return Tensor(np.ones_like(output.data))
    gradient = gradient if isinstance(gradient, Tensor) else Tensor(np.asarray(gradient))
    if gradient.shape != output.shape:
        raise ValueError(
            f"backward: the gradient has shape {gradient.shape}, the result {output.shape}"
        )
    return gradient if gradient.dtype == output.dtype else gradient.astype(output.dtype)


def _own(gradient, tensor, given_out):
    """Return a gradient that shares no memory with another one, or with a graph's arrays.

    VJPs pass arrays on (those of `add`, `reshape` …), so two inputs may be handed the same
    one; what a user then does to one gradient must not show in the other.
    """
    if gradient is None:
        return Tensor(np.zeros_like(tensor.data))
    data = gradient.data if isinstance(gradient, Tensor) else np.asarray(gradient)
    memory = arrays.memory(data)
    shared = memory in given_out or not data.flags.writeable or not data.flags.c_contiguous
    given_out.add(memory)
    if isinstance(gradient, Tensor):
        return gradient * 1 if shared else gradient
    return _tensor(np.array(data, order="C") if shared else data, None)
