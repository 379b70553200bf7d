"""Files of tensors in the safetensors format, written whole or not at all.

Nothing in such a file is ever run.
"""

import os

from minidl.runtime import files


def write(path, arrays, metadata):
    """Write C-contiguous arrays by name, and a dict of text, in place of a file that is there.

    Raises
    ------
    OSError
        If it cannot be written; an older file is then as it was.
    """
    from safetensors.numpy import save

    # save_file would write a temporary file of its own, which a killed process leaves behind.
    content = save(arrays, metadata)
    with files.replacing(path) as temporary:
        temporary.write_bytes(content)


def read(path, kind, wrong, arrays=True):
    """Return the arrays of a file by name, and its metadata, a dict of text.

    Parameters
    ----------
    path : str or path
    kind : str
        What the file should be, for the error if there is none: "model file".
    wrong : str
        What it is if it cannot be read, for the error: "not a safetensors file".
    arrays : bool
        Whether the arrays are read too.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is truncated, or of another format.
    """
    from safetensors import SafetensorError, safe_open

    if not os.path.exists(path):
        raise FileNotFoundError(f"there is no {kind} {path}")
    try:
        with safe_open(os.fspath(path), framework="numpy") as file:
            names = file.keys() if arrays else ()
            return {name: file.get_tensor(name) for name in names}, file.metadata() or {}
    except (SafetensorError, OSError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{path}: {wrong}: {error}") from None
