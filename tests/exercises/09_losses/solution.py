"""Reference solution of exercise 9."""

import numpy as np


def mean_squared_error(targets, predictions):
    distance = predictions - targets
    return (distance**2).mean(), 2 * distance / distance.size


def sparse_cross_entropy(labels, logits):
    z = logits - logits.max(axis=1, keepdims=True)
    ln_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -ln_p[np.arange(len(labels)), labels].mean()


def sparse_cross_entropy_gradient(labels, logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = powers / powers.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    return p / len(labels)


def binary_cross_entropy(targets, logits):
    terms = np.maximum(logits, 0) - targets * logits + np.log1p(np.exp(-abs(logits)))
    return terms.mean()
