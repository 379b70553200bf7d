"""``minidl info``: what minidl runs on, for comparisons and bug reports."""

import importlib.metadata
import json
import os
import platform
import sys
from typing import Annotated

import typer

import minidl
from minidl import data
from minidl.cli import terminal
from minidl.runtime import blas, threads

LIBRARIES = (
    "numpy",
    "numba",
    "llvmlite",
    "matplotlib",
    "pillow",
    "safetensors",
    "threadpoolctl",
    "typer",
    "rich",
)


def info(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object.")] = False,
):
    """Show versions, cores, threads, BLAS libraries and cache folders."""
    facts = gather()
    if as_json:
        typer.echo(json.dumps(facts, indent=2))
        return
    libraries = facts.pop("blas")
    rows = [*facts.pop("versions").items()]
    rows += [(name.replace("_", " "), value) for name, value in facts.items()]
    rows += [
        ("BLAS", f"{b['internal_api']} {b['version']}, {b['num_threads']} threads of its own")
        for b in libraries
    ]
    terminal.table(("", ""), rows, left=2)


def gather():
    """Return the facts as a dict that JSON knows.

    "blas" is what threadpoolctl says of each library; while minidl multiplies, it holds them
    to one thread and splits the products over its own "threads".
    """
    return {
        "versions": {
            "minidl": minidl.__version__,
            "python": platform.python_version(),
            **{name: _version(name) for name in LIBRARIES},
        },
        "platform": platform.platform(),
        "executable": sys.executable,
        "package": os.path.dirname(minidl.__file__),
        "cores": os.cpu_count(),
        "threads": threads.get_num_threads(),
        "kernel_cache": _kernel_cache(),
        "data_cache": str(data.cache_home()),
        "blas": blas.info(),
    }


def _version(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _kernel_cache():
    """Return the folder where Numba keeps what it compiled."""
    from minidl.kernels import pool

    stats = getattr(pool._max_forward, "stats", None)
    if stats is None:
        return "none: compilation is disabled by NUMBA_DISABLE_JIT"
    return stats.cache_path or "none: no folder for them can be written"
