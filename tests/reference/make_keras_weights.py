"""Write keras_*.weights.h5 and keras_weights.npz: models of Keras with random weights, in use.

``python tests/reference/make_keras_weights.py`` needs ``pip install tensorflow-cpu keras h5py``.
The models are described in `keras_models.py`, by which minidl makes its own. With
``--check FOLDER`` it reads instead what ``tests/reference/write_keras_weights.py FOLDER`` wrote,
and compares what Keras then computes with what minidl did.
"""

import os
import pathlib
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import h5py
import keras
import numpy as np
import tensorflow as tf
from keras_models import MODELS

HERE = pathlib.Path(__file__).parent


def main():
    rng = np.random.default_rng(0)
    versions = [f"{m.__name__} {m.__version__}" for m in (keras, tf, h5py)]
    out = {"versions": np.array(versions)}
    for name, make in MODELS.items():
        keras.backend.clear_session()
        model, shape = make(keras)
        x = rng.normal(size=(2, *shape)).astype(np.float32)
        model(x, training=False)
        # Small whole numbers and fractions of 16 compress well.
        model.set_weights([rng.integers(1, 9, w.shape) / 16 for w in model.get_weights()])
        model.save_weights(HERE / f"keras_{name}.weights.h5")
        out |= {f"{name}/x": x, f"{name}/y": model(x, training=False).numpy()}
        out |= {f"{name}/w{i}": w for i, w in enumerate(model.get_weights())}
    np.savez_compressed(HERE / "keras_weights.npz", **out)


def check(folder):
    ours = np.load(folder / "outputs.npz")
    for name, make in MODELS.items():
        model, _ = make(keras)
        x = ours[f"{name}/x"]
        model(x, training=False)
        model.load_weights(folder / f"{name}.weights.h5")
        y = ours[f"{name}/y"]
        error = np.abs(model(x, training=False).numpy() - y).max() / np.abs(y).max()
        print(f"{name}: Keras {keras.__version__} differs by {error:.1e} of the largest number")
        assert error < 1e-5


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        check(pathlib.Path(sys.argv[2]))
    else:
        main()
