"""How long a user waits: for ``import minidl``, and for the first step's loss of ``minidl train``.

``python -m benchmarks.startup`` times, each several times over, taking turns:

- ``import numba`` and ``import minidl`` in new processes;
- ``minidl train`` from its start to the line that shows the first step's loss, with an empty
  cache of compiled kernels (cold) and with a filled one (warm).
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

IMPORTS = {
    "import numba": "import numba",
    "import minidl": "import minidl",
}


def main():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.startup",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=5, help="turns of each (default 5)")
    for name, seconds in measure(parser.parse_args().rounds).items():
        print(f"{name:<34} {seconds:6.2f} s")


def measure(rounds):
    """Return the median of `rounds` turns of each, in seconds, by its name."""
    imports = {name: [] for name in IMPORTS}
    for _ in range(rounds + 1):
        for name, program in IMPORTS.items():
            imports[name].append(seconds_of(program))
    # The first turn reads the files from the disk.
    medians = {name: statistics.median(times[1:]) for name, times in imports.items()}
    medians["import minidl, beyond numba"] = statistics.median(
        ours - numba
        for ours, numba in zip(
            imports["import minidl"][1:], imports["import numba"][1:], strict=True
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        for state, caches in (("cold", range(rounds)), ("warm", [0] * rounds)):
            medians[f"minidl train, first loss, {state}"] = statistics.median(
                first_loss(os.path.join(folder, f"cache{i}")) for i in caches
            )
    return medians


def seconds_of(program):
    """Return the time from the start of a new interpreter to the end of `program`."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - start


def first_loss(cache):
    """Return the time until ``minidl train`` shows a loss, with compiled kernels in `cache`."""
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "minidl", "train", "--epochs", "1", "--out", f"{out}/run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"NUMBA_CACHE_DIR": cache, "PYTHONUNBUFFERED": "1"},
        )
        try:
            for line in process.stdout:
                if line.startswith("First step"):
                    return time.perf_counter() - start
            raise RuntimeError("minidl train ended without a first loss")
        finally:
            process.kill()
            process.stdout.close()
            process.wait()


if __name__ == "__main__":
    main()
