"""What all workers share: the data, and answering the program that times them."""

import json
import pathlib
import sys
import time

import numpy as np

BATCH = 64
DIGITS = pathlib.Path(__file__).parents[2] / "minidl" / "datasets" / "mnist9k.npz"


def digits():
    """Return the bundled training digits: (8000, 28, 28, 1) float32 in 0 … 1, and labels."""
    with np.load(DIGITS) as arrays:
        return (arrays["x_train"][..., None] / 255).astype(np.float32), arrays["y_train"]


def serve(versions, epoch, steps):
    """Name the versions, then time ``epoch()``, which takes `steps` steps, for each line read."""
    out = sys.stdout
    print(json.dumps(versions), file=out, flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        epoch()
        elapsed = time.perf_counter() - start
        print(json.dumps({"ms": [elapsed / steps * 1000]}), file=out, flush=True)
