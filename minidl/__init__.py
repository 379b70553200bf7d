"""minidl: deep learning for images from two formulas, in NumPy and Numba.

Keras's vocabulary (layers, compile, fit; channels last), PyTorch's training loop
(``loss.backward()``, ``optimizer.step()``), NumPy's arrays. Start reading at `formulas`.
"""

import sys

from minidl import (
    activations,
    applications,
    callbacks,
    data,
    datasets,
    finetuning,
    formulas,
    image,
    initializers,
    insight,
    interchange,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    plots,
    regularizers,
    tuning,
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
