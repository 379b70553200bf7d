"""What layers promise without computing: shapes, operations and bytes, counted by hand.

A row holds a layer, the shape of one example, that of its output, the operations (2 a
multiply-add), and how many numbers, and bytes besides, are kept for the backward pass.
"""

import numpy as np
import pytest

from minidl import layers
from minidl.layers import Layer

IMAGE, SMALL, WORDS = (9, 8, 3), (4, 3, 6), (3, 7)

ROWS = [
    # Pixels × filters × taps × channels × 2; kept: the sum, with the bias, activated.
    (layers.Conv2D(4, (2, 3)), IMAGE, (8, 6, 4), 8 * 6 * 4 * 2 * 3 * 3 * 2, 2 * 8 * 6 * 4),
    (layers.Conv2D(4, 1, use_bias=False), IMAGE, (9, 8, 4), 9 * 8 * 4 * 3 * 2, 9 * 8 * 4),
    (layers.Conv2D(6, 3, (2, 1), "same", groups=3, activation="relu", use_bias=False),
     IMAGE, (5, 8, 6), 5 * 8 * 6 * 9 * 1 * 2, 2 * 5 * 8 * 6),
    (layers.Conv2D(4, 3, dilation_rate=(2, 3), groups=2, activation="relu"),
     (9, 8, 6), (5, 2, 4), 5 * 2 * 4 * 9 * 3 * 2, 3 * 5 * 2 * 4),
    (layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu"),
     IMAGE, (7, 6, 6), 7 * 6 * 6 * 9 * 2, 3 * 7 * 6 * 6),
    (layers.DepthwiseConv2D((2, 3), (2, 2), "same", use_bias=False),
     IMAGE, (5, 4, 3), 5 * 4 * 3 * 6 * 2, 5 * 4 * 3),
    (layers.SeparableConv2D(5, (3, 2), depth_multiplier=2),
     IMAGE, (7, 7, 5), 7 * 7 * 6 * (3 * 2 + 5) * 2, 2 * 7 * 7 * 5),
    (layers.SeparableConv2D(4, 3, 2, "same", activation="relu"),
     IMAGE, (5, 4, 4), 5 * 4 * 3 * (9 + 4) * 2, 3 * 5 * 4 * 4),
    # Each number of the input paints a kernel.
    (layers.Conv2DTranspose(5, (3, 2), 2), SMALL, (9, 6, 5), 4 * 3 * 6 * 3 * 2 * 5 * 2, 2 * 270),
    (layers.Conv2DTranspose(2, 3, (3, 1), "same", use_bias=False, dilation_rate=(1, 2)),
     SMALL, (12, 3, 2), 4 * 3 * 6 * 9 * 2 * 2, 12 * 3 * 2),
    (layers.Conv2DTranspose(2, (3, 2), 3, "valid", (0, 2)),
     SMALL, (12, 10, 2), 4 * 3 * 6 * 6 * 2 * 2, 2 * 12 * 10 * 2),
    (layers.Conv2DTranspose(2, (2, 3), 3, "same", 1, dilation_rate=2),
     SMALL, (11, 8, 2), 4 * 3 * 6 * 6 * 2 * 2, 2 * 11 * 8 * 2),
    (layers.Conv2DTranspose(1, (4, 2), (2, 3), dilation_rate=(2, 1)),
     (2, 2, 2), (9, 6, 1), 8 * 8 * 2, 2 * 54),
    (layers.Dense(5, "relu"), (7,), (5,), 7 * 5 * 2, 3 * 5),
    (layers.Dense(5, use_bias=False), WORDS, (3, 5), 3 * 7 * 5 * 2, 3 * 5),
    (layers.Activation("tanh"), WORDS, WORDS, 21, 21),
    (layers.ReLU(), WORDS, WORDS, 21, 21),
    (layers.LeakyReLU(), WORDS, WORDS, 21, 21),
    (layers.Softmax(), WORDS, WORDS, 21, 21),
    (layers.Rescaling(2), WORDS, WORDS, 21, 21),
    (layers.Flatten(), IMAGE, (216,), 0, 0),
    (layers.Dropout(0.5), WORDS, WORDS, 21, 2 * 21),
    (layers.SpatialDropout2D(0.5), SMALL, SMALL, 72, 72),
    # When the model is used, these do nothing.
    (layers.RandomBrightness(0.1), IMAGE, IMAGE, 0, 0),
    (layers.RandomContrast(0.1), IMAGE, IMAGE, 0, 0),
    (layers.RandomCrop(4, 5), IMAGE, (4, 5, 3), 0, 0),
    (layers.RandomFlip(), IMAGE, IMAGE, 0, 0),
    (layers.RandomHue(0.1), IMAGE, IMAGE, 0, 0),
    (layers.RandomRotation(0.1), IMAGE, IMAGE, 0, 0),
    (layers.RandomSaturation(0.1), IMAGE, IMAGE, 0, 0),
    (layers.RandomShear(0.1), IMAGE, IMAGE, 0, 0),
    (layers.RandomTranslation(0.1, 0.1), IMAGE, IMAGE, 0, 0),
    (layers.RandomZoom(0.1), IMAGE, IMAGE, 0, 0),
    (layers.Embedding(10, 4), WORDS, (3, 7, 4), 0, 84),
    (layers.Add(), [WORDS] * 2, WORDS, 21, 21),
    (layers.Add(), [WORDS] * 4, WORDS, 3 * 21, 3 * 21),
    (layers.Concatenate(), [WORDS, (3, 5), (3, 1)], (3, 13), 0, 39),
    (layers.Concatenate(1), [WORDS, (5, 7)], (8, 7), 0, 56),
    (layers.Concatenate(-2), [SMALL, (4, 1, 6)], (4, 4, 6), 0, 96),
    (layers.BatchNormalization(), SMALL, SMALL, 8 * 72, 6 * 72),
    (layers.LayerNormalization(), WORDS, WORDS, 8 * 21, 6 * 21),
    (layers.GroupNormalization(2), SMALL, SMALL, 8 * 72, 6 * 72),
    # The place of the largest number takes one byte more.
    (layers.MaxPooling2D((2, 3)), (9, 8, 2), (4, 2, 2), 4 * 2 * 2 * 6, (16, 16)),
    (layers.MaxPooling2D(3, 2, "same"), (9, 8, 4), (5, 4, 4), 5 * 4 * 4 * 9, (80, 80)),
    (layers.AveragePooling2D(), IMAGE, (4, 4, 3), 4 * 4 * 3 * 4, 4 * 4 * 3),
    (layers.AveragePooling2D((2, 3), 1), IMAGE, (8, 6, 3), 8 * 6 * 3 * 6, 8 * 6 * 3),
    (layers.GlobalAveragePooling2D(), IMAGE, (3,), 216, 2 * 3),
    (layers.GlobalAveragePooling2D(keepdims=True), IMAGE, (1, 1, 3), 216, 2 * 3),
    (layers.GlobalMaxPooling2D(), IMAGE, (3,), 216, 3),
    (layers.GlobalMaxPooling2D(keepdims=True), IMAGE, (1, 1, 3), 216, 3),
    (layers.Reshape((6, -1, 3)), IMAGE, (6, 12, 3), 0, 0),
    (layers.Reshape((9, 24)), IMAGE, (9, 24), 0, 0),
    (layers.Reshape((-1,)), (5,), (5,), 0, 0),
    (layers.ZeroPadding2D(2), SMALL, (8, 7, 6), 0, 336),
    (layers.ZeroPadding2D((1, 2)), SMALL, (6, 7, 6), 0, 252),
    (layers.ZeroPadding2D(((0, 1), (2, 3))), SMALL, (5, 8, 6), 0, 240),
    (layers.Cropping2D(((0, 2), (1, 1))), SMALL, (2, 1, 6), 0, 0),
    (layers.Cropping2D(1), SMALL, (2, 1, 6), 0, 0),
    (layers.UpSampling2D((2, 3)), SMALL, (8, 9, 6), 432, 432),
    (layers.UpSampling2D(3, "bilinear"), SMALL, (12, 9, 6), 648, 648),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: type(row[0]).__name__)
