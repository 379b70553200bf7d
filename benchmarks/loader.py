"""The loader on a folder larger than memory: ``python -m benchmarks.loader``.

Writes 20,000 PNG files (or ``--files N``) to a temporary folder, and goes through them in a
process that may take 300 MB more than it has when it begins. Decoded, they are 3.9 GB. Prints
how long an epoch takes, and the peak of memory.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

SIDE = 128  # pixels
BATCH_SIZE = 64
ALLOWANCE = 300_000_000  # bytes beyond what the process has when it begins


def main(arguments=None):
    """Write the files, measure in a process of its own, print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--folder", help="where to keep the files, instead of a temporary folder")
    parser.add_argument("--epoch", metavar="FOLDER", help="do what is measured, in this process")
    options = parser.parse_args(arguments)
    if options.epoch:
        print(json.dumps(epoch(options.epoch)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(options.folder or temporary)
        write_images(folder, options.files)
        print(report(measure(folder)))


def write_images(folder, count):
    """Write `count` PNG files into two classes, each unlike the others."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for label in ("bright", "dark"):
        (folder / label).mkdir(parents=True, exist_ok=True)
    for i in range(count):
        label, low = (("bright", 128), ("dark", 0))[i % 2]
        blocks = rng.integers(low, low + 128, (SIDE // 8, SIDE // 8, 3), np.uint8)
        path = folder / label / f"{i:06}.png"
        if not path.exists():
            image = Image.fromarray(blocks).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
            image.save(path, compress_level=1)


def measure(folder):
    """Return what `epoch` found in a new process."""
    command = [sys.executable, "-m", "benchmarks.loader", "--epoch", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"the epoch failed: {result.stderr.strip().splitlines()[-1]}")
    return json.loads(result.stdout.splitlines()[-1])


def epoch(folder):
    """Train a small network for one epoch on a folder of images; return figures as a dict.

    On Linux, the address space is limited first: what needs more raises MemoryError.
    """
    import resource
    import time

    import minidl

    data = minidl.data.image_dataset_from_directory(
        folder, batch_size=BATCH_SIZE, image_size=(SIDE, SIDE), seed=0, verbose=False
    )
    model = minidl.Sequential(
        [
            minidl.layers.Rescaling(1 / 255),
            minidl.layers.AveragePooling2D(16),
            minidl.layers.Flatten(),
            minidl.layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(data.take(2), verbose=0)  # compiles the kernels
    before = peak()
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, [virtual() + ALLOWANCE] * 2)
    began = time.perf_counter()
    history = model.fit(data, verbose=0).history
    files = len(data.file_paths)
    return {
        "files": files,
        "decoded": files * SIDE * SIDE * 3 * 4,
        "seconds": time.perf_counter() - began,
        "before": before,
        "peak": peak(),
        "accuracy": history["accuracy"][0],
    }


def peak():
    """Return the most memory that this process has had, in bytes."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def virtual():
    """Return the size of this process's address space, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * os.sysconf("SC_PAGESIZE")


def report(found):
    """Return the figures as text."""
    return (
        f"{found['files']:,} files, {found['decoded'] / 1e6:,.0f} MB decoded: "
        f"{found['files'] / found['seconds']:,.0f} images a second, accuracy "
        f"{found['accuracy']:.3f}; peak of memory {found['peak'] / 1e6:,.0f} MB, "
        f"{(found['peak'] - found['before']) / 1e6:,.0f} MB more than after two batches"
    )


if __name__ == "__main__":
    main()
