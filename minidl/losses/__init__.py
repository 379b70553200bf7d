"""Losses, by Keras's names: what training makes small.

Each is a function that gives one loss per example, and a class whose objects are called
with targets and predictions and return the mean as a Tensor.
"""

from minidl.losses.loss import EPSILON, Loss
from minidl.losses.margin import Hinge, TripletLoss, hinge, triplet
from minidl.losses.probabilistic import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    categorical_crossentropy,
    kl_divergence,
    sparse_categorical_crossentropy,
)
from minidl.losses.regression import (
    CosineSimilarity,
    Huber,
    MeanAbsoluteError,
    MeanSquaredError,
    cosine_similarity,
    huber,
    mean_absolute_error,
    mean_squared_error,
)
from minidl.losses.segmentation import Dice, dice
from minidl.runtime.registry import Registry

__all__ = [
    "EPSILON",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CosineSimilarity",
    "Dice",
    "Hinge",
    "Huber",
    "KLDivergence",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "TripletLoss",
    "binary_crossentropy",
    "categorical_crossentropy",
    "cosine_similarity",
    "dice",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "mean_absolute_error",
    "mean_squared_error",
    "serialize",
    "sparse_categorical_crossentropy",
    "triplet",
]

_REGISTRY = Registry(
    "loss",
    Loss,
    [
        BinaryCrossentropy,
        CategoricalCrossentropy,
        CosineSimilarity,
        Dice,
        Hinge,
        Huber,
        KLDivergence,
        MeanAbsoluteError,
        MeanSquaredError,
        SparseCategoricalCrossentropy,
        TripletLoss,
    ],
    {
        "bce": "binary_crossentropy",
        "huber": "huber_loss",
        "kld": "kl_divergence",
        "mae": "mean_absolute_error",
        "mse": "mean_squared_error",
    },
)


def get(identifier):
    """Return the loss that a name, a class or an object stands for.

    >>> get("mse").name
    'mean_squared_error'
    """
    return _REGISTRY.get(identifier)


def serialize(loss):
    """Return a loss as ``{"class_name": …, "config": …}``, which `get` takes.

    >>> serialize(Huber(2.0))
    {'class_name': 'Huber', 'config': {'delta': 2.0}}
    """
    return _REGISTRY.serialize(loss)
