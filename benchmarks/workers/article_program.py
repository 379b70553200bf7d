"""Run one program on the bundled digits, and print what it learned as JSON.

    python article_program.py < program

The value of the program's last line is its history: a dict of lists, or an object that has one.
"""

import json
import pathlib
import sys

import numpy as np

DIGITS = pathlib.Path(__file__).parents[2] / "minidl" / "datasets" / "mnist9k.npz"
LIBRARIES = ("minidl", "keras", "tensorflow", "torch")


def main():
    with np.load(DIGITS) as digits:
        x, x_test = (digits[k][..., None] / np.float32(255) for k in ("x_train", "x_test"))
        y, y_test = digits["y_train"], digits["y_test"]
    names = {"train_images": x, "train_labels": y}
    before, last = sys.stdin.buffer.read().decode("utf-8").rsplit("\n", 1)
    exec(before, names)
    history = eval(last, names)
    scores = names["predict"](x_test) if "predict" in names else names["model"].predict(x_test)
    answer = {
        **getattr(history, "history", history),
        "test": float((scores.argmax(axis=1) == y_test).mean()),
        "versions": {k: sys.modules[k].__version__ for k in LIBRARIES if k in sys.modules},
    }
    print("\n" + json.dumps(answer))


if __name__ == "__main__":
    main()
