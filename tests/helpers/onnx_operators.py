"""ONNX's operators in terms of minidl's operations, for the cases that come with ONNX.

`OPERATORS` maps a name to a function of a node's attributes (a dict) and its inputs (NumPy
arrays, None where left out), which returns one output or a list. What minidl has no
counterpart for raises `LeftOut`, on sight of the attributes and inputs.
"""

import numpy as np
from onnx_images import (
    LeftOut,
    average_pool,
    conv,
    conv_transpose,
    global_pool,
    max_pool,
    resize,
)

from minidl import ops

# --- Normalization and losses ------------------------------------------------------------


def batch_norm(attributes, x, scale, bias, mean, variance):
    epsilon, momentum = attributes.get("epsilon", 1e-5), attributes.get("momentum", 0.9)
    if not attributes.get("training_mode"):
        return ops.batch_norm(x, mean, variance, scale, bias, axis=1, epsilon=epsilon)
    axes = tuple(i for i in range(x.ndim) if i != 1)
    of_batch = ops.mean(x, axes), ops.var(x, axes)
    y = ops.batch_norm(x, *of_batch, scale, bias, axis=1, epsilon=epsilon)
    running = zip((mean, variance), of_batch, strict=True)
    return [y, *(momentum * old + (1 - momentum) * new for old, new in running)]


def layer_norm(attributes, x, scale, bias=None):
    axes = tuple(range(attributes.get("axis", -1) % x.ndim, x.ndim))
    epsilon = attributes.get("epsilon", 1e-5)
    y = ops.layer_norm(x, scale, bias, axes, epsilon)
    deviation = ops.sqrt(ops.var(x, axes, True) + np.float32(epsilon))
    return [y, ops.mean(x, axes, True), ops.divide(1.0, deviation)]


