"""Write keras.npz: what Keras computes for small layers, losses and training runs."""

import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9),
    "nesterov": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    "adam": lambda: keras.optimizers.Adam(0.01),
}


def small_cnn():
    """The article's CNN with 4 filters and 8 units, for 12 × 12 images of 4 classes."""
    return keras.Sequential(
        [
            keras.layers.Input((12, 12, 1)),
            keras.layers.Conv2D(4, (3, 3), activation="relu"),
            keras.layers.MaxPooling2D((2, 2)),
            keras.layers.Flatten(),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(4, activation="softmax"),
        ]
    )


def trajectories(rng, out):
    """Twenty steps of each optimizer from the same weights, on the same batches."""
    x, y = rng.random((40, 12, 12, 1)), rng.integers(0, 4, 40)
    start = [rng.normal(0, 0.3, w.shape) for w in small_cnn().get_weights()]
    out |= {"cnn/x": x, "cnn/y": y}
    out |= {f"cnn/start/{i}": w for i, w in enumerate(start)}
    model = small_cnn()
    model.set_weights(start)
    out["cnn/predictions"] = model.predict(x, verbose=0)
    for name, make in OPTIMIZERS.items():
        model = small_cnn()
        model.set_weights(start)
        model.compile(make(), "sparse_categorical_crossentropy")
        out[f"cnn/{name}/losses"] = [
            float(model.train_on_batch(x[i % 40 : i % 40 + 8], y[i % 40 : i % 40 + 8]))
            for i in range(0, 160, 8)
        ]
        out |= {f"cnn/{name}/{i}": w for i, w in enumerate(model.get_weights())}


def shapes(rng, out):
    """Convolution and max-pooling with Keras's paddings, at sizes that do not divide."""
    x = rng.normal(size=(2, 9, 7, 2))
    out["layers/x"] = x
    for size, stride, dilation in [(3, 1, 1), (3, 2, 1), (2, 3, 1), (4, 1, 1), (3, 1, 2)]:
        kernel = rng.normal(size=(size, size, 2, 3))
        out[f"layers/kernel/{size}/{stride}/{dilation}"] = kernel
        for padding in ("valid", "same"):
            key = f"{size}/{stride}/{dilation}/{padding}"
            out[f"layers/conv/{key}"] = keras.ops.conv(
                x, kernel, strides=stride, padding=padding, dilation_rate=dilation
            ).numpy()
            if dilation == 1:
                out[f"layers/pool/{key}"] = keras.ops.max_pool(
                    x, size, strides=stride, padding=padding
                ).numpy()


def losses(rng, out):
    """Losses of each example, from probabilities and from logits, extremes included."""
    logits = rng.normal(0, 3, (6, 5))
    logits[0] = [1000, 0, -1000, 0, 0]
    labels = np.array([1, 0, 4, 2, 2, 3])
    p = keras.ops.softmax(logits).numpy()
    targets = rng.dirichlet(np.ones(5), 6)
    out |= {"losses/logits": logits, "losses/labels": labels, "losses/targets": targets}
    out["losses/probabilities"] = p
    sparse = keras.losses.sparse_categorical_crossentropy
    full = keras.losses.categorical_crossentropy
    out["losses/sparse/logits"] = sparse(labels, logits, from_logits=True).numpy()
    out["losses/sparse/probabilities"] = sparse(labels, p).numpy()
    out["losses/categorical/logits"] = full(targets, logits, from_logits=True).numpy()
    out["losses/categorical/probabilities"] = full(targets, p).numpy()
    out["losses/mse"] = keras.losses.mean_squared_error(targets, p).numpy()


def main():
    keras.config.set_floatx("float64")
    rng = np.random.default_rng(0)
    out = {"versions": np.array([f"keras {keras.__version__}", f"tensorflow {tf.__version__}"])}
    trajectories(rng, out)
    shapes(rng, out)
    losses(rng, out)
    np.savez_compressed(pathlib.Path(__file__).with_name("keras.npz"), **out)


if __name__ == "__main__":
    main()
