"""Layers, by Keras's names. Channels last: images are (N, H, W, C)."""

from minidl.layers.convolutional import Conv2D, MaxPooling2D
from minidl.layers.core import Activation, Dense, Dropout, Flatten
from minidl.layers.layer import Layer
from minidl.layers.merging import Add, Concatenate
from minidl.layers.symbol import Input

__all__ = [
    "Activation",
    "Add",
    "Concatenate",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "Input",
    "Layer",
    "MaxPooling2D",
]
