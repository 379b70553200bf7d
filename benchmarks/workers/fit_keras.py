"""An epoch of ``fit`` of the article's CNN in Keras on TensorFlow."""

import os
import platform

os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf
from common import BATCH, digits, serve

threads = int(os.environ["BENCHMARK_THREADS"])
tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)
x, y = digits()
model = keras.Sequential(
    [
        keras.layers.Input((28, 28, 1)),
        keras.layers.Conv2D(32, (3, 3), activation="relu"),
        keras.layers.MaxPooling2D((2, 2)),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, batch_size=BATCH, verbose=0)
serve(
    {
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "python": platform.python_version(),
    },
    lambda: model.fit(x, y, batch_size=BATCH, verbose=0),
    len(x) // BATCH,
)
