"""Few digits for a network that knows MNIST: ``python -m benchmarks.finetuning``.

The article's CNN is trained on the bundled MNIST digits, then on 5, 10, 20 or 50 labelled digits
a class of `datasets.digits8x8`, enlarged to 20 × 20 in a frame of 28 × 28. The labelled ones are
drawn from the 1,000 training digits; accuracy is that on the 797 test digits, over five seeds,
each of which has a pretrained network, a draw of labels and an order of its own. The plain recipe
is 40 epochs of Adam. ``--choose`` compares recipes instead: other seeds, and judged by those of the
training digits that were not drawn, so that the test digits choose nothing. ``--python
keras=PATH`` names an interpreter that has Keras, which then follows the plain recipe on the same
digits and draws of labels, for 5 and 10 labels.
"""

import argparse
import itertools
import json
import pathlib
import subprocess
import tempfile
import time

import numpy as np

import minidl
from benchmarks import contestants
from minidl import finetuning, plots
from minidl.applications import article_cnn
from minidl.data import augment, few_of_each
from minidl.optimizers import Adam
from minidl.runtime import files

HERE = pathlib.Path(__file__).parent
WORKER = HERE / "workers" / "keras_finetuning.py"
LABELS = (5, 10, 20, 50)
LOSS = "sparse_categorical_crossentropy"
KERAS_LABELS = (5, 10)
CHOOSING = 1000  # the first seed of those that choose


def data():
    """Return MNIST's training digits and both parts of the others, as float32 from 0 to 1."""
    mnist, _ = minidl.datasets.mnist.load_data()
    parts = minidl.datasets.digits8x8.load_data()
    framed = [(minidl.datasets.digits8x8.framed(x), y) for x, y in parts]
    return [(x[..., np.newaxis] / np.float32(255), y) for x, y in (mnist, *framed)]


def train(weights, x, y, seed, *, epochs, augmented, rate=1e-3, ema=None, prepare=None, **options):
    """Return the article's CNN, trained from these weights or, without any, from scratch."""
    minidl.set_random_seed(seed)
    model = article_cnn()
    if weights is not None:
        model.set_weights(weights)
    averages = {} if ema is None else {"use_ema": True, "ema_momentum": ema}
    model.compile(Adam(rate, **averages), LOSS)
    if prepare is not None:
        prepare(model)
    if augmented:
        policy = augment.digits(seed)
        given = (augment.AugmentedBatches(x, y, policy, options["batch_size"]),)
    else:
        given = (x, y, options["batch_size"])
    model.fit(*given, epochs=epochs, verbose=0, callbacks=options.get("callbacks", ()))
    return model


def pretrain(x, y, seed, better):
    """Return weights of the CNN that knows MNIST: 5 plain epochs, or 20 of augmented digits."""
    how = {"epochs": 20, "augmented": True, "ema": 0.99} if better else {"epochs": 5}
    how = {"augmented": False} | how
    return train(None, x, y, seed, batch_size=64, **how).get_weights()


def frozen(model):
    """Let only the last layer learn."""
    finetuning.freeze(model, 2)


#: The plain recipe, and the one that was chosen.
PLAIN = {"epochs": 40, "augmented": False, "batch_size": 32}
BETTER = {"epochs": 100, "augmented": True, "batch_size": 32, "rate": 3e-4, "ema": 0.98}
#: What it was chosen from, beside it.
OTHERS = {
    "chosen": {},
    "the plain recipe": None,
    "no augmentation": {"augmented": False},
    "no averaged weights": {"ema": None},
    "Adam at 1e-3": {"rate": 1e-3},
    "convolution frozen": {"prepare": lambda model: finetuning.freeze(model, 1)},
    "only the last layer": {"prepare": frozen},
    "rates fall by 2.6 a layer, from 1e-3": {
        "rate": 1e-3,
        "prepare": lambda m: finetuning.discriminative_learning_rates(m, m.optimizer, 2.6),
    },
    "unfrozen layer by layer, every 10 epochs": {
        "callbacks": lambda: [finetuning.GradualUnfreezing(10)]
    },
}


def accuracy(model, x, y):
    return float(np.mean(model.predict(x, 256, verbose=0).argmax(axis=1) == y))


def weights_of(seed, digits, better):
    """Return pretrained weights."""
    began = time.perf_counter()
    weights = pretrain(*digits, seed, better)
    print(f"pretrained, seed {seed}: {time.perf_counter() - began:.0f} s", flush=True)
    return weights


