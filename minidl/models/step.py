"""A step of training in which each weight changes as soon as its gradient is known.

``loss.backward()``, ``optimizer.step()`` and ``optimizer.zero_grad()`` do the same, bit for
bit. But where nobody looks at the gradients, as in `fit`, none has to be kept until all are
there: each is used while it is in the cache, and its memory serves for the next.
"""

import collections
import itertools

import numpy as np

from minidl import autograd
from minidl.kernels.jit import plain
from minidl.optimizers import Optimizer
from minidl.runtime import arrays


def train(loss, optimizer):
    """Change the weights that the optimizer was built for, by the gradients of the `loss`."""
    nodes = autograd.nodes_of(loss)
    weights = {arrays.memory(weight.data): i for i, weight in enumerate(optimizer.weights)}
    if not nodes or not _can_change_one_by_one(optimizer, weights):
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return
    reads = [_read(node, weights) for node in nodes]
    waiting = collections.Counter(itertools.chain.from_iterable(reads))
    gradients = {id(nodes[0]): np.ones_like(loss.data)}
    with autograd.no_grad():
        for _, keys in zip(autograd.propagate(nodes, gradients), reads, strict=True):
            for key in keys:
                waiting[key] -= 1
                weight = optimizer.weights[weights[key]]
                if not waiting[key] and id(weight) in gradients:
                    gradient = gradients.pop(id(weight))
                    optimizer.show(weights[key], gradient)
                    optimizer.change(weights[key], plain(optimizer.clip([gradient])[0]))
    optimizer.end_step()


def _can_change_one_by_one(optimizer, weights):
    """Whether the step of one weight depends on nothing but its own gradient."""
    return (
        type(optimizer).step is Optimizer.step
        and optimizer.global_clipnorm is None
        and not optimizer.gradient_accumulation_steps
        and len(weights) == len(optimizer.weights)  # no two of them share memory
    )


def _read(node, weights):
    """Return the keys of the `weights`, by their memory, that the node's gradients may read.

    A weight may be read through another tensor too, such as ``weight.detach()``: as long as
    that is so, it has to stay as it is.
    """
    keys = []
    for arg in node.args:
        array = arg.data if isinstance(arg, autograd.Tensor) else arg
        if isinstance(array, np.ndarray):
            key = id(array) if array.base is None else arrays.memory(array)
            if key in weights:
                keys.append(key)
    return keys
