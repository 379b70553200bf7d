"""Normalization: numbers brought to mean 0 and variance 1, then scaled and shifted.

``γ · (x − mean) / √(variance + ε) + β``; the three layers differ in what mean and variance
are taken over. ε stands inside the root.
"""

import math

import numpy as np

from minidl import initializers, ops, regularizers
from minidl.layers.layer import Layer, size_of
from minidl.ops import fused
from minidl.runtime import checks


class Normalization(Layer):
    """What the three have in common.

    Parameters
    ----------
    epsilon : float
        ε > 0, which keeps the root of numbers that are all alike from being 0.
    center, scale : bool
        Whether there is a β, a γ: one number a channel, learned.
    beta_initializer, gamma_initializer : str or Initializer
    beta_regularizer, gamma_regularizer : str or Regularizer, optional
        Penalties that `fit` adds to the loss.
    """

    #: Of the subclasses, each of which adds its own.
    fields = (
        "epsilon",
        "center",
        "scale",
        "beta_initializer",
        "gamma_initializer",
        "beta_regularizer",
        "gamma_regularizer",
    )

    def __init__(
        self,
        epsilon=1e-3,
        center=True,
        scale=True,
        *,
        beta_initializer="zeros",
        gamma_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        what = f"{type(self).__name__}: epsilon"
        self.epsilon = checks.real(epsilon, what, 0, math.inf, exclusive=True)
        self.center = bool(center)
        self.scale = bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.gamma = self.beta = None

    def build(self, input_shape):
        """Make γ and β."""
        shape = self.parameter_shape(input_shape)
        if self.scale:
            how = self.gamma_initializer
            self.add_weight("gamma", shape, how, regularizer=self.gamma_regularizer)
        if self.center:
            how = self.beta_initializer
            self.add_weight("beta", shape, how, regularizer=self.beta_regularizer)

    def parameter_shape(self, input_shape):
        """Return the shape of γ and β."""
        return (input_shape[-1],)

    def check_not_empty(self, x):
        """Refuse an input without numbers, which has no mean."""
        if not x.size:
            raise ValueError(f"{type(self).__name__}: there are no numbers in shape {x.shape}")

    def flops(self, input_shape):
        """Return about 8 a number: mean, variance, scale and shift."""
        return 8 * size_of(input_shape)

    def stored(self, input_shape):
        """Return the bytes of about six arrays of the input's size."""
        return 6 * super().stored(input_shape)


class BatchNormalization(Normalization):
    """Normalizes each channel over the batch; when used, by means kept from training.

    Ioffe and Szegedy, 2015. While training, mean and variance are those of the batch, and
    the moving ones follow: ``moving ← momentum · moving + (1 − momentum) · batch``. With
    ``trainable = False`` the moving ones are used, and kept, while training too, as in Keras.

    Parameters
    ----------
    axis : int
        Of the channels.
    momentum : float in [0, 1]
        How much of the moving mean stays at each step (PyTorch's is one minus this).
    moving_mean_initializer, moving_variance_initializer : str or Initializer
    epsilon, center, scale, beta_initializer …
        See `Normalization`.

    >>> import numpy as np
    >>> x = np.float32([[1.0], [3.0]])
    >>> BatchNormalization(epsilon=1e-12)(x, training=True).data
    array([[-1.],
           [ 1.]], dtype=float32)
    """

    fields = (
        "axis",
        "momentum",
        "moving_mean_initializer",
        "moving_variance_initializer",
        *Normalization.fields,
    )

    def __init__(
        self,
        axis=-1,
        momentum=0.99,
        epsilon=1e-3,
        center=True,
        scale=True,
        *,
        moving_mean_initializer="zeros",
        moving_variance_initializer="ones",
        **kwargs,
    ):
        super().__init__(epsilon, center, scale, **kwargs)
        self.axis = checks.integer(axis, "BatchNormalization: axis", minimum=-8)
        self.momentum = checks.real(momentum, "BatchNormalization: momentum", 0, 1)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)

    def build(self, input_shape):
        """Make γ, β, and the moving mean and variance."""
        super().build(input_shape)
        shape = self.parameter_shape(input_shape)
        for name in ("moving_mean", "moving_variance"):
            self.add_weight(name, shape, getattr(self, f"{name}_initializer"), trainable=False)

    def parameter_shape(self, input_shape):
        """Return (channels,)."""
        if not -len(input_shape) < self.axis < len(input_shape) or self.axis == 0:
            raise ValueError(
                f"BatchNormalization: axis {self.axis} is the batch, or is not there, in an "
                f"input of shape {input_shape}"
            )
        return (input_shape[self.axis],)

    def call(self, x, training=False):
        """Return x normalized by the batch's mean and variance, or by the moving ones."""
        self.check_not_empty(x)
        if not (training and self.trainable):
            return self._normalize(x, self.moving_mean, self.moving_variance)
        if self.axis % x.ndim == x.ndim - 1:
            return self._normalize_last_axis(x)
        axes = tuple(i for i in range(x.ndim) if i != self.axis % x.ndim)
        mean, variance = ops.mean(x, axis=axes), ops.var(x, axis=axes)
        self._follow(mean.data, variance.data)
        return self._normalize(x, mean, variance)

    def _normalize_last_axis(self, x):
        """Normalize by the batch's mean and variance, in one pass."""
        mean, variance = fused.moments(x.data)
        self._follow(mean, variance)
        gamma = self.gamma if self.scale else np.ones_like(mean)
        beta = self.beta if self.center else np.zeros_like(mean)
        return fused.batch_norm(x, gamma, beta, mean, variance, self.epsilon)

    def _follow(self, mean, variance):
        """Let the moving mean and variance follow the batch's."""
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.data = moving.data * self.momentum + now * (1 - self.momentum)

    def _normalize(self, x, mean, variance):
        return ops.batch_norm(
            x, mean, variance, self.gamma, self.beta, axis=self.axis, epsilon=self.epsilon
        )


