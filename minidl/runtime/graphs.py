"""Whether calls of operations are noted, for gradients: for each thread apart."""

import contextlib
import threading


class no_grad(contextlib.ContextDecorator):  # noqa: N801 (PyTorch's name)
    """Compute without keeping a graph: a ``with`` block, or a decorator.

    >>> from minidl import Tensor
    >>> x = Tensor([1.0], requires_grad=True)
    >>> with no_grad():
    ...     y = x * 2
    >>> y.requires_grad
    False
    """

    def __enter__(self):
        _mode.stack.append(False)
        return self

    def __exit__(self, *_error):
        _mode.stack.pop()


class _Mode(threading.local):
    """Whether graphs are kept, for each thread apart."""

    def __init__(self):
        self.stack = [True]


_mode = _Mode()


def keeps_graph():
    """Whether calls are noted at the moment, as they are outside of `no_grad`."""
    return _mode.stack[-1]
