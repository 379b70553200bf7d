"""The article's program in minidl, Keras and PyTorch: loss and accuracy, epoch by epoch.

    python -m benchmarks.three_libraries --python torch=PATH --python keras=PATH

runs the programs of lesson 7, each with three seeds and in new processes, and writes what the
lesson shows where a library is not installed. Times are not compared here: see ``benchmarks``.
"""

import argparse
import ast
import datetime
import hashlib
import json
import os
import pathlib
import subprocess
import sys

from benchmarks import contestants, machine
from minidl.runtime import files

ROOT = pathlib.Path(__file__).parents[1]
LESSON = ROOT / "lessons" / "07_three_libraries.py"
RESULTS = ROOT / "lessons" / "results" / "three_libraries.json"
WORKER = pathlib.Path(__file__).parent / "workers" / "article_program.py"
SEEDS = (0, 1, 2)

#: For each library: the name its interpreter goes by, the lesson's program, and what seeds it.
LIBRARIES = {
    "minidl": ("minidl", "ARTICLE", "import minidl as tf; tf.set_random_seed({})"),
    "Keras": ("keras", "ARTICLE", "import tensorflow as tf; tf.keras.utils.set_random_seed({})"),
    "PyTorch": ("torch", "PYTORCH", "import torch; torch.manual_seed({})"),
}


def programs():
    """Return the texts that the lesson holds, by the names that it gives them."""
    found = {}
    for node in ast.parse(LESSON.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            found[node.targets[0].id] = node.value.value
    return {name: found[name] for name in ("ARTICLE", "PYTORCH")}


def checksums():
    """Return the SHA-256 of each text: results of other programs than the lesson's are stale."""
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in programs().items()}


def measure(library, python, seeds):
    """Return the library's versions, and a list a seed of "loss", "accuracy" and "test".

    Loss and accuracy are means over each epoch's batches, while the network learns; "test" is the
    accuracy on the 1,000 test digits at the end.
    """
    _, name, seeding = LIBRARIES[library]
    program = programs()[name]
    if library == "minidl":
        program = program.replace("import tensorflow as tf", "import minidl as tf")
    found = []
    for seed in seeds:
        done = subprocess.run(
            [python, str(WORKER)],
            input=f"{seeding.format(seed)}\n{program}".encode(),
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=True,
        )
        found.append(json.loads(done.stdout.splitlines()[-1]))
        print(f"{library}, seed {seed}: {found[-1]['test']:.1%} of the test digits", flush=True)
    lists = {name: [each[name] for each in found] for name in ("loss", "accuracy", "test")}
    return {"versions": found[0]["versions"], **lists}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        type=contestants.interpreter("torch", "keras"),
        metavar="NAME=PATH",
        help="interpreter that has torch or keras (default: this one)",
    )
    parser.add_argument("--out", type=pathlib.Path, default=RESULTS, metavar="JSON")
    options = parser.parse_args()
    pythons = dict(options.python)
    results = {
        library: measure(library, pythons.get(name, sys.executable), SEEDS)
        for library, (name, _, _) in LIBRARIES.items()
    }
    report = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine.description(),
        "seeds": list(SEEDS),
        "programs": checksums(),
        "results": results,
    }
    files.write_json(options.out, report)
    print(f"Written to {options.out}")


if __name__ == "__main__":
    main()