def group_norm(attributes, x, scale, bias):
    groups = attributes.get("num_groups", x.shape[1])
    scale, bias = (ops.repeat(w, x.shape[1] // len(w)) for w in (scale, bias))
    y = ops.group_norm(ops.moveaxis(x, 1, -1), groups, scale, bias, attributes.get("epsilon", 1e-5))
    return ops.moveaxis(y, -1, 1)


def negative_log_likelihood(attributes, logs, labels, weights=None):
    ignored = labels == attributes.get("ignore_index", np.iinfo(labels.dtype).min)
    labels = np.where(ignored, 0, labels)
    chosen = ops.squeeze(ops.take_along_axis(logs, labels[:, None], 1), 1)
    of_label = ops.ones_like(chosen) if weights is None else ops.take(weights, labels)
    of_label = ops.where(ignored, np.zeros((), logs.dtype), of_label)
    loss = ops.negative(ops.multiply(chosen, of_label))
    reduction = attributes.get("reduction", "mean")
    if reduction == "none":
        return loss
    total = ops.sum(loss)
    return total if reduction == "sum" else ops.divide(total, ops.sum(of_label))


def cross_entropy(attributes, scores, labels, weights=None):
    logs = ops.log_softmax(scores, axis=1)
    return [negative_log_likelihood(attributes, logs, labels, weights), logs]


def dropout(attributes, x, ratio=None, training=None):
    ratio = attributes.get("ratio", 0.5) if ratio is None else float(ratio)
    if training is not None and bool(training) and ratio:
        raise LeftOut("random numbers of another generator")
    return [ops.dropout(x, 0.0), np.ones(x.shape, bool)]


# --- Shapes ------------------------------------------------------------------------------


def axes_of(attributes, given):
    axes = attributes.get("axes") if given is None else given.tolist()
    return None if axes is None else tuple(np.atleast_1d(axes).tolist())


def reduced(operation):
    def reduce(attributes, x, axes=None):
        axes = axes_of(attributes, axes)
        if not axes:
            axes = () if attributes.get("noop_with_empty_axes") else None
        return operation(x, axes, bool(attributes.get("keepdims", 1)))

    return reduce


def extreme(operation):
    def of_some(x, axes, keepdims):
        if not x.size:
            raise LeftOut("the largest or smallest of no numbers")
        return operation(x, axes, keepdims)

    return of_some


def arg(operation):
    def find(attributes, x):
        axis, keep = attributes.get("axis", 0), bool(attributes.get("keepdims", 1))
        if attributes.get("select_last_index"):
            last = operation(ops.flip(x, axis), axis, keep)
            return x.shape[axis] - 1 - last
        return operation(x, axis, keep)

    return find


def pad(attributes, x, pads=None, value=None, axes=None):
    mode = attributes.get("mode", "constant")
    if mode == "wrap":
        raise LeftOut("padding by wrapping around")
    pads = attributes.get("pads") if pads is None else pads.tolist()
    half = len(pads) // 2
    chosen = range(x.ndim) if axes is None else axes.tolist()
    widths = [(0, 0)] * x.ndim
    for axis, before, after in zip(chosen, pads[:half], pads[half:], strict=True):
        widths[axis] = (before, after)
    if min(min(w) for w in widths) < 0:
        raise LeftOut("negative padding")
    if mode != "constant":
        return ops.pad(x, widths, mode)
    value = attributes.get("value", 0.0) if value is None or not value.size else value.item()
    return ops.pad(x, widths, constant_values=value)


def split(attributes, x, sizes=None):
    axis = attributes.get("axis", 0)
    sizes = attributes.get("split") if sizes is None else sizes.tolist()
    if sizes is None:
        parts = attributes.get("num_outputs", attributes["outputs"])
        each = -(-x.shape[axis] // parts)
        sizes = [each] * (parts - 1) + [x.shape[axis] - each * (parts - 1)]
    return ops.split(x, np.cumsum(sizes)[:-1].tolist(), axis)


def cut(attributes, x, starts=None, ends=None, axes=None, steps=None):
    starts = attributes.get("starts") if starts is None else starts.tolist()
    ends = attributes.get("ends") if ends is None else ends.tolist()
    axes = attributes.get("axes") if axes is None else axes.tolist()
    steps = [1] * len(starts) if steps is None else steps.tolist()
    index = [slice(None)] * x.ndim
    for axis, start, end, step in zip(axes or range(len(starts)), starts, ends, steps, strict=True):
        n = x.shape[axis]
        end = None if step < 0 and end < -n else end
        index[axis] = slice(start, end, step)
    return ops.getitem(x, tuple(index))


def reshape(attributes, x, shape=None):
    shape = attributes["shape"] if shape is None else shape.tolist()
    if not attributes.get("allowzero"):
        shape = [x.shape[i] if n == 0 else n for i, n in enumerate(shape)]
    return ops.reshape(x, shape)


def flatten(attributes, x):
    axis = attributes.get("axis", 1)
    axis += x.ndim if axis < 0 else 0
    return ops.reshape(x, (int(np.prod(x.shape[:axis])), -1))


def squeeze(attributes, x, axes=None):
    return ops.squeeze(x, axes_of(attributes, axes))


def unsqueeze(attributes, x, axes=None):
    axes = axes_of(attributes, axes)
    for axis in sorted(a % (x.ndim + len(axes)) for a in axes):
        x = ops.expand_dims(x, axis)
    return x


def expand(attributes, x, shape):
    return ops.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(shape.tolist())))


def gather(attributes, x, indices):
    return ops.take(x, indices, attributes.get("axis", 0))


def one_hot(attributes, indices, depth, values):
    depth = int(np.squeeze(depth))
    if attributes.get("axis", -1) != -1:
        raise LeftOut("classes on another axis than the last")
    if indices.dtype.kind not in "iu" or indices.min() < 0 or indices.max() >= depth:
        raise LeftOut("classes that there are not")
    hot = ops.one_hot(indices, depth, values.dtype)
    return ops.where(ops.equal(hot, 1), values[1], values[0])


def gemm(attributes, a, b, c=None):
    a = ops.transpose(a) if attributes.get("transA") else a
    b = ops.transpose(b) if attributes.get("transB") else b
    y = ops.multiply(attributes.get("alpha", 1.0), ops.matmul(a, b))
    return y if c is None else ops.add(y, ops.multiply(attributes.get("beta", 1.0), c))


def clip(attributes, x, low=None, high=None):
    low = attributes.get("min") if low is None else low
    high = attributes.get("max") if high is None else high
    x = x if low is None else ops.maximum(x, low)
    return x if high is None else ops.minimum(x, high)


def divide(attributes, x, y):
    if x.dtype.kind != "f":
        raise LeftOut("division of integers that drops the remainder")
    return ops.divide(x, y)


def power(attributes, x, y):
    if x.dtype.kind != "f" and y.dtype.kind == "f":
        raise LeftOut("a result cast to the integers of the base")
    return ops.power(x, y.astype(x.dtype))


def folded(operation):
    def fold(attributes, first, *rest):
        for x in rest:
            first = operation(first, x)
        return first

    return fold


def mean(attributes, *xs):
    return ops.divide(folded(ops.add)(attributes, *xs), float(len(xs)))


def simple(operation):
    """Return an operator without attributes."""
    return lambda attributes, *xs: operation(*xs)


def on_axis(operation):
    return lambda attributes, x: operation(x, attributes.get("axis", -1))


def prelu(attributes, x, slope):
    if slope.ndim == 1 and x.ndim > 2 and slope.size not in (1, x.shape[-1]):
        slope = slope.reshape(-1, *[1] * (x.ndim - 2))
    return ops.where(ops.greater(x, 0), x, ops.multiply(slope, x))


def selu(attributes, x):
    given = [attributes.get("alpha", 1.6732632), attributes.get("gamma", 1.0507009)]
    if not np.allclose(given, [1.6732632, 1.0507009]):
        raise LeftOut("selu with other constants than its paper's")
    return ops.selu(x)


OPERATORS = {
    "Abs": simple(ops.absolute),
    "Add": simple(ops.add),
    "ArgMax": arg(ops.argmax),
    "ArgMin": arg(ops.argmin),
    "AveragePool": average_pool,
    "BatchNormalization": batch_norm,
    "Clip": clip,
    "Concat": lambda a, *xs: ops.concatenate(xs, a["axis"]),
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "Cos": simple(ops.cos),
    "Div": divide,
    "Dropout": dropout,
    "Einsum": lambda a, *xs: ops.einsum(a["equation"], *xs),
    "Elu": lambda a, x: ops.elu(x, a.get("alpha", 1.0)),
    "Equal": simple(ops.equal),
    "Erf": simple(ops.erf),
    "Exp": simple(ops.exp),
    "Expand": expand,
    "Flatten": flatten,
    "Floor": simple(ops.floor),
    "Gather": gather,
    "GatherElements": lambda a, x, i: ops.take_along_axis(x, i, a.get("axis", 0)),
    "Gelu": lambda a, x: ops.gelu(x, a.get("approximate", "none") == "tanh"),
    "Gemm": gemm,
    "GlobalAveragePool": global_pool(ops.mean),
    "GlobalMaxPool": global_pool(ops.max),
    "Greater": simple(ops.greater),
    "GreaterOrEqual": simple(ops.greater_equal),
    "GroupNormalization": group_norm,
    "InstanceNormalization": group_norm,
    "LayerNormalization": layer_norm,
    "LeakyRelu": lambda a, x: ops.leaky_relu(x, a.get("alpha", 0.01)),
    "Less": simple(ops.less),
    "LessOrEqual": simple(ops.less_equal),
    "Log": simple(ops.log),
    "LogSoftmax": on_axis(ops.log_softmax),
    "MatMul": simple(ops.matmul),
    "Max": folded(ops.maximum),
    "MaxPool": max_pool,
    "Mean": mean,
    "Min": folded(ops.minimum),
    "Mul": simple(ops.multiply),
    "Neg": simple(ops.negative),
    "NegativeLogLikelihoodLoss": negative_log_likelihood,
    "OneHot": one_hot,
    "PRelu": prelu,
    "Pad": pad,
    "Pow": power,
    "Reciprocal": lambda a, x: ops.divide(1.0, x),
    "ReduceL1": reduced(lambda x, *how: ops.sum(ops.absolute(x), *how)),
    "ReduceL2": reduced(lambda x, *how: ops.sqrt(ops.sum(ops.square(x), *how))),
    "ReduceLogSum": reduced(lambda x, *how: ops.log(ops.sum(x, *how))),
    "ReduceLogSumExp": reduced(ops.logsumexp),
    "ReduceMax": reduced(extreme(ops.max)),
    "ReduceMean": reduced(ops.mean),
    "ReduceMin": reduced(extreme(ops.min)),
    "ReduceProd": reduced(ops.prod),
    "ReduceSum": reduced(ops.sum),
    "ReduceSumSquare": reduced(lambda x, *how: ops.sum(ops.square(x), *how)),
    "Relu": simple(ops.relu),
    "Reshape": reshape,
    "Resize": resize,
    "Round": simple(ops.round),
    "Selu": selu,
    "Sigmoid": simple(ops.sigmoid),
    "Sign": simple(ops.sign),
    "Sin": simple(ops.sin),
    "Slice": cut,
    "Softmax": on_axis(ops.softmax),
    "SoftmaxCrossEntropyLoss": cross_entropy,
    "Softplus": simple(ops.softplus),
    "Softsign": lambda a, x: ops.divide(x, ops.add(1.0, ops.absolute(x))),
    "Split": split,
    "Sqrt": simple(ops.sqrt),
    "Squeeze": squeeze,
    "Sub": simple(ops.subtract),
    "Sum": folded(ops.add),
    "Tanh": simple(ops.tanh),
    "Tile": lambda a, x, reps: ops.tile(x, reps),
    "Transpose": lambda a, x: ops.transpose(x, a.get("perm")),
    "Unsqueeze": unsqueeze,
    "Where": simple(ops.where),
}
