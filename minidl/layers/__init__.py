"""Layers, by Keras's names. Channels last: images are (N, H, W, C)."""

from minidl.layers.activation import LeakyReLU, ReLU, Softmax
from minidl.layers.augmentation import (
    RandomCrop,
    RandomFlip,
    RandomRotation,
    RandomShear,
    RandomTranslation,
    RandomZoom,
)
from minidl.layers.convolutional import Conv2D
from minidl.layers.core import Activation, Dense, Dropout, Flatten, SpatialDropout2D
from minidl.layers.depthwise import DepthwiseConv2D, SeparableConv2D
from minidl.layers.features import Embedding, Rescaling
from minidl.layers.layer import Layer
from minidl.layers.merging import Add, Concatenate
from minidl.layers.normalization import (
    BatchNormalization,
    GroupNormalization,
    LayerNormalization,
)
from minidl.layers.pooling import (
    AveragePooling2D,
    GlobalAveragePooling2D,
    GlobalMaxPooling2D,
    MaxPooling2D,
)
from minidl.layers.recolouring import (
    RandomBrightness,
    RandomContrast,
    RandomHue,
    RandomSaturation,
)
from minidl.layers.reshaping import Cropping2D, Reshape, UpSampling2D, ZeroPadding2D
from minidl.layers.symbol import Input
from minidl.layers.transposed import Conv2DTranspose

__all__ = [
    "Activation",
    "Add",
    "AveragePooling2D",
    "BatchNormalization",
    "Concatenate",
    "Conv2D",
    "Conv2DTranspose",
    "Cropping2D",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "Embedding",
    "Flatten",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling2D",
    "GroupNormalization",
    "Input",
    "Layer",
    "LayerNormalization",
    "LeakyReLU",
    "MaxPooling2D",
    "RandomBrightness",
    "RandomContrast",
    "RandomCrop",
    "RandomFlip",
    "RandomHue",
    "RandomRotation",
    "RandomSaturation",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "ReLU",
    "Rescaling",
    "Reshape",
    "SeparableConv2D",
    "Softmax",
    "SpatialDropout2D",
    "UpSampling2D",
    "ZeroPadding2D",
]
