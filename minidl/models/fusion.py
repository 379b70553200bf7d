"""Runs of layers that a model computes in one pass.

`Sequential` and functional models lower

- ``Conv2D(activation="relu")`` and the ``MaxPooling2D(2)`` after it to
  `ops.fused.conv2d_relu_pool`,
- ``Dense`` without activation, or with relu, to `ops.fused.dense`,
- ``Conv2D`` or ``Dense`` and the ``BatchNormalization`` after it, where no gradient is wanted,
  to the same layer with other weights.

The numbers are those of the layers, to rounding. With ``minidl.config.fusion = False``, and
while somebody observes the layers' outputs, every layer computes by itself.
"""

import numpy as np

from minidl import activations, layers, ops
from minidl.autograd import keeps_graph
from minidl.layers.layer import is_observed
from minidl.ops import fused
from minidl.runtime.config import config


def wanted():
    """Whether models may fuse layers at the moment."""
    return config.fusion and not is_observed()


def call(row, x, training):
    """Return the output of a row of layers, one after the other."""
    row = list(row)
    fuse = wanted()
    i = 0
    while i < len(row):
        following = row[i + 1] if i + 1 < len(row) else None
        if fuse and following is not None and is_pair(row[i], following, training):
            x = call_pair(row[i], following, x)
            i += 2
        else:
            x = call_one(row[i], x, training) if fuse else row[i](x, training=training)
            i += 1
    return x


def call_one(layer, x, training):
    """Return a layer's output, in one pass if it is a `Dense` layer that can be."""
    if _is_dense(layer, x):
        with layer.named_errors():
            if layer.activation is ops.relu:
                return fused.dense(x, layer.kernel, layer.bias, True)
            return layer.activation(fused.dense(x, layer.kernel, layer.bias))
    return layer(x, training=training)


def call_before_activation(layer, x):
    """Return what goes into a layer's activation function, in one pass if it can be."""
    if wanted() and _is_dense(layer, x):
        with layer.named_errors():
            return fused.dense(x, layer.kernel, layer.bias)
    return layer.before_activation(x)


def _is_dense(layer, x):
    return (
        type(layer) is layers.Dense
        and layer.built
        and layer.use_bias
        and x.dtype == layer.dtype
        and x.shape[-1] == layer.kernel.shape[0]
    )


def is_pair(first, second, training):
    """Whether two layers that follow each other can be computed in one pass."""
    if type(first) is layers.Conv2D and type(second) is layers.MaxPooling2D:
        return (
            first.built
            and first.use_bias
            and first.activation is ops.relu
            and (second.pool_size, second.strides, second.padding) == ((2, 2), (2, 2), "valid")
            and first.dtype == second.dtype
        )
    return (
        type(first) in (layers.Conv2D, layers.Dense)
        and type(second) is layers.BatchNormalization
        and second.axis == -1
        and first.built
        and second.built
        and first.activation is activations.linear
        and not training
        and not keeps_graph()
        and first.dtype == second.dtype
    )


def call_pair(first, second, x):
    """Return what the second of two layers makes of the first one's output."""
    with first.named_errors():
        x = first.as_input(x)
        if type(second) is layers.MaxPooling2D:
            how = first.strides, first.padding, first.dilation_rate, first.groups
            return fused.conv2d_relu_pool(x, first.kernel, first.bias, *how)
        kernel, bias = _folded(first, second)
        if type(first) is layers.Dense:
            return fused.dense(x, kernel, bias)
        how = first.strides, first.padding, first.dilation_rate, first.groups
        return ops.add(ops.conv2d(x, kernel, *how), bias)


def _folded(layer, norm):
    """Return kernel and bias that give what `norm` makes of the layer's output.

    γ (x k + b − μ) / √(σ² + ε) + β = x (k s) + (b − μ) s + β with s = γ / √(σ² + ε).
    """
    scale = 1 / np.sqrt(norm.moving_variance.data + norm.moving_variance.dtype.type(norm.epsilon))
    if norm.scale:
        scale = scale * norm.gamma.data
    bias = (layer.bias.data if layer.use_bias else 0) - norm.moving_mean.data
    bias = bias * scale
    if norm.center:
        bias = bias + norm.beta.data
    return layer.kernel.data * scale, bias
