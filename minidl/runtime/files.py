"""Files that are written whole or not at all, and known by their checksum."""

import contextlib
import errno
import glob
import hashlib
import json
import os
import pathlib
import tempfile


@contextlib.contextmanager
def replacing(path):
    """Give a temporary path beside `path`; move it there if the block ends without an error.

    Readers see the old file or the new one, never a part of it; after an error, the old one
    is still there and the temporary one is gone.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = pathlib.Path(folder, "a.txt")
    ...     with replacing(target) as temporary:
    ...         _ = temporary.write_text("whole")
    ...     target.read_text()
    'whole'
    """
    path = pathlib.Path(path)
    if not path.parent.is_dir():
        # Otherwise the error would name the temporary file.
        raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(path.parent))
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=f".{path.stem[:40]}-", suffix=path.suffix
    )
    os.close(handle)
    temporary = pathlib.Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_text(path, text, newline=None):
    """Write a text to a file as UTF-8, whole or not at all; `newline` is that of `open`."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline=newline)


def write_json(path, content):
    """Write what JSON knows to a file, whole or not at all."""
    write_text(path, json.dumps(content, indent=1) + "\n")


def sweep(path):
    """Remove what a process that was killed within `replacing` has left beside `path`."""
    path = pathlib.Path(path)
    pattern = f".{glob.escape(path.stem[:40])}-????????{glob.escape(path.suffix)}"
    for begun in path.parent.glob(pattern):
        begun.unlink(missing_ok=True)


def sha256(path):
    """Return the SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _umask():
    """Return the process's mask of permissions, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