def test_shapes_operations_and_bytes(row):
    layer, shape, out, flops, stored = row
    several = isinstance(shape, list)
    given = [(None, *s) for s in shape] if several else (None, *shape)
    for dtype, item in (("float32", 4), ("float64", 8)):
        made = type(layer).from_config(layer.get_config() | {"dtype": dtype})
        assert made.compute_output_shape(given) == (None, *out)
        found, kept = made.flops(given), made.stored(given)
        numbers, more = stored if isinstance(stored, tuple) else (stored, 0)
        assert (found, kept) == (flops, item * numbers + more)
        assert type(found) is type(kept) is int
        for batch in (0, 1, 2):
            x = [np.zeros((batch, *s), dtype) for s in (shape if several else [shape])]
            if batch or "Normalization" not in type(layer).__name__:  # no mean of no numbers
                for training in (False, True):
                    y = made(x if several else x[0], training)
                    assert y.shape == (batch, *out)
                    assert y.dtype == dtype


def test_every_layer_has_a_row():
    assert {type(row[0]).__name__ for row in ROWS} | {"Input", "Layer"} == set(layers.__all__)


def test_a_layer_costs_an_operation_and_a_number_for_each_that_comes_out():
    layer = Layer(dtype="float64")
    assert layer.compute_output_shape((None, 3, 5)) == (None, 3, 5)
    assert (layer.flops((None, 3, 5)), layer.stored((None, 3, 5))) == (15, 120)
