"""Write keras_layers.npz: what Keras's layers compute from given weights.

Each case is a layer's class and its arguments, as JSON, with an input, the weights in
Keras's order, the output, and for some the output and weights after a call in training.
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

IMAGE = (9, 8, 4)
SMALL = (5, 4, 3)
CASES = [  # (class, arguments, shape of an example)
    ("Conv2D", {"filters": 6, "kernel_size": 3, "activation": "relu"}, IMAGE),
    ("Conv2D", {"filters": 6, "kernel_size": [2, 3], "strides": 2, "padding": "same"}, IMAGE),
    ("Conv2D", {"filters": 6, "kernel_size": 3, "groups": 2, "dilation_rate": 2}, IMAGE),
    ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}, IMAGE),
    ("DepthwiseConv2D", {"kernel_size": 3, "strides": 2, "padding": "same"}, IMAGE),
    ("SeparableConv2D", {"filters": 5, "kernel_size": 3, "activation": "tanh"}, IMAGE),
    (
        "SeparableConv2D",
        {"filters": 5, "kernel_size": 3, "depth_multiplier": 2, "padding": "same"},
        IMAGE,
    ),
    ("Conv2DTranspose", {"filters": 5, "kernel_size": 4, "strides": 2, "padding": "same"}, SMALL),
    ("Conv2DTranspose", {"filters": 5, "kernel_size": 3, "strides": 2}, SMALL),
    ("Conv2DTranspose", {"filters": 5, "kernel_size": 2, "strides": 3}, SMALL),
    ("Conv2DTranspose", {"filters": 5, "kernel_size": 2, "strides": 3, "padding": "same"}, SMALL),
    ("Conv2DTranspose", {"filters": 5, "kernel_size": 3, "use_bias": False}, SMALL),
    (
        "Conv2DTranspose",
        {"filters": 5, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1},
        SMALL,
    ),
    ("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 1}, SMALL),
    ("MaxPooling2D", {"pool_size": 2}, IMAGE),
    ("MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, IMAGE),
    ("AveragePooling2D", {"pool_size": 2}, IMAGE),
    ("AveragePooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}, IMAGE),
    ("GlobalAveragePooling2D", {}, IMAGE),
    ("GlobalMaxPooling2D", {"keepdims": True}, IMAGE),
    ("BatchNormalization", {}, IMAGE),
    ("BatchNormalization", {"momentum": 0.7, "epsilon": 0.01, "scale": False}, (7,)),
    ("BatchNormalization", {"axis": 1, "center": False}, IMAGE),
    ("LayerNormalization", {}, IMAGE),
    ("LayerNormalization", {"axis": [1, 2, 3], "epsilon": 0.1}, IMAGE),
    ("GroupNormalization", {"groups": 2}, IMAGE),
    ("GroupNormalization", {"groups": -1, "center": False}, IMAGE),
    ("Dense", {"units": 3, "activation": "softmax"}, (7,)),
    ("Dense", {"units": 3}, IMAGE),
    ("Flatten", {}, IMAGE),
    ("Reshape", {"target_shape": [4, -1]}, IMAGE),
    ("UpSampling2D", {"size": [2, 3]}, SMALL),
    ("UpSampling2D", {"size": 3, "interpolation": "bilinear"}, SMALL),
    ("ZeroPadding2D", {"padding": [[1, 0], [2, 3]]}, SMALL),
    ("Cropping2D", {"cropping": [[1, 0], [1, 2]]}, SMALL),
    ("Rescaling", {"scale": 0.5, "offset": -1.0}, SMALL),
    ("Activation", {"activation": "sigmoid"}, SMALL),
    ("ReLU", {"max_value": 0.8, "negative_slope": 0.1, "threshold": 0.2}, SMALL),
    ("LeakyReLU", {}, SMALL),
    ("Softmax", {}, SMALL),
    ("Dropout", {"rate": 0.5}, SMALL),
    ("SpatialDropout2D", {"rate": 0.5}, SMALL),
]


def tuples(arguments):
    return {
        name: tuple(tuple(v) if isinstance(v, list) else v for v in value)
        if isinstance(value, list) and name != "axis"
        else value
        for name, value in arguments.items()
    }


def main():
    keras.config.set_floatx("float64")
    rng = np.random.default_rng(0)
    out = {"versions": np.array([f"keras {keras.__version__}", f"tensorflow {tf.__version__}"])}
    for number, (name, arguments, shape) in enumerate(CASES):
        layer = getattr(keras.layers, name)(**tuples(arguments))
        x = rng.normal(size=(3, *shape))
        layer.build((None, *shape))
        weights = [np.abs(rng.normal(size=w.shape)) + 0.1 for w in layer.get_weights()]
        layer.set_weights(weights)
        key = f"{number:02d}"
        out[f"{key}/case"] = np.array(json.dumps([name, arguments]))
        out |= {f"{key}/x": x, f"{key}/y": layer(x).numpy()}
        out |= {f"{key}/w{i}": w for i, w in enumerate(weights)}
        if name == "BatchNormalization":
            out[f"{key}/trained/y"] = layer(x, training=True).numpy()
            out |= {f"{key}/trained/w{i}": w for i, w in enumerate(layer.get_weights())}
    embedding = keras.layers.Embedding(9, 4)
    numbers = rng.integers(0, 9, (3, 5))
    embedding(numbers)
    out["embedding/x"], out["embedding/y"] = numbers, embedding(numbers).numpy()
    out["embedding/w0"] = embedding.get_weights()[0]
    np.savez_compressed(pathlib.Path(__file__).with_name("keras_layers.npz"), **out)


if __name__ == "__main__":
    main()
