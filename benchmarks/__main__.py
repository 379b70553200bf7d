"""Time a training step of the article's CNN through ``fit``, minidl and Keras taking turns."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import sys

from benchmarks.interleave import Worker, race
from minidl.runtime import files


def main():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="turns of each (default 10)")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument(
        "--keras-python",
        default=sys.executable,
        help="interpreter of an environment with keras and tensorflow (default: this one)",
    )
    parser.add_argument("--json", type=pathlib.Path, help="where to write all numbers")
    options = parser.parse_args()
    workers = [
        Worker("minidl fit", sys.executable, "fit_minidl.py", threads=options.threads),
        Worker(
            "Keras fit",
            options.keras_python,
            "fit_keras.py",
            threads=options.threads,
            env={"TF_CPP_MIN_LOG_LEVEL": "3"},
        ),
    ]
    results = race(workers, options.rounds)
    report = {
        "case": "training step of the article's CNN through fit, batch 64, float32",
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}",
        "threads": options.threads,
        "rounds": options.rounds,
        "results": results,
    }
    _print(report)
    if options.json:
        with files.replacing(options.json) as temporary:
            temporary.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _print(report):
    print(f"{report['case']}; {report['machine']}, {report['threads']} threads")
    first = report["results"][0]["median_ms"]
    for result in report["results"]:
        low, high = result["quartiles_ms"]
        versions = ", ".join(f"{name} {version}" for name, version in result["versions"].items())
        print(
            f"{result['name']:<12} {result['median_ms']:7.2f} ms a step "
            f"(quartiles {low:.2f} … {high:.2f}), {result['median_ms'] / first:5.2f} × "
            f"minidl's time; {versions}"
        )
    if len(report["results"]) == 1:
        print("Keras was not found: install keras and tensorflow-cpu, or give --keras-python")


def _processor():
    """Return the processor's name."""
    info = pathlib.Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
