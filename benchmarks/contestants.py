"""Who takes part: a worker's script for each library, and how its process is set up."""

import argparse
import os
import sys

from benchmarks.cases import JAX, KERAS, MINIDL, MYGRAD, PYTORCH, TUNED
from benchmarks.interleave import Worker

#: The C library keeps freed memory instead of handing it back to the system each time.
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": str(1024**3), "MALLOC_TRIM_THRESHOLD_": str(1024**3)}

#: For each contestant: the name its interpreter goes by, its script, its environment.
PEERS = {
    PYTORCH: ("torch", "torch_worker.py", {"TORCHINDUCTOR_COMPILE_THREADS": "1"}),
    TUNED: ("torch", "torch_worker.py", {"TORCHINDUCTOR_COMPILE_THREADS": "1"} | ALLOCATOR),
    KERAS: ("keras", "keras_worker.py", {"TF_CPP_MIN_LOG_LEVEL": "3"}),
    JAX: ("jax", "jax_worker.py", {"JAX_PLATFORMS": "cpu"}),
    MYGRAD: ("mygrad", "mygrad_worker.py", {}),
}
INTERPRETERS = tuple(dict.fromkeys(name for name, _, _ in PEERS.values()))


def minidl_worker(threads, env=None):
    """Return minidl's worker, not started yet."""
    return Worker(MINIDL, sys.executable, "minidl_worker.py", threads=threads, env=env)


def interpreter(*names):
    """Return the type of an option NAME=PATH for argparse: a pair, with one of these names."""

    def parse(text):
        name, _, path = text.partition("=")
        if name not in names or not path:
            raise argparse.ArgumentTypeError(
                f"needs NAME=PATH with one of {', '.join(names)}, got {text!r}"
            )
        return name, path

    return parse


def contestants(pythons, threads):
    """Return all workers, minidl's first, not started yet.

    Parameters
    ----------
    pythons : dict
        Interpreters for some of `INTERPRETERS`; this one for the others.
    threads : int
    """
    return [
        minidl_worker(threads),
        *(
            Worker(name, pythons.get(interpreter, sys.executable), script, threads=threads, env=env)
            for name, (interpreter, script, env) in PEERS.items()
        ),
    ]


def cores():
    """Return the numbers of the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def hold_to(threads):
    """Hold this process, and all that it starts, to as many cores as there are threads.

    Some libraries take a thread for each core that they may use, and know no other setting.
    """
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores()[:threads])
