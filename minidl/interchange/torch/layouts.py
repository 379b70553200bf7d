"""How PyTorch keeps the weights of each layer: names, axes, and the order of features."""

import math
from dataclasses import dataclass, field

import numpy as np

from minidl.autograd import Tensor


@dataclass
class Stored:
    """A tensor of PyTorch, and the weight that it is here.

    Attributes
    ----------
    weight : Tensor or None
        None: there is none here; there, all numbers have to be `constant`.
    axes : tuple
        Which axis of the weight, or of `seen_as`, each axis there is.
    seen_as : tuple, optional
        The weight is reshaped to this first.
    orders : dict
        The `Order` of features along axes there.
    """

    weight: Tensor | None
    axes: tuple
    seen_as: tuple = None
    orders: dict = field(default_factory=dict)
    constant: float = None
    length: int = 0

    @property
    def shape(self):
        """The shape there."""
        if self.weight is None:
            return (self.length,)
        here = self.seen_as or self.weight.shape
        return tuple(here[axis] for axis in self.axes)

    def to_torch(self):
        """Return the weight as PyTorch keeps it."""
        if self.weight is None:
            return np.full(self.shape, self.constant, np.float32)
        array = self.weight.data.reshape(self.seen_as or self.weight.shape).transpose(self.axes)
        for axis, order in self.orders.items():
            # Feature i goes to index[i]: the inverse of a choice.
            array = array.take(np.argsort(order.index(array.shape[axis])), axis)
        return np.ascontiguousarray(array)

    def from_torch(self, array):
        """Return PyTorch's tensor as the weight's array here."""
        for axis, order in self.orders.items():
            array = array.take(order.index(array.shape[axis]), axis)
        array = array.transpose(np.argsort(self.axes)).reshape(self.weight.shape)
        return np.ascontiguousarray(array, self.weight.dtype)


CONVOLUTION = (3, 2, 0, 1)


def conv2d(layer, path, given, made):
    """Conv2d: (out, in / groups, kh, kw)."""
    return {path: {"weight": Stored(layer.kernel, CONVOLUTION)} | _bias(layer)}


def conv2d_transpose(layer, path, given, made):
    """ConvTranspose2d: (in, out, kh, kw)."""
    return {path: {"weight": Stored(layer.kernel, CONVOLUTION)} | _bias(layer)}


def depthwise_conv2d(layer, path, given, made):
    """Conv2d with as many groups as channels: (in · multiplier, 1, kh, kw)."""
    return {path: {"weight": _depthwise(layer.kernel)} | _bias(layer)}


def separable_conv2d(layer, path, given, made):
    """Two Conv2d: of each channel, without a bias, and of single pixels."""
    pointwise = {"weight": Stored(layer.pointwise_kernel, CONVOLUTION)} | _bias(layer)
    return {
        f"{path}/depthwise": {"weight": _depthwise(layer.depthwise_kernel)},
        f"{path}/pointwise": pointwise,
    }


def dense(layer, path, given, made):
    """Linear: (out, in)."""
    orders = {axis: order for axis, order in ((1, given), (0, made)) if order is not None}
    found = {"weight": Stored(layer.kernel, (1, 0), orders=orders)}
    if layer.use_bias:
        found["bias"] = Stored(layer.bias, (0,), orders={} if made is None else {0: made})
    return {path: found}


def embedding(layer, path, given, made):
    """Embedding: as here."""
    return {path: {"weight": Stored(layer.embeddings, (0, 1))}}


def batch_normalization(layer, path, given, made):
    """BatchNorm: weight, bias, running_mean and running_var."""
    if layer.axis % len(layer.input_shape) != len(layer.input_shape) - 1:
        raise ValueError(f"layer '{path}' normalizes axis {layer.axis}: PyTorch only channels")
    found = _affine(layer, given)
    for name, weight in (
        ("running_mean", layer.moving_mean),
        ("running_var", layer.moving_variance),
    ):
        found[name] = Stored(weight, (0,), orders={} if given is None else {0: given})
    return {path: found}


def group_normalization(layer, path, given, made):
    """GroupNorm; a row of features would be cut into other groups in another order."""
    count = layer.input_shape[-1]
    if given is not None and (given.index(count) != np.arange(count)).any():
        raise ValueError(
            f"layer '{path}' groups features of flattened images, which stand in another order in "
            "PyTorch and make other groups there"
        )
    return {path: _affine(layer, None)}


def layer_normalization(layer, path, given, made):
    """LayerNorm over the last axes there: of images over the channels, or over all."""
    rank = len(layer.input_shape)
    axes = sorted(axis % rank for axis in layer.axis)
    if rank == 4 and axes == [1, 2, 3]:
        return {path: _affine(layer, None, (2, 0, 1))}
    if axes != list(range(axes[0], rank)) or (rank == 4 and axes != [3]):
        raise ValueError(f"layer '{path}' normalizes axes {layer.axis}, as PyTorch cannot")
    return {path: _affine(layer, given, tuple(range(len(axes))))}


def _bias(layer):
    return {"bias": Stored(layer.bias, (0,))} if layer.use_bias else {}


def _depthwise(kernel):
    kh, kw, channels, multiplier = kernel.shape
    return Stored(kernel, CONVOLUTION, (kh, kw, 1, channels * multiplier))


def _affine(layer, given, axes=(0,)):
    """Return γ and β; PyTorch has both or neither, so one that is missing is constant there."""
    if not (layer.scale or layer.center):
        return {}
    orders = {} if given is None else {0: given}
    found = {}
    for name, weight, constant in (("weight", layer.gamma, 1.0), ("bias", layer.beta, 0.0)):
        found[name] = Stored(weight, axes, orders=orders)
        if weight is None:
            other = layer.beta if layer.gamma is None else layer.gamma
            found[name] = Stored(None, axes, constant=constant, length=math.prod(other.shape))
    return found
