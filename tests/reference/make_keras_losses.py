"""Write keras_losses.npz: losses and metrics on random and extreme inputs, as Keras has them.

The cases, which class with which arguments on which inputs, are in cases.json.
"""

import json
import pathlib

import numpy as np
from make_keras import keras, tf

HERE = pathlib.Path(__file__).parent
CASES = json.loads((HERE / "cases.json").read_text())


def inputs(rng):
    """Targets, predictions and weights by name, 12 examples each."""
    n = 12
    numbers = rng.normal(0, 1, (n, 3))
    near = numbers + rng.normal(0, 0.5, (n, 3))
    numbers[0], near[1], near[2] = 0, 0, [1e8, -1e8, 1e-8]
    near[3] = numbers[3]
    p = rng.random((n, 4))
    p[0], p[1] = [0, 1, 0.5, 1e-12], [1, 0, 1e-9, 0.3]
    logits = rng.normal(0, 4, (n, 4))
    logits[0], logits[1] = [1000, -1000, 0, 50], [-1000, 1000, -50, 0]
    zero_one = rng.integers(0, 2, (n, 4))
    classes = rng.dirichlet(np.ones(5), n)
    classes[0], classes[1] = [1, 0, 0, 0, 0], [0, 0, 0, 0, 1]
    targets = rng.dirichlet(np.ones(5), n)
    targets[0], targets[1], targets[2] = [0, 1, 0, 0, 0], [0, 0, 0, 0, 1], [1, 0, 0, 0, 0]
    class_logits = rng.normal(0, 3, (n, 5))
    class_logits[0] = [1000, 0, -1000, 0, 0]
    labels = rng.integers(0, 5, n)
    masks = rng.integers(0, 2, (n, 3, 4, 2)).astype(float)
    guesses = rng.random((n, 3, 4, 2))
    masks[0], guesses[1], guesses[2] = 0, 0, masks[2]
    return {
        "numbers": (numbers, near),
        "signs": (2.0 * zero_one - 1, rng.normal(0, 2, (n, 4))),
        "binary": (zero_one.astype(float), p),
        "binary logits": (zero_one.astype(float), logits),
        "column": (zero_one[:, 0].astype(float), p[:, 2:3]),
        "classes": (targets, classes),
        "class logits": (targets, class_logits),
        "labels": (labels.astype(float), class_logits),
        "one-hot": (np.eye(6)[labels], np.concatenate([classes, np.zeros((n, 1))], axis=1)),
        "masks": (masks, guesses),
    }


def losses(given, weights, out):
    for key, (name, config, which) in CASES["losses"].items():
        y_true, y_pred = given[which]
        config = {k: tuple(v) if isinstance(v, list) else v for k, v in config.items()}
        kind = getattr(keras.losses, name)
        out[f"losses/{key}/each"] = kind(**config, reduction=None)(y_true, y_pred).numpy()
        out[f"losses/{key}/mean"] = kind(**config)(y_true, y_pred).numpy()
        if out[f"losses/{key}/each"].ndim == 1:  # else Keras would broadcast along the last axis
            out[f"losses/{key}/weighted"] = kind(**config)(y_true, y_pred, weights).numpy()


def metrics(given, weights, out):
    """Each metric after batches of 7 and 5, without and with weights."""
    for key, (name, config, which) in CASES["metrics"].items():
        y_true, y_pred = given[which]
        if "TopK" in name:  # TensorFlow's in_top_k takes float32 only
            y_pred = y_pred.astype(np.float32)
        whole = name == "MeanIoU"  # of whose weights Keras makes whole numbers
        for how, w in (("plain", None), ("weighted", np.ceil(weights) if whole else weights)):
            if w is not None and which == "masks":
                continue
            metric = getattr(keras.metrics, name)(**config)
            for part in (slice(7), slice(7, None)):
                part_weights = None if w is None else w[part]
                metric.update_state(y_true[part], y_pred[part], part_weights)
            out[f"metrics/{key}/{how}"] = np.asarray(metric.result())


def main():
    keras.config.set_floatx("float64")
    rng = np.random.default_rng(2)
    out = {"versions": np.array([f"keras {keras.__version__}", f"tensorflow {tf.__version__}"])}
    given, weights = inputs(rng), rng.uniform(0, 3, 12)
    weights[3] = 0
    out["weights"] = weights
    for name, (y_true, y_pred) in given.items():
        out |= {f"inputs/{name}/y_true": y_true, f"inputs/{name}/y_pred": y_pred}
    losses(given, weights, out)
    metrics(given, weights, out)
    np.savez_compressed(HERE / "keras_losses.npz", **out)


if __name__ == "__main__":
    main()
