"""What lesson 16 shows of the measurements: a small file that travels with the lessons.

    python -m benchmarks.excerpts

writes ``lessons/results/benchmarks.json`` anew from ``results/full.json``. Run it after
``python -m benchmarks``.
"""

import json
import math
import pathlib

from benchmarks.cases import (
    ARTICLE,
    DCGAN,
    EPOCH,
    FIT_STEP,
    JAX,
    KERAS,
    MINIDL,
    OPERATIONS,
    PYTORCH,
    TUNED,
)
from minidl.runtime import files

FULL = pathlib.Path(__file__).parent / "results" / "full.json"
EXCERPT = pathlib.Path(__file__).parents[1] / "lessons" / "results" / "benchmarks.json"
CASES = (*ARTICLE, *(operation.name for operation in OPERATIONS if operation.backward), DCGAN)
LIBRARIES = (MINIDL, PYTORCH, KERAS, JAX)


def excerpt(full):
    """Return the part of a full report that the lesson shows.

    Returns
    -------
    dict
        "milliseconds": {case: {library: median}}, where PyTorch's is the better of its two
        settings of the allocator; "epoch_ms": minidl's first epoch in a new process, with Numba's
        cache empty and filled, and a warm one; "mib": {library: peak of memory of a training
        step}; and what the measurement says of itself.
    """
    milliseconds = _medians(full["results"])
    cold = next(each for each in full["cold"] if each["case"] == EPOCH)
    steps = [each for each in full["memory"] if each["case"] == FIT_STEP]
    return {
        **{name: full[name] for name in ("date", "machine", "threads", "versions", "agreement")},
        "milliseconds": milliseconds,
        "epoch_ms": {
            "cache empty": cold["empty_ms"],
            "cache filled": cold["filled_ms"],
            "warm": milliseconds[EPOCH][MINIDL],
        },
        "mib": {each["name"]: each["peak_mib"] for each in steps if each["name"] in LIBRARIES},
    }


def _medians(results):
    found = {}
    for each in results:
        library = PYTORCH if each["name"] == TUNED else each["name"]
        if each["case"] in CASES and library in LIBRARIES:
            case = found.setdefault(each["case"], {})
            case[library] = min(each["median_ms"], case.get(library, math.inf))
    return found


if __name__ == "__main__":
    files.write_json(EXCERPT, excerpt(json.loads(FULL.read_text(encoding="utf-8"))))
    print(f"Written to {EXCERPT}")
