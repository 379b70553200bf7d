"""Write keras_augmentation.npz: what Keras's augmentation layers make of images.

Each case is a layer's class and its arguments, as JSON, with an input and the output in training.
Ranges are of one number, so nothing is left to chance but signs.
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

CASES = [
    ("RandomRotation", {"factor": [0.07, 0.07], "fill_mode": "constant", "fill_value": 0.3}),
    ("RandomRotation", {"factor": [-0.2, -0.2], "fill_mode": "reflect"}),
    ("RandomRotation", {"factor": [0.25, 0.25], "fill_mode": "nearest"}),
    ("RandomTranslation", {"height_factor": [0.2, 0.2], "width_factor": [-0.1, -0.1]}),
    (
        "RandomTranslation",
        {"height_factor": [-0.3, -0.3], "width_factor": [0.4, 0.4], "fill_mode": "nearest"},
    ),
    ("RandomZoom", {"height_factor": [0.3, 0.3]}),
    ("RandomZoom", {"height_factor": [-0.3, -0.3], "width_factor": [0.2, 0.2]}),
    ("RandomShear", {"x_factor": [0.3, 0.3], "y_factor": [0.1, 0.1]}),
    ("RandomBrightness", {"factor": [0.2, 0.2], "value_range": [0, 1]}),
    ("RandomBrightness", {"factor": [-0.4, -0.4], "value_range": [0, 1]}),
    ("RandomContrast", {"factor": [0.4, 0.4], "value_range": [0, 1]}),
    ("RandomHue", {"factor": [0.3, 0.3], "value_range": [0, 1]}),
    ("RandomSaturation", {"factor": [0.3, 0.3], "value_range": [0, 1]}),
    ("RandomSaturation", {"factor": [0.7, 0.7], "value_range": [0, 1]}),
]


def main():
    rng = np.random.default_rng(0)
    arrays = {"versions": np.array([keras.__version__, tf.__version__, np.__version__])}
    for number, (name, arguments) in enumerate(CASES):
        x = rng.random((6, 7, 9, 3)).astype("float32")
        layer = getattr(keras.layers, name)(**arguments)
        if name == "RandomContrast":  # its range is never of one number: 1 − a to 1 + b
            y = np.asarray(layer.transform_images(x, {"contrast_factor": 1.4}))
        else:
            y = np.asarray(layer(x, training=True))
        key = f"{number:02d}"
        arrays[f"{key}/case"] = np.array(json.dumps([name, arguments]))
        arrays[f"{key}/x"], arrays[f"{key}/y"] = x, y
    path = pathlib.Path(__file__).with_name("keras_augmentation.npz")
    np.savez_compressed(path, **arrays)


if __name__ == "__main__":
    main()
