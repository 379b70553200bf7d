"""Write .weights.h5 files of minidl for Keras to read: see `make_keras_weights.py`.

``PYTHONPATH=. python tests/reference/write_keras_weights.py FOLDER``, then, where Keras is
installed, ``python tests/reference/make_keras_weights.py --check FOLDER``. Both are run by hand.
"""

import pathlib
import sys

import numpy as np
from keras_models import MODELS

import minidl


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    out = {}
    for name, make in MODELS.items():
        model, shape = make(minidl)
        x = rng.normal(size=(2, *shape)).astype(np.float32)
        model(x, training=False)
        arrays = [rng.normal(size=w.shape) * 0.3 for w in model.weights]
        pairs = zip(arrays, model.weights, strict=True)  # variances are positive
        model.set_weights([abs(a) if w.name == "moving_variance" else a for a, w in pairs])
        model.save_weights(folder / f"{name}.weights.h5")
        out |= {f"{name}/x": x, f"{name}/y": model(x).data}
    np.savez(folder / "outputs.npz", **out)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
