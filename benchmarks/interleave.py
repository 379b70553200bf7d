"""Several programs that take turns, so that a slow moment of the machine slows all alike.

A worker is a script in a process of its own, with the Python of its own environment. It
prepares and warms up, then for each line "run" on standard input it measures once and
prints a line of JSON: ``{"ms": [milliseconds of each repetition]}``; the first line that it
prints names its versions.
"""

import json
import os
import pathlib
import statistics
import subprocess

FOLDER = pathlib.Path(__file__).parent
#: Settings that slow a current NumPy on some machines, unset for every library alike.
SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


class Worker:
    """One contestant: `script` in ``benchmarks/workers``, run by the interpreter `python`."""

    def __init__(self, name, python, script, *, threads, env=None):
        self.name = name
        environment = {k: v for k, v in os.environ.items() if k not in SLOWING}
        environment |= {"BENCHMARK_THREADS": str(threads), "PYTHONPATH": str(FOLDER.parent)}
        self.process = subprocess.Popen(
            [python, str(FOLDER / "workers" / script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment | (env or {}),
        )
        self.versions = None
        self.times = []

    def start(self):
        """Wait until the worker is warm; returns whether it is there at all."""
        line = self.process.stdout.readline()
        if line:
            self.versions = json.loads(line)
        return bool(line)

    def run(self):
        """Let the worker measure once, alone."""
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        self.times += json.loads(self.process.stdout.readline())["ms"]

    def close(self):
        """End the process."""
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def result(self):
        """Return versions, median, quartiles and all times in milliseconds."""
        low, median, high = statistics.quantiles(self.times, n=4)
        return {
            "name": self.name,
            "versions": self.versions,
            "median_ms": median,
            "quartiles_ms": [low, high],
            "times_ms": self.times,
        }


def race(workers, rounds):
    """Let all `workers` take turns, `rounds` times; returns the results of those that run."""
    present = [worker for worker in workers if worker.start()]
    for _ in range(rounds):
        for worker in present:
            worker.run()
    for worker in workers:
        worker.close()
    return [worker.result() for worker in present]
