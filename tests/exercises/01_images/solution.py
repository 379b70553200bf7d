"""Reference solution of exercise 1."""

import numpy as np


def to_float(image):
    return image.astype(np.float32) / np.float32(255)


def grey(image):
    return 0.299 * image[..., 0] + 0.587 * image[..., 1] + 0.114 * image[..., 2]


def standardise(images):
    mean = images.mean(axis=(0, 1, 2))
    std = images.std(axis=(0, 1, 2))
    std[std == 0] = 1
    return (images - mean) / std
