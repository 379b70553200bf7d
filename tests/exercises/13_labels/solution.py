"""Reference solution of exercise 13."""

import numpy as np


def confusion_matrix(y_true, y_pred, classes):
    pairs = np.bincount(classes * y_true + y_pred, minlength=classes**2)
    return pairs.reshape(classes, classes)


def cohen_kappa(first, second):
    classes = max(first.max(), second.max()) + 1
    a = np.bincount(first, minlength=classes) / len(first)
    b = np.bincount(second, minlength=classes) / len(second)
    observed, by_chance = np.mean(first == second), np.sum(a * b)
    return (observed - by_chance) / (1 - by_chance) if by_chance < 1 else np.nan


def margin_sampling(p, k):
    top = np.sort(p, axis=1)
    return np.argsort(top[:, -1] - top[:, -2], kind="stable")[:k]


def box_iou(a, b):
    width, height = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / (sum(areas) - width * height)