def measure(seeds):
    """Return accuracies on the test digits: {method: {labels: [one a seed]}}."""
    mnist, (x, y), test = data()
    found = {}

    def note(method, labels, model):
        found.setdefault(method, {}).setdefault(labels, []).append(accuracy(model, *test))

    for seed in range(seeds):
        plain, better = (weights_of(seed, mnist, each) for each in (False, True))
        for labels in LABELS:
            few = few_of_each(y, labels, np.random.default_rng(seed))
            for method, weights in (("untrained", plain), ("better, untrained", better)):
                model = article_cnn()
                model.set_weights(weights)
                note(method, labels, model)
            given = x[few], y[few], seed
            note("from scratch", labels, train(None, *given, **PLAIN))
            note("features frozen", labels, train(plain, *given, **PLAIN, prepare=frozen))
            note("fine-tuned", labels, train(plain, *given, **PLAIN))
            note("better recipe, from scratch", labels, train(None, *given, **BETTER))
            note("better recipe", labels, train(better, *given, **BETTER))
    return found


def choose(seeds, labels):
    """Return accuracies on training digits that were not drawn: {recipe: [one a seed]}."""
    mnist, (x, y), _ = data()
    found = {}
    for seed in range(CHOOSING, CHOOSING + seeds):
        weights = weights_of(seed, mnist, True)
        few = few_of_each(y, labels, np.random.default_rng(seed))
        rest = np.setdiff1d(np.arange(len(y)), few)
        for name, changes in OTHERS.items():
            recipe = PLAIN if changes is None else BETTER | changes
            if "callbacks" in recipe:
                recipe = recipe | {"callbacks": recipe["callbacks"]()}
            model = train(weights, x[few], y[few], seed, **recipe)
            found.setdefault(name, []).append(accuracy(model, x[rest], y[rest]))
    return found


def by_keras(seeds, python):
    """Return what Keras makes of the plain recipe, and its version."""
    (x, y), pool, (x_test, y_test) = data()
    arrays = {"x": x, "y": y, "x_test": x_test, "y_test": y_test}
    for seed, labels in itertools.product(range(seeds), KERAS_LABELS):
        few = few_of_each(pool[1], labels, np.random.default_rng(seed))
        for name, array in zip("xy", pool, strict=True):
            arrays[f"{name}_{seed}_{labels}"] = array[few]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "digits.npz")
        np.savez(path, **arrays)
        job = json.dumps({"data": str(path), "seeds": seeds, "labels": KERAS_LABELS})
        ended = subprocess.run([python, WORKER, job], check=True, stdout=subprocess.PIPE)
    found = json.loads(ended.stdout.splitlines()[-1])
    found["accuracy"] = {
        method: {int(labels): each for labels, each in by_labels.items()}
        for method, by_labels in found["accuracy"].items()
    }
    return found


def show(found):
    """Print a table: a row a method, mean and standard deviation."""
    width = max(map(len, found))
    print(" " * width, *(f"{labels:>13}" for labels in next(iter(found.values()))))
    for method, by_labels in found.items():
        cells = [f"{100 * np.mean(a):6.1f} ± {100 * np.std(a):.1f}" for a in by_labels.values()]
        print(f"{method:{width}}", *(f"{cell:>13}" for cell in cells))


def write(path, report):
    """Add to the report that is there."""
    earlier = json.loads(path.read_text()) if path.exists() else {}
    files.write_json(path, earlier | report)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, default=5, help="how many (default: %(default)s)")
    parser.add_argument("--choose", action="store_true", help="compare recipes, at 10 labels")
    parser.add_argument(
        "--python",
        type=contestants.interpreter("keras"),
        metavar="keras=PATH",
        help="let Keras do it instead",
    )
    parser.add_argument("--out", type=pathlib.Path, default=HERE, help="folder of the results")
    options = parser.parse_args()
    results, figures = options.out / "results", options.out / "figures"
    for folder in (results, figures):
        folder.mkdir(parents=True, exist_ok=True)
    if options.choose:
        found = choose(options.seeds, 10)
        for name, each in sorted(found.items(), key=lambda item: -np.mean(item[1])):
            print(f"{100 * np.mean(each):5.1f} ± {100 * np.std(each):.1f}  {name}")
        write(results / "finetuning.json", {"choosing": found})
        return
    if options.python:
        found = by_keras(options.seeds, options.python[1])
        show(found["accuracy"])
        write(results / "finetuning.json", {"keras": found})
        return
    found = measure(options.seeds)
    show(found)
    write(results / "finetuning.json", {"accuracy": found})
    chosen = {name: each for name, each in found.items() if name != "better, untrained"}
    plots.save(plots.few_labels(chosen, 0.95), figures / "finetuning.png")


if __name__ == "__main__":
    main()
