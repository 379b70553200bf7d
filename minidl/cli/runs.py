"""What an output folder knows of its run: the settings, and whether it came to its end."""

import contextlib
import hashlib
import json
import pathlib

import numpy as np

from minidl.cli import results, terminal
from minidl.runtime import files

CONFIG = "config.json"
CHECKPOINT = "checkpoint.safetensors"
VERSION = 1


@contextlib.contextmanager
def begun(folder, settings, fingerprint):
    """Write the settings, before the first step, and remove an earlier run's checkpoint.

    After an error before the first checkpoint there is nothing to go on with, and the settings
    go too.
    """
    sweep(folder, CHECKPOINT)
    _write(folder, {"settings": settings, "data": fingerprint, "finished": False})
    try:
        yield
    except Exception as error:
        stopped = getattr(error, "exit_code", None) == terminal.INTERRUPTED
        if not stopped and not (folder / CHECKPOINT).exists():
            sweep(folder, CONFIG)
        raise


def finish(folder):
    """Note that the results are complete, and remove the checkpoint."""
    _write(folder, _read(folder) | {"finished": True})
    sweep(folder, CHECKPOINT)


def read(folder):
    """Return (settings, fingerprint of the images, whether the run is finished).

    Raises
    ------
    ValueError
        If the folder is not that of a run, or of a newer minidl's.
    """
    content = _read(folder)
    with contextlib.suppress(LookupError):
        settings, fingerprint = content["settings"], content["data"]
        if isinstance(settings, dict):
            return settings, fingerprint, bool(content["finished"])
    raise ValueError(f"--resume: {folder / CONFIG} is not what minidl train wrote")


def sweep(folder, *names):
    """Remove the beginnings of files that a run which was killed has left, and these files."""
    for name in names:
        (folder / name).unlink(missing_ok=True)
    for name in (*results.FILES, CONFIG, CHECKPOINT):
        files.sweep(folder / name)


def fingerprint(sets):
    """Return the SHA-256 of all images and labels that are trained on and validated with."""
    digest = hashlib.sha256()
    for part in (*sets.training, *sets.validation):
        digest.update(f"{part.dtype} {part.shape}".encode())
        digest.update(np.ascontiguousarray(part))
    return digest.hexdigest()


def _write(folder, content):
    files.write_json(folder / CONFIG, {"version": VERSION} | content)


def _read(folder):
    path = pathlib.Path(folder, CONFIG)
    if not path.exists():
        raise ValueError(
            f"--resume: there is no {CONFIG} in {folder}; give the folder that "
            "'minidl train --out' named"
        )
    try:
        content = json.loads(path.read_text())
        version = content["version"]
        if version > VERSION:
            raise ValueError(f"its form has version {version}, this minidl reads up to {VERSION}")
    except (ValueError, TypeError, LookupError, OSError, RecursionError) as error:
        raise ValueError(f"--resume: cannot read {path}: {error}") from None
    return content
