"""Differentiable operations: arrays in, array out; any Tensor in, Tensor out.

Each is one declaration: the function of arrays, and beside it how a gradient passes
through (see `minidl.autograd`). To add one, write it in the module of its subject, list it
here, and add a row to the table of property tests.
"""

from minidl.autograd import Tensor
from minidl.ops.activation import (
    elu,
    gelu,
    leaky_relu,
    log_softmax,
    relu,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    tanh,
)
from minidl.ops.arithmetic import (
    add,
    clip,
    divide,
    equal,
    greater,
    greater_equal,
    less,
    less_equal,
    maximum,
    minimum,
    multiply,
    negative,
    not_equal,
    power,
    subtract,
    where,
)
from minidl.ops.convolution import conv2d, conv2d_kernel_grad, conv2d_transpose
from minidl.ops.dropping import dropout
from minidl.ops.einsum import einsum
from minidl.ops.elementary import (
    absolute,
    astype,
    cos,
    erf,
    exp,
    floor,
    isfinite,
    log,
    log1p,
    round,
    sign,
    sin,
    sqrt,
    square,
)
from minidl.ops.indexing import getitem, one_hot, take, take_along_axis
from minidl.ops.joining import concatenate, flip, pad, repeat, roll, split, stack, tile
from minidl.ops.linear import matmul
from minidl.ops.normalization import batch_norm, group_norm, layer_norm
from minidl.ops.pooling import average_pool2d, max_pool2d
from minidl.ops.reduction import argmax, argmin, logsumexp, max, mean, min, prod, std, sum, var
from minidl.ops.resizing import resize
from minidl.ops.shape import (
    broadcast_to,
    expand_dims,
    full_like,
    moveaxis,
    ones_like,
    reshape,
    squeeze,
    transpose,
    zeros_like,
)

abs = absolute

__all__ = [
    "abs",
    "absolute",
    "add",
    "argmax",
    "argmin",
    "astype",
    "average_pool2d",
    "batch_norm",
    "broadcast_to",
    "clip",
    "concatenate",
    "conv2d",
    "conv2d_kernel_grad",
    "conv2d_transpose",
    "cos",
    "divide",
    "dropout",
    "einsum",
    "elu",
    "equal",
    "erf",
    "exp",
    "expand_dims",
    "flip",
    "floor",
    "full_like",
    "gelu",
    "getitem",
    "greater",
    "greater_equal",
    "group_norm",
    "isfinite",
    "layer_norm",
    "leaky_relu",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log_softmax",
    "logsumexp",
    "matmul",
    "max",
    "max_pool2d",
    "maximum",
    "mean",
    "min",
    "minimum",
    "moveaxis",
    "multiply",
    "negative",
    "not_equal",
    "one_hot",
    "ones_like",
    "pad",
    "power",
    "prod",
    "relu",
    "repeat",
    "reshape",
    "resize",
    "roll",
    "round",
    "selu",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "softmax",
    "softplus",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "subtract",
    "sum",
    "take",
    "take_along_axis",
    "tanh",
    "tile",
    "transpose",
    "var",
    "where",
    "zeros_like",
]


def _reshape_method(x, *shape):
    """``x.reshape(2, 3)`` or ``x.reshape((2, 3))``, as NumPy has it."""
    return reshape(x, shape[0] if len(shape) == 1 else shape)


def _transpose_method(x, *axes):
    """``x.transpose(1, 0)`` or ``x.transpose((1, 0))``, as NumPy has it."""
    return transpose(x, (axes[0] if len(axes) == 1 else axes) or None)


#: Tensor's operators and methods: NumPy's names, and the operation each stands for.
_TENSOR_METHODS = {
    "__add__": add,
    "__radd__": lambda x, y: add(y, x),
    "__sub__": subtract,
    "__rsub__": lambda x, y: subtract(y, x),
    "__mul__": multiply,
    "__rmul__": lambda x, y: multiply(y, x),
    "__truediv__": divide,
    "__rtruediv__": lambda x, y: divide(y, x),
    "__pow__": power,
    "__rpow__": lambda x, y: power(y, x),
    "__matmul__": matmul,
    "__rmatmul__": lambda x, y: matmul(y, x),
    "__neg__": negative,
    "__abs__": absolute,
    "__eq__": equal,
    "__ne__": not_equal,
    "__lt__": less,
    "__le__": less_equal,
    "__gt__": greater,
    "__ge__": greater_equal,
    "__getitem__": getitem,
    "__hash__": object.__hash__,
    "argmax": argmax,
    "argmin": argmin,
    "astype": astype,
    "clip": clip,
    "max": max,
    "mean": mean,
    "min": min,
    "prod": prod,
    "repeat": repeat,
    "reshape": _reshape_method,
    "round": round,
    "squeeze": squeeze,
    "std": std,
    "sum": sum,
    "take": take,
    "var": var,
    "transpose": _transpose_method,
    "T": property(transpose, doc="The Tensor with its axes reversed."),
}

for _name, _operation in _TENSOR_METHODS.items():
    # A Primitive is called on instances as a function is: it needs a function around it.
    _is_plain = isinstance(_operation, property) or hasattr(_operation, "__get__")
    setattr(
        Tensor,
        _name,
        _operation if _is_plain else (lambda f: lambda *a, **k: f(*a, **k))(_operation),
    )
