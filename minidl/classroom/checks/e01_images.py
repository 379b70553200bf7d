"""Exercise 1: images as arrays of real numbers."""

import math

import numpy as np

from minidl.classroom.task import Exercise, Task

WEIGHTS = (0.299, 0.587, 0.114)


def _stored_image(draw):
    channels = draw.choice((), (3,))
    return (
        draw.array(
            draw.integer(1, 3), draw.integer(1, 3), *channels, low=0, high=255, dtype="uint8"
        ),
    )


def _scaled(image):
    flat = [value / 255 for value in image.ravel().tolist()]
    return np.array(flat, np.float32).reshape(image.shape)


def _colour_image(draw):
    return (draw.array(draw.integer(1, 3), draw.integer(1, 4), 3, low=0, high=20),)


def _brightness(image):
    rows = [
        [sum(w * v for w, v in zip(WEIGHTS, pixel, strict=True)) for pixel in row]
        for row in image.tolist()
    ]
    return np.array(rows)


def _batch(draw):
    shape = [draw.integer(1, 3) for _ in range(4)]
    images = draw.array(*shape, low=0, high=9)
    if draw.choice(False, False, True):
        images[..., -1] = images[0, 0, 0, -1]
    return (images,)


def _standardised(images):
    result = np.zeros(images.shape)
    for c in range(images.shape[3]):
        values = images[..., c].ravel().tolist()
        mean = math.fsum(values) / len(values)
        std = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / len(values))
        if std:
            result[..., c] = (images[..., c] - mean) / std
    return result


def _wrongly_standardised(axis=(0, 1, 2), shift=True, scale=np.std):
    def mistaken(images):
        centred = images - shift * images.mean(axis=axis, keepdims=True)
        by = scale(images, axis=axis, keepdims=True)
        return centred / np.where(by == 0, 1, by)

    return mistaken


def _with_nan(images):
    return (images - images.mean(axis=(0, 1, 2))) / images.std(axis=(0, 1, 2))


def _of_one_less(images, axis, keepdims):
    count = images[..., 0].size
    return images.std(axis=axis, keepdims=keepdims) * math.sqrt(count / max(count - 1, 1))


EXERCISE = Exercise(
    number=1,
    name="images",
    tasks=(
        Task(
            "to_float",
            inputs=_stored_image,
            judge=_scaled,
            dtype="float32",
            mistakes={
                "the result is float64 instead of float32": lambda image: image / 255,
                "divided by 256 instead of 255": lambda image: image.astype("float32") / 256,
                "not divided by 255": lambda image: image.astype("float32"),
                "whole-number division": lambda image: (image // 255).astype("float32"),
                "brought to −1 … 1 instead of 0 … 1": lambda image: (
                    image.astype("float32") / 127.5 - 1
                ),
                "divided by the image's own largest number": lambda image: (
                    image.astype("float32") / image.max()
                ),
            },
        ),
        Task(
            "grey",
            inputs=_colour_image,
            judge=_brightness,
            mistakes={
                "the plain mean of the colours": lambda image: image.mean(axis=2),
                "red and blue are exchanged": lambda image: image @ np.array(WEIGHTS[::-1]),
                "the weights are left out": lambda image: image.sum(axis=2),
                "only one colour is taken": lambda image: image[..., 1],
                "divided by 3 after weighing": lambda image: image @ np.array(WEIGHTS) / 3,
                "the channel axis is kept": lambda image: (image @ np.array(WEIGHTS))[..., None],
            },
        ),
        Task(
            "standardise",
            inputs=_batch,
            judge=_standardised,
            mistakes={
                "a channel of equal numbers divides by 0": _with_nan,
                "one mean for all channels": _wrongly_standardised(axis=(0, 1, 2, 3)),
                "a mean for each image": _wrongly_standardised(axis=(1, 2)),
                "a mean for each pixel": _wrongly_standardised(axis=0),
                "divided by the variance instead of its root": _wrongly_standardised(scale=np.var),
                "the mean is not subtracted": _wrongly_standardised(shift=False),
                "not divided by the standard deviation": lambda images: (
                    images - images.mean(axis=(0, 1, 2))
                ),
                "N − 1 instead of N in the standard deviation": _wrongly_standardised(
                    scale=_of_one_less
                ),
            },
        ),
    ),
    hints=(
        """
        NumPy computes with whole arrays: image / 255 divides every number. Look up astype, and
        what axis means in image.mean(axis=…): it names the axes that disappear.
        """,
        """
        to_float: change the dtype first, then divide: uint8 / int gives float64.
        grey: image[..., 0] is the red channel, an array (H, W).
        standardise: over which axes does a channel's mean run, and which one stays?
        """,
        """
            image.astype(np.float32) / np.float32(255)

            0.299 * image[..., 0] + 0.587 * image[..., 1] + …

            mean = images.mean(axis=(0, 1, 2))    # (C,) fits the last axis of images
            std = images.std(axis=(0, 1, 2))
            std[std == 0] = 1
        """,
    ),
)
