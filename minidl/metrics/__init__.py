"""Metrics, by Keras's names: what is reported while training, over all batches so far."""

from minidl.metrics.accuracy import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
)
from minidl.metrics.classes import F1Score, MeanIoU
from minidl.metrics.confusion import AUC, Precision, Recall
from minidl.metrics.frechet import frechet_distance
from minidl.metrics.metric import Mean, MeanMetric, Metric
from minidl.metrics.regression import MeanAbsoluteError, MeanSquaredError
from minidl.runtime.registry import Registry

__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "F1Score",
    "Mean",
    "MeanAbsoluteError",
    "MeanIoU",
    "MeanMetric",
    "MeanSquaredError",
    "Metric",
    "Precision",
    "Recall",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "frechet_distance",
    "get",
    "serialize",
]

_REGISTRY = Registry(
    "metric",
    Metric,
    [
        AUC,
        Accuracy,
        BinaryAccuracy,
        CategoricalAccuracy,
        F1Score,
        MeanAbsoluteError,
        MeanIoU,
        MeanSquaredError,
        Precision,
        Recall,
        SparseCategoricalAccuracy,
        SparseTopKCategoricalAccuracy,
        TopKCategoricalAccuracy,
    ],
    {"acc": "accuracy", "mae": "mean_absolute_error", "mse": "mean_squared_error"},
)


def get(identifier):
    """Return the metric that a name, a class or an object stands for, under that name.

    >>> get("acc").name, type(get("acc")).__name__
    ('acc', 'Accuracy')
    """
    metric = _REGISTRY.get(identifier)
    if isinstance(identifier, str):
        metric.name = identifier.lower()
    return metric


def serialize(metric):
    """Return a metric as ``{"class_name": …, "config": …}``, which `get` takes."""
    return _REGISTRY.serialize(metric)
