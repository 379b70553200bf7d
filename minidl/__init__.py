"""minidl: deep learning for images from two formulas, in NumPy and Numba.

Keras's vocabulary (layers, compile, fit; channels last), PyTorch's training loop
(``loss.backward()``, ``optimizer.step()``), NumPy's arrays. Start reading at `formulas`.
"""

import importlib
import sys

from minidl import (
    activations,
    callbacks,
    formulas,
    image,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    regularizers,
)
from minidl.autograd import Tensor, grad, no_grad
from minidl.gradcheck import check_grads
from minidl.layers import Input
from minidl.models import Model, Sequential
from minidl.runtime.config import config
from minidl.runtime.random import set_random_seed
from minidl.runtime.threads import get_num_threads, set_num_threads
from minidl.saving import load_model

__version__ = "0.1.0"

#: The article writes ``tf.keras.layers.Conv2D``: with ``import minidl as tf`` that is this.
keras = sys.modules[__name__]

#: Imported when they are first asked for: not everyone needs them.
_ON_DEMAND = (
    "applications",
    "data",
    "datasets",
    "finetuning",
    "insight",
    "interchange",
    "plots",
    "tuning",
)


def __getattr__(name):
    """Import a part of the package that is imported on demand."""
    if name in _ON_DEMAND:
        return importlib.import_module(f"minidl.{name}")
    raise AttributeError(f"module 'minidl' has no attribute {name!r}")


__all__ = [
    "Input",
    "Model",
    "Sequential",
    "Tensor",
    "activations",
    "applications",
    "callbacks",
    "check_grads",
    "config",
    "data",
    "datasets",
    "finetuning",
    "formulas",
    "get_num_threads",
    "grad",
    "image",
    "initializers",
    "insight",
    "interchange",
    "keras",
    "layers",
    "load_model",
    "losses",
    "metrics",
    "models",
    "no_grad",
    "ops",
    "optimizers",
    "plots",
    "regularizers",
    "set_num_threads",
    "set_random_seed",
    "tuning",
]
