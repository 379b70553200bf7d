"""Layers, by Keras's names. Channels last: images are (N, H, W, C)."""

from minidl.layers.convolutional import Conv2D, MaxPooling2D
from minidl.layers.core import Activation, Dense, Dropout, Flatten, Input
from minidl.layers.layer import Layer

__all__ = [
    "Activation",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "Input",
    "Layer",
    "MaxPooling2D",
]
