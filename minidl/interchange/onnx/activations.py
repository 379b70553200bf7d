"""Activation functions as ONNX nodes."""

import functools
import math

from minidl import activations, ops
from minidl.interchange.onnx.graph import axis_in


def activate(call, function, name, layout, rank):
    """Write an activation function of the tensor `name`; return the name of the result.

    Raises
    ------
    ValueError
        If it is a function of the user's own.
    """
    if function not in FUNCTIONS:
        known = ", ".join(sorted(each.__name__ for each in FUNCTIONS))
        given = getattr(function, "__name__", function)
        raise ValueError(
            f"export: layer '{call.path}' has the activation {given!r}, which has no mapping to "
            f"ONNX (known: {known})"
        )
    return FUNCTIONS[function](call, name, axis_in(layout, -1, rank))


def activation(call, layer, x):
    """Map Activation and Softmax."""
    name = x.names[x.layout]
    return call.value(activate(call, layer.activation, name, x.layout, len(x.shape)), x.layout)


def relu(call, layer, x):
    """Map ReLU."""
    name = y = x.names[x.layout]
    if layer.threshold:
        threshold = call.constant("threshold", layer.threshold)
        below = call.node("Sub", name, threshold)
        below = call.node("Mul", below, call.constant("negative_slope", layer.negative_slope))
        above = call.node("GreaterOrEqual", name, threshold)
        y = call.node("Where", above, name, below)
    elif layer.negative_slope:
        y = call.node("LeakyRelu", name, alpha=layer.negative_slope)
    else:
        y = call.node("Relu", name)
    if layer.max_value is not None:
        y = call.node("Min", y, call.constant("max_value", layer.max_value))
    return call.value(y, x.layout)


def leaky_relu(call, layer, x):
    """Map LeakyReLU."""
    y = call.node("LeakyRelu", x.names[x.layout], alpha=layer.negative_slope)
    return call.value(y, x.layout)


def _nothing(call, x, axis):
    return x


def _node(kind, call, x, axis, **attributes):
    return call.node(kind, x, **attributes)


def _along(kind, call, x, axis):
    return call.node(kind, x, axis=axis)


def _silu(call, x, axis):
    return call.node("Mul", x, call.node("Sigmoid", x))


def _gelu(call, x, axis):
    """Write x · Φ(x) = x / 2 · (1 + erf(x / √2)); ONNX has a node for it since opset 20 only."""
    erf = call.node("Erf", call.node("Mul", x, call.constant("half_root", math.sqrt(0.5))))
    share = call.node("Add", erf, call.constant("one", 1.0))
    return call.node("Mul", call.node("Mul", x, call.constant("half", 0.5)), share)


def _tanh_gelu(call, x, axis):
    """Write x / 2 · (1 + tanh(√(2 / π) · (x + 0.044715 x³)))."""
    cube = call.node("Mul", call.node("Mul", x, x), x)
    cube = call.node("Mul", cube, call.constant("cubic", 0.044715))
    inner = call.node("Add", x, cube)
    inner = call.node("Mul", inner, call.constant("root", math.sqrt(2 / math.pi)))
    share = call.node("Add", call.node("Tanh", inner), call.constant("one", 1.0))
    return call.node("Mul", call.node("Mul", x, call.constant("half", 0.5)), share)


_partial = functools.partial

#: What writes the nodes of a function: it is given a call, a tensor, and the axis of the channels.
FUNCTIONS = {
    activations.linear: _nothing,
    activations.gelu: _gelu,
    ops.elu: _partial(_node, "Elu", alpha=1.0),
    ops.gelu: _tanh_gelu,
    ops.leaky_relu: _partial(_node, "LeakyRelu", alpha=0.2),
    ops.log_softmax: _partial(_along, "LogSoftmax"),
    ops.relu: _partial(_node, "Relu"),
    ops.selu: _partial(_node, "Selu", alpha=1.6732632423543772, gamma=1.0507009873554805),
    ops.sigmoid: _partial(_node, "Sigmoid"),
    ops.silu: _silu,
    ops.softmax: _partial(_along, "Softmax"),
    ops.softplus: _partial(_node, "Softplus"),
    ops.tanh: _partial(_node, "Tanh"),
}
