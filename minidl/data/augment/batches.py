"""Augmented data sets, to train on: batches that are the same whenever they are made again.

Tested by ``tests/data/augment/test_batches.py``.
"""

import numpy as np

from minidl import image
from minidl.data.augment.draws import Draws, as_indices
from minidl.data.augment.pixels import rectangles
from minidl.image.layout import as_batch
from minidl.runtime import checks

#: Children of an image's random numbers, beside the policy's.
SHUFFLE, PARTNER = 2**32 - 1, 2**32 - 2
#: Numbers of images, several batches' if they are small, that are augmented at once.
AT_ONCE = 2**20


class MixUp:
    """Images and labels that are means of two (Zhang et al., 2018), with shares Beta(α, α).

    Labels change on purpose: they become shares of the classes.
    """

    def __init__(self, alpha=0.2):
        self.alpha = checks.real(alpha, "MixUp: alpha", 0.01, 100)

    def __call__(self, images, others, draws):
        """Return mixed images, and the share (N,) that each has of its own."""
        share = draws.beta(self.alpha)
        return image.mixup(images, others, share), share


class CutMix:
    """Images with a rectangle of another (Yun et al., 2019), of an area of 1 − Beta(α, α).

    Labels change on purpose: they become shares of the classes, by area.
    """

    def __init__(self, alpha=1.0):
        self.alpha = checks.real(alpha, "CutMix: alpha", 0.01, 100)

    def __call__(self, images, others, draws):
        """Return mixed images, and the share (N,) that each has of its own."""
        side = np.sqrt(1 - draws.beta(self.alpha))
        boxes = rectangles(draws, np.stack([side, side], axis=1), images.shape[1:3])
        return image.cutmix(images, others, boxes)


class AugmentedBatches:
    """Batches (x, y) of an augmented data set, anew in each epoch: what `fit` can train on.

    Parameters
    ----------
    x : (N, H, W, C) of uint8, float32 or float64
    y : (N, …)
        Class numbers or other targets.
    policy : Compose
        Its seed is that of the order and of the mixing too.
    batch_size : int
    mix : MixUp or CutMix, optional
        The partner of an image is any image of the data set, augmented as it is in this epoch.
    classes : int, optional
        With `mix`, how many there are: class numbers become shares (N, classes) of float32, for
        the loss "categorical_crossentropy".
    shuffle : bool
        Whether each epoch has an order of its own.

    Attributes
    ----------
    epoch : int
        The one that iterating gives next; set it to go on where training was broken off.

    >>> from minidl.data.augment import Compose, Rotate
    >>> x, y = np.zeros((10, 8, 8, 1), np.uint8), np.arange(10) % 2
    >>> batches = AugmentedBatches(x, y, Compose([Rotate(10)]), 4, MixUp(), classes=2)
    >>> [(images.shape, labels.shape) for images, labels in batches]
    [((4, 8, 8, 1), (4, 2)), ((4, 8, 8, 1), (4, 2)), ((2, 8, 8, 1), (2, 2))]
    """

    def __init__(self, x, y, policy, batch_size=32, mix=None, classes=None, *, shuffle=True):
        self.images = as_batch(x, "AugmentedBatches")
        y = np.asarray(y)
        if not len(self.images) or y.shape[:1] != (len(self.images),):
            raise ValueError(
                f"AugmentedBatches: y needs one target for each of {len(self.images)} images, at "
                f"least one, got shape {y.shape}"
            )
        self.targets = y if mix is None else _shares(y, classes)
        self.policy, self.mix, self.shuffle = policy, mix, bool(shuffle)
        self.batch_size = checks.integer(batch_size, "AugmentedBatches: batch_size")
        self.epoch = 0

    def __len__(self):
        return -(-len(self.images) // self.batch_size)

    def __iter__(self):
        epoch, self.epoch = self.epoch, self.epoch + 1
        order = np.arange(len(self.images))
        if self.shuffle:
            keys = Draws(self.policy.seed, epoch, order, (SHUFFLE,)).uniform()
            order = np.argsort(keys, kind="stable")
        # An image does not depend on its batch: several batches cost fewer calls.
        at_once = self.batch_size * max(1, AT_ONCE // (self.batch_size * self.images[:1].size))
        for first in range(0, len(order), at_once):
            x, y = self.batch(order[first : first + at_once], epoch)
            for start in range(0, len(x), self.batch_size):
                stop = start + self.batch_size
                yield x[start:stop], y[start:stop]

    def batch(self, indices, epoch):
        """Return (x, y) of these images, as they are in an epoch."""
        indices = as_indices(indices)
        x, y = self.policy(self.images[indices], indices, epoch), self.targets[indices]
        if self.mix is None:
            return x, y
        draws = Draws(self.policy.seed, epoch, indices, (PARTNER,))
        partners = draws.integers(0, len(self.images))
        others = self.policy(self.images[partners], partners, epoch)
        x, share = self.mix(x, others, draws)
        return x, image.mixup(y, self.targets[partners], share)


def _shares(y, classes):
    """Return class numbers as shares of the classes (N, classes), 0 or 1; shares as they are."""
    if y.dtype.kind == "f" and y.ndim == 2:
        return y
    if classes is None or y.ndim != 1 or y.dtype.kind not in "iu":
        raise ValueError(
            "AugmentedBatches: mixing needs class numbers (N,) and classes=…, or shares of the "
            f"classes (N, classes) as y, got {y.dtype} {y.shape} and classes={classes!r}"
        )
    classes = checks.integer(classes, "AugmentedBatches: classes")
    if y.min() < 0 or y.max() >= classes:
        raise ValueError(
            f"AugmentedBatches: y needs class numbers from 0 to {classes - 1}, got {y.min()} … "
            f"{y.max()}"
        )
    return np.eye(classes, dtype=np.float32)[y]
