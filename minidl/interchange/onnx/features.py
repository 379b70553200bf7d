"""Layers of features, of shapes and of whole batches as ONNX nodes."""

import numpy as np

from minidl.interchange.onnx.activations import activate
from minidl.interchange.onnx.graph import FIRST, LAST, array_in, axis_in


def identity(call, layer, x):
    """Map layers that do nothing when a model is used."""
    return x


def dense(call, layer, x):
    """Map Dense."""
    name, rank = call.last(x), len(x.shape)
    kernel = call.constant("kernel", layer.kernel.data)
    bias = [call.constant("bias", layer.bias.data)] if layer.use_bias else []
    if rank == 2:
        y = call.node("Gemm", name, kernel, *bias)
    else:
        y = call.node("MatMul", name, kernel)
        y = call.node("Add", y, *bias) if bias else y
    return call.value(activate(call, layer.activation, y, LAST, rank))


def reshape(call, layer, x):
    """Map Flatten and Reshape; ONNX's 0 keeps the batch axis as it is."""
    if x.shape == call.shape:
        return x
    shape = call.constant("shape", [0, *call.shape[1:]])
    return call.value(call.node("Reshape", call.last(x), shape))


def rescaling(call, layer, x):
    """Map Rescaling."""
    y = call.node("Mul", x.names[x.layout], call.constant("scale", layer.scale))
    y = call.node("Add", y, call.constant("offset", layer.offset))
    return call.value(y, x.layout)


def embedding(call, layer, x):
    """Map Embedding; its numbers come as float32, as all inputs, and are made whole."""
    numbers = call.node("Cast", call.last(x), to=_int64())
    table = call.constant("embeddings", layer.embeddings.data)
    return call.value(call.node("Gather", table, numbers))


def add(call, layer, values):
    """Map Add."""
    layout = _layout_of(values)
    return call.value(call.node("Sum", *(call.tensor(v, layout) for v in values)), layout)


def concatenate(call, layer, values):
    """Map Concatenate."""
    layout = _layout_of(values)
    axis = axis_in(layout, layer.axis, len(values[0].shape))
    names = [call.tensor(value, layout) for value in values]
    return call.value(call.node("Concat", *names, axis=axis), layout)


def batch_normalization(call, layer, x):
    """Map BatchNormalization, with its moving mean and variance."""
    rank = len(x.shape)
    if layer.axis % rank != rank - 1 or rank not in (2, 4):
        return _normalized_along(call, layer, x)
    ones = np.ones_like(layer.moving_mean.data)
    gamma = layer.gamma.data if layer.scale else ones
    beta = layer.beta.data if layer.center else 0 * ones
    arrays = {
        "gamma": gamma,
        "beta": beta,
        "moving_mean": layer.moving_mean.data,
        "moving_variance": layer.moving_variance.data,
    }
    layout = FIRST if rank == 4 else LAST
    constants = [call.constant(name, array) for name, array in arrays.items()]
    how = {"epsilon": layer.epsilon}
    y = call.node("BatchNormalization", call.tensor(x, layout), *constants, **how)
    return call.value(y, layout)


def layer_normalization(call, layer, x):
    """Map LayerNormalization."""
    layout, rank = x.layout, len(x.shape)
    axes = sorted(axis % rank for axis in layer.axis)
    shape = [n if i in axes else 1 for i, n in enumerate(x.shape)]
    places = [axis_in(layout, axis, rank) for axis in axes]
    y = _standardized(call, layer, x.names[layout], places)
    return call.value(_scaled(call, layer, y, shape, layout), layout)


def group_normalization(call, layer, x):
    """Map GroupNormalization: channels are cut into groups for as long as it takes."""
    layout, rank = x.layout, len(x.shape)
    channels, places = x.shape[-1], x.shape[1:-1]
    groups = channels if layer.groups == -1 else layer.groups
    cut = [groups, channels // groups]
    if layout == FIRST:
        apart, axes, whole = [0, *cut, *places], [2, 3, 4], [0, channels, *places]
    else:
        apart, axes, whole = [0, *places, *cut], [*range(1, rank - 1), rank], [0, *x.shape[1:]]
    y = call.node("Reshape", x.names[layout], call.constant("apart", apart))
    y = _standardized(call, layer, y, axes)
    y = call.node("Reshape", y, call.constant("whole", whole))
    shape = [1] * (rank - 1) + [channels]
    return call.value(_scaled(call, layer, y, shape, layout), layout)


def _normalized_along(call, layer, x):
    """Write a batch normalization along an axis that ONNX's node does not know."""
    layout, rank = x.layout, len(x.shape)
    shape = [n if i == layer.axis % rank else 1 for i, n in enumerate(x.shape)]
    deviation = np.sqrt(layer.moving_variance.data + layer.epsilon)
    y = x.names[layout]
    for kind, name, array in (
        ("Sub", "moving_mean", layer.moving_mean.data),
        ("Div", "deviation", deviation),
    ):
        y = call.node(kind, y, call.constant(name, array_in(layout, array.reshape(shape))))
    return call.value(_scaled(call, layer, y, shape, layout), layout)


def _standardized(call, layer, x, axes):
    """Write (x − mean) / √(variance + ε) over axes."""
    axes = call.constant("axes", axes)
    centred = call.node("Sub", x, call.node("ReduceMean", x, axes, keepdims=1))
    variance = call.node("ReduceMean", call.node("Mul", centred, centred), axes, keepdims=1)
    variance = call.node("Add", variance, call.constant("epsilon", layer.epsilon))
    return call.node("Div", centred, call.node("Sqrt", variance))


def _scaled(call, layer, y, shape, layout):
    """Write γ · y + β, of those that there are; `shape` is theirs, channels last."""
    for kind, name, wanted in (("Mul", "gamma", layer.scale), ("Add", "beta", layer.center)):
        if wanted:
            array = getattr(layer, name).data.reshape(shape)
            y = call.node(kind, y, call.constant(name, array_in(layout, array)))
    return y


def _layout_of(values):
    """Return the layout of most use to a layer of several inputs: fewer transposes."""
    return FIRST if any(FIRST in value.names for value in values) else LAST


def _int64():
    from onnx import TensorProto

    return TensorProto.INT64
