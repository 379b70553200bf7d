"""Reference solution of exercise 8."""

import numpy as np


def dense(x, kernel, bias):
    return x @ kernel + bias


def relu(x):
    return np.maximum(x, 0)


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def dense_gradients(x, kernel, gradient):
    return gradient @ kernel.T, x.T @ gradient, gradient.sum(axis=0)
