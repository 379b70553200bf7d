"""Keras, for `benchmarks.finetuning`: the plain recipe on the same digits and draws of labels.

Called with a JSON object: ``data``, an .npz file with MNIST's digits (x, y) and the other test
digits (x_test, y_test), and for each ``seed/labels`` drawn digits (x_…, y_…); ``seeds``; and
``labels``. Prints a JSON object: {method: {labels: [accuracy one a seed]}}.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from keras import layers


def article_cnn():
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def main():
    job = json.loads(sys.argv[1])
    found = {"untrained": {}, "from scratch": {}, "fine-tuned": {}}
    with np.load(job["data"]) as data:
        test = data["x_test"], data["y_test"]
        for seed in range(job["seeds"]):
            keras.utils.set_random_seed(seed)
            pretrained = article_cnn()
            pretrained.fit(data["x"], data["y"], batch_size=64, epochs=5, verbose=0)
            for labels in job["labels"]:
                few = data[f"x_{seed}_{labels}"], data[f"y_{seed}_{labels}"]
                scratch, tuned = article_cnn(), article_cnn()
                tuned.set_weights(pretrained.get_weights())
                for model in (scratch, tuned):
                    model.fit(*few, batch_size=32, epochs=40, verbose=0)
                for method, model in zip(found, (pretrained, scratch, tuned), strict=True):
                    accuracy = model.evaluate(*test, verbose=0)[1]
                    found[method].setdefault(str(labels), []).append(accuracy)
    print(json.dumps({"versions": {"keras": keras.__version__}, "accuracy": found}))


if __name__ == "__main__":
    main()
