"""Write state dicts of minidl for PyTorch to read: see `make_torch_weights.py`.

``PYTHONPATH=. python tests/reference/write_torch_weights.py FOLDER``, then, where PyTorch is
installed, ``python tests/reference/make_torch_weights.py --check FOLDER``. Both are run by hand.
"""

import pathlib
import sys

import numpy as np
from torch_models import minidl_models

import minidl
from minidl import interchange


def names_of(name, model):
    """Return what the layers are called in PyTorch: by their places, or as here."""
    if name == "named":
        return {}
    kept = list(interchange.torch.modules(model))
    places = {"cnn": (0, 1, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 16, 17), "generator": (0, 1, 4, 6)}
    return dict(zip(kept, map(str, places[name]), strict=True))


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    out = {}
    for name, model in minidl_models(minidl).items():
        arrays = [rng.normal(size=w.shape) * 0.3 for w in model.weights]
        pairs = zip(arrays, model.weights, strict=True)  # variances are positive
        model.set_weights([abs(a) if w.name == "moving_variance" else a for a, w in pairs])
        x = rng.normal(size=(2, *model.input_shape[1:])).astype(np.float32)
        interchange.save_torch(model, folder / f"{name}.safetensors", names_of(name, model))
        out |= {f"{name}/x": x, f"{name}/y": model(x).data}
    np.savez(folder / "outputs.npz", **out)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
