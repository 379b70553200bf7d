"""Reference solution of exercise 12."""

import collections

import numpy as np


def standardise_sets(train, test):
    mean, std = train.mean(axis=0), train.std(axis=0)
    std[std == 0] = 1
    return (train - mean) / std, (test - mean) / std


def folds(labels, groups, k):
    fold, seen = {}, collections.Counter()
    for label, group in zip(labels.tolist(), groups.tolist(), strict=True):
        if group not in fold:
            fold[group] = seen[label] % k
            seen[label] += 1
    return np.array([fold[group] for group in groups.tolist()])


def batches(count, size, seed):
    order = np.random.default_rng(seed).permutation(count)
    return [order[start : start + size] for start in range(0, count, size)]


def flip(image, boxes):
    left, top, right, bottom = boxes.T
    width = image.shape[1]
    return image[:, ::-1], np.stack([width - right, top, width - left, bottom], axis=1)
