"""What all workers share: the data, and answering the program that times them."""

import json
import math
import os
import pathlib
import statistics
import sys
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from benchmarks.cases import BATCH

DIGITS = pathlib.Path(__file__).parents[2] / "minidl" / "datasets" / "mnist9k.npz"
THREADS = int(os.environ.get("BENCHMARK_THREADS", "1"))
#: Steps of an epoch over the bundled training digits.
STEPS = 8000 // BATCH
#: Seconds of each candidate before it is judged, and of a measured turn at least.
WARM_UP = 0.3
TURN = 0.05
#: Seconds at the start of a turn that do not count: the caches hold what others have used since,
#: and a core that has slept takes its time to be fast.
RUN_UP = 0.05
#: A repetition of more seconds than this is long enough to be a turn of its own.
LONG = 0.1
#: The way that each case chose, in this process.
choices = {}


class Ways(NamedTuple):
    """A case made ready: ways of doing it, of which the quickest is measured.

    `builders` holds, for each way's name, a function that returns what does one
    repetition, which has `steps` steps.
    """

    builders: dict[str, Callable]
    steps: int = 1


def only(call, steps=1):
    """Return the Ways of a case that has but one."""
    return Ways({"": lambda: call}, steps)


def digits():
    """Return the bundled training digits: (8000, 28, 28, 1) float32 in 0 … 1, and labels."""
    with np.load(DIGITS) as arrays:
        return (arrays["x_train"][..., None] / 255).astype(np.float32), arrays["y_train"]


def batch(size=BATCH):
    """Return the first `size` digits and their labels, as int64."""
    x, y = digits()
    return np.ascontiguousarray(x[:size]), y[:size].astype(np.int64)


def arrays(operation):
    """Return images, kernel (None for pooling) and output gradient of an operation, float32.

    The kernel is (kh, kw, channels, filters); a transposed convolution's has its last two
    axes swapped, as Keras's has.
    """
    rng = np.random.default_rng(0)
    k = operation.kernel_size
    channels = (operation.shape[3], operation.filters)
    if operation.kind == "transposed":
        channels = channels[::-1]
    x = rng.standard_normal(operation.shape, np.float32)
    kernel = rng.standard_normal((k, k, *channels), np.float32)
    g = rng.standard_normal(operation.out_shape, np.float32)
    return x, None if operation.kind == "pool" else kernel, g


def serve(versions, cases, **requests):
    """Answer the requests described in `benchmarks.interleave` until there are no more.

    Parameters
    ----------
    versions : dict of str
    cases : dict
        For each case's name, a function that makes it ready and returns its `Ways`.
    **requests
        Further requests: functions that return a dict, called with the request's details.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    ready = {}
    requests = requests | {
        "prepare": lambda case: _prepare(ready, case, cases[case]()),
        "run": lambda case: {"ms": _turn(*ready[case])},
        "forget": lambda case: ready.pop(case) and {},
    }
    print(json.dumps({"versions": versions, "cases": list(cases)}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = requests[request.pop("do")](**request)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps(answer), file=answers, flush=True)


def _prepare(ready, case, ways):
    """Warm up every way, and keep the quickest."""
    best, first, failure = None, None, None
    for name, build in ways.builders.items():
        try:
            call = build()
            cold = seconds(call)
            typical = warm_up(call)
        except Exception as error:  # a way that does not exist here: without a compiler, say
            failure = error
            continue
        first = cold if first is None else first
        if best is None or typical < best[0]:
            best = typical, name, call
    if best is None:
        raise failure
    typical, name, call = best
    choices[case] = name
    repetitions = 1 if typical > LONG else min(1000, max(3, math.ceil(TURN / typical)))
    ready[case] = call, ways.steps, repetitions, typical > LONG
    return {"choice": name, "steps": ways.steps, "first_ms": first * 1000}


def _turn(call, steps, repetitions, long):
    start = time.perf_counter()
    while not long and time.perf_counter() - start < RUN_UP:
        call()
    return [seconds(call) / steps * 1000 for _ in range(repetitions)]


def warm_up(call):
    """Call until it is warm, and return how many seconds a call takes then."""
    times = []
    while sum(times) < WARM_UP:
        times.append(seconds(call))
    return statistics.median(times[len(times) // 2 :])


def seconds(call):
    """Return how long one call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