class LayerNormalization(Normalization):
    """Normalizes each example, over its last axis or the given ones.

    Ba, Kiros and Hinton, 2016. The batch plays no part.

    Parameters
    ----------
    axis : int or tuple of int
        What mean and variance are taken over.
    epsilon, center, scale, beta_initializer …
        See `Normalization`.
    """

    fields = ("axis", *Normalization.fields)

    def __init__(self, axis=-1, epsilon=1e-3, center=True, scale=True, **kwargs):
        super().__init__(epsilon, center, scale, **kwargs)
        axes = axis if isinstance(axis, list | tuple) else (axis,)
        self.axis = tuple(checks.integer(i, "LayerNormalization: axis", minimum=-8) for i in axes)

    def parameter_shape(self, input_shape):
        """Return the lengths of the axes that are normalized."""
        ndim = len(input_shape)
        if any(i % ndim == 0 or not -ndim <= i < ndim for i in self.axis):
            raise ValueError(
                f"LayerNormalization: axis {self.axis} holds the batch, or is not there, in an "
                f"input of shape {input_shape}"
            )
        return tuple(input_shape[i] for i in sorted(i % ndim for i in self.axis))

    def call(self, x, training=False):
        """Return x normalized example by example."""
        self.check_not_empty(x)
        axes = tuple(sorted(i % x.ndim for i in self.axis))
        return ops.layer_norm(x, self.gamma, self.beta, axis=axes, epsilon=self.epsilon)


class GroupNormalization(Normalization):
    """Normalizes each example by groups of channels.

    Wu and He, 2018. With one group it is over the whole example, with as many as channels
    it is instance normalization.

    Parameters
    ----------
    groups : int
        Divides the number of channels; −1 for one a channel.
    epsilon, center, scale, beta_initializer …
        See `Normalization`.
    """

    fields = ("groups", *Normalization.fields)

    def __init__(self, groups=32, epsilon=1e-3, center=True, scale=True, **kwargs):
        super().__init__(epsilon, center, scale, **kwargs)
        self.groups = checks.integer(groups, "GroupNormalization: groups", minimum=-1)
        if self.groups == 0:
            raise ValueError("GroupNormalization: groups needs a positive number, or -1, got 0")

    def call(self, x, training=False):
        """Return x normalized group by group."""
        self.check_not_empty(x)
        return ops.group_norm(x, self._count(x.shape), self.gamma, self.beta, epsilon=self.epsilon)

    def compute_output_shape(self, input_shape):
        """Return the input's shape."""
        if input_shape[-1] % self._count(input_shape):
            raise ValueError(
                f"GroupNormalization: {input_shape[-1]} channels cannot be cut into "
                f"{self.groups} equal groups"
            )
        return input_shape

    def _count(self, input_shape):
        return input_shape[-1] if self.groups == -1 else self.groups
