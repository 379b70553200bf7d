"""Digits made by minidl and by PyTorch, side by side: ``python -m benchmarks.gan``.

Both train the default recipe of ``minidl gan``: the same networks, batches, noise and number of
steps. One classifier, trained apart, judges the images of both.

``--python torch=PATH`` names an interpreter that has PyTorch; this one by default.

``--variants`` trains the dense form and every other loss instead, by minidl alone, and draws ten
images a class of each.
"""

import argparse
import functools
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import minidl
from benchmarks import contestants, machine
from minidl import plots
from minidl.applications import gan
from minidl.runtime import files, random

HERE = pathlib.Path(__file__).parent
WORKER = HERE / "workers" / "torch_gan.py"
KINDS = ("conditional", "unconditional")
IMAGES = 2000
SHOWN = 10  # images a class in the figure
#: What differs from the default recipe, and for how many epochs it is trained.
VARIANTS = {
    "dense": ({"form": "dense"}, 60),
    "minimax": ({"loss": "minimax"}, 30),
    "least_squares": ({"loss": "least_squares"}, 30),
    "hinge": ({"loss": "hinge"}, 30),
    "wasserstein": ({"loss": "wasserstein"}, 10),
}


def by_minidl(recipe, steps, data):
    """Return the images of the trained and the untrained generator, and each step's seconds."""
    x, y = data
    with random.seeded(recipe.seed):
        network = gan.GAN(recipe)
    labels = wanted(recipe)
    noise = network.noise(IMAGES, seed=1)
    untrained = network.generate(noise, labels)
    batches = gan.Batches(2 * x - 1, y, recipe.batch_size, seed=recipe.seed)
    times = []
    for step in range(steps):
        began = time.perf_counter()
        network.step(batches.of_step(step))
        times.append(time.perf_counter() - began)
    return network.generate(noise, labels), untrained, times


def by_pytorch(recipe, steps, python, threads):
    """Return what `by_minidl` does, from a process with PyTorch."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder, "images.npz")
        job = {
            "recipe": recipe.to_dict(),
            "steps": steps,
            "images": IMAGES,
            "threads": threads,
            "out": str(out),
        }
        subprocess.run([python, WORKER, json.dumps(job)], check=True, env=os.environ)
        with np.load(out) as found:
            return tuple(found[name] for name in ("images", "untrained", "times"))


def wanted(recipe):
    return np.arange(IMAGES) % 10 if recipe.conditional else None


def report(judge, recipe, found):
    """Return the figures of one contestant, for JSON."""
    images, untrained, times = found
    verdict = judge.judge(images, wanted(recipe), untrained)
    return {
        "recipe": recipe.to_dict(),
        "steps": len(times),
        "ms_per_step": 1000 * statistics.median(times),
        "seconds": float(np.sum(times)),
        "verdict": verdict.to_dict(),
    }


def line(name, kind, figures):
    verdict = figures["verdict"]
    recognised = verdict["recognised"]
    asked = "" if recognised is None else f"{recognised:.1%} as asked, "
    return (
        f"{kind}, {name}: {asked}{verdict['sure']:.1%} surely, classes "
        f"{min(verdict['spread']):.1%} to {max(verdict['spread']):.1%}, Fréchet "
        f"{verdict['frechet']:.2f}, 1/{1 / verdict['ratio']:.0f} of the untrained; "
        f"{figures['ms_per_step']:.1f} ms a step, {figures['seconds']:.0f} s"
    )


def race(options, python, training, judge, measured, write, figures):
    """Let both train the default recipe, and note what came of it."""
    for kind in options.kinds:
        recipe = gan.Recipe(conditional=kind == "conditional", seed=options.seed)
        steps = options.epochs * (len(training[0]) // recipe.batch_size)
        pictures = []
        for contestant, train, how in (
            ("minidl", by_minidl, (training,)),
            ("PyTorch", by_pytorch, (python, options.threads)),
        ):
            found = train(recipe, steps, *how)
            pictures.append(np.clip(found[0][: 10 * SHOWN], 0, 1))
            figures_of = report(judge, recipe, found)
            by_seed = measured.setdefault(kind, {}).setdefault(contestant, {})
            by_seed[str(recipe.seed)] = figures_of
            print(line(contestant, kind, figures_of), flush=True)
            write()
        # Rows of both, one under the other; a white row between.
        gap = np.ones((10, *pictures[0].shape[1:]), np.float32)
        figure = plots.samples(
            np.concatenate([pictures[0], gap, pictures[1]]),
            10,
            title=f"{kind.capitalize()}: minidl above, PyTorch below",
        )
        plots.save(figure, figures / f"gan_{kind}.png")


def train_variants(seed, training, judge, measured, write, figures):
    """Train recipes that differ from the default, and note what came of them."""
    for name, (changes, epochs) in VARIANTS.items():
        recipe = gan.Recipe(seed=seed, **changes)
        found = by_minidl(recipe, epochs * (len(training[0]) // recipe.batch_size), training)
        measured[name] = report(judge, recipe, found)
        print(line("minidl", name, measured[name]), flush=True)
        write()
        pictures = np.clip(found[0][: 10 * SHOWN], 0, 1)
        title = f"{name.replace('_', ' ').capitalize()}, {epochs} epochs: a column a digit"
        figure = plots.samples(pictures, 10, title=title)
        plots.save(figure, figures / f"gan_{name}.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--epochs", type=int, default=60, help="(default: %(default)s)")
    parser.add_argument(
        "--seed", type=int, default=0, help="results of other seeds are kept (default: %(default)s)"
    )
    parser.add_argument("--variants", action="store_true", help="train the other recipes")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, metavar="KIND")
    parser.add_argument(
        "--python",
        type=contestants.interpreter("torch"),
        default=("torch", sys.executable),
        metavar="torch=PATH",
    )
    parser.add_argument("--threads", type=int, default=len(contestants.cores()))
    parser.add_argument("--out", type=pathlib.Path, default=HERE, help="folder of the results")
    options = parser.parse_args()
    _, python = options.python
    contestants.hold_to(options.threads)
    minidl.set_num_threads(options.threads)
    results, figures = options.out / "results", options.out / "figures"
    for folder in (results, figures):
        folder.mkdir(parents=True, exist_ok=True)

    training, test = (
        (x[..., np.newaxis] / np.float32(255), y) for x, y in minidl.datasets.mnist.load_data()
    )
    judge = gan.Judge(gan.classifier(*training), training, test)
    path = results / "gan.json"
    measured = json.loads(path.read_text()) if path.exists() else {}
    measured |= {"machine": machine.description(), "load": machine.load()}
    measured |= {"threads": options.threads}
    write = functools.partial(files.write_json, path, measured)
    if options.variants:
        train_variants(
            options.seed, training, judge, measured.setdefault("variants", {}), write, figures
        )
    else:
        race(options, python, training, judge, measured, write, figures)


if __name__ == "__main__":
    main()
