"""Write keras_training.npz: optimizers, schedules, regularizers and weights, as Keras has them.

The model, its first weights and the images are those of keras.npz; the cases are in cases.json.
"""

import json
import pathlib

import make_keras
import numpy as np
from make_keras import keras, tf

HERE = pathlib.Path(__file__).parent
CASES = json.loads((HERE / "cases.json").read_text())
FIRST = np.load(HERE / "keras.npz")
X, Y = FIRST["cnn/x"], FIRST["cnn/y"]


def cnn():
    model = make_keras.small_cnn()
    model.set_weights([FIRST[f"cnn/start/{i}"] for i in range(6)])
    return model


def optimizer(name, config):
    rate = config["learning_rate"]
    if isinstance(rate, dict):
        kind = getattr(keras.optimizers.schedules, rate["class_name"])
        config = config | {"learning_rate": kind(**rate["config"])}
    return getattr(keras.optimizers, name)(**config)


def optimizers(out):
    """Twenty steps, four epochs of five batches, by `fit`, which puts averages in place."""
    for key, (name, config) in CASES["optimizers"].items():
        model = cnn()
        model.compile(optimizer(name, config), "sparse_categorical_crossentropy")
        history = model.fit(X, Y, batch_size=8, epochs=4, shuffle=False, verbose=0)
        out[f"optimizers/{key}/losses"] = history.history["loss"]
        out |= {f"optimizers/{key}/{i}": w for i, w in enumerate(model.get_weights())}


def schedules(out):
    steps = np.arange(60)
    for key, (name, config) in CASES["schedules"].items():
        schedule = getattr(keras.optimizers.schedules, name)(**config)
        out[f"schedules/{key}"] = [float(schedule(int(step))) for step in steps]


def regularizer(given):
    if not isinstance(given, dict):
        return given
    return getattr(keras.regularizers, given["class_name"])(**given["config"])


def trainings(rng, out):
    """Five steps of gradient descent and an evaluation, with penalties or weights."""
    weights = out["trainings/weights"] = rng.uniform(0, 2, len(X))
    for key, case in CASES["trainings"].items():
        kernel, bias = map(regularizer, case.get("regularizers", (None, None)))
        penalties = {"kernel_regularizer": kernel, "bias_regularizer": bias}
        model = keras.Sequential(
            [
                keras.layers.Input((12, 12, 1)),
                keras.layers.Conv2D(4, (3, 3), activation="relu", **penalties),
                keras.layers.MaxPooling2D((2, 2)),
                keras.layers.Flatten(),
                keras.layers.Dense(8, activation="relu"),
                keras.layers.Dense(4, activation="softmax", **penalties),
            ]
        )
        model.set_weights([FIRST[f"cnn/start/{i}"] for i in range(6)])
        model.compile(
            keras.optimizers.SGD(0.1),
            "sparse_categorical_crossentropy",
            metrics=["accuracy"],
            weighted_metrics=["accuracy"],
        )
        given = {"batch_size": 8, "shuffle": False, "verbose": 0}
        if "sample_weight" in case:
            given["sample_weight"] = weights
            given["validation_data"] = (X[:9], Y[:9], weights[:9])
        if "class_weight" in case:
            given["class_weight"] = {int(k): w for k, w in case["class_weight"].items()}
            given["validation_split"] = 0.25
        history = model.fit(X, Y, **given).history
        out |= {f"trainings/{key}/{name}": values for name, values in history.items()}
        out |= {f"trainings/{key}/{i}": w for i, w in enumerate(model.get_weights())}
        found = model.evaluate(  # as a dict: the list would hold "accuracy" twice
            X,
            Y,
            batch_size=7,
            sample_weight=given.get("sample_weight"),
            verbose=0,
            return_dict=True,
        )
        out[f"trainings/{key}/evaluate"] = list(found.values())
        out[f"trainings/{key}/names"] = np.array(list(found))


def binary(out):
    """A model that ends with a sigmoid, whose weights are the first column's."""
    model = keras.Sequential(
        [keras.layers.Input((12, 12, 1)), keras.layers.Flatten(), keras.layers.Dense(1, "sigmoid")]
    )
    kernel = np.linspace(-0.2, 0.3, 144)[:, np.newaxis]
    model.set_weights([kernel, np.zeros(1)])
    loss = keras.losses.BinaryCrossentropy(label_smoothing=0.1)
    model.compile(keras.optimizers.SGD(0.5), loss, metrics=["accuracy"])
    history = model.fit(X, Y % 2, batch_size=8, epochs=4, shuffle=False, verbose=0).history
    out["binary/losses"], out["binary/accuracy"] = history["loss"], history["accuracy"]
    out |= {f"binary/{i}": w for i, w in enumerate(model.get_weights())}


def main():
    keras.config.set_floatx("float64")
    rng = np.random.default_rng(1)
    out = {"versions": np.array([f"keras {keras.__version__}", f"tensorflow {tf.__version__}"])}
    optimizers(out)
    schedules(out)
    trainings(rng, out)
    binary(out)
    np.savez_compressed(HERE / "keras_training.npz", **out)


if __name__ == "__main__":
    main()
