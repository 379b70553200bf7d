"""Keras's ``get_file``: a file from the network, kept in the cache, unpacked if it is an archive.

May import ``download`` and ``archives``; tested by ``tests/data/test_remote.py``.
"""

import contextlib
import os
import re
import sys
import urllib.parse
from collections.abc import Sequence
from pathlib import Path

from minidl.data import archives
from minidl.data.download import Progress, cache_home, download, locked


def get_file(
    fname: str | None = None,
    origin: str | Sequence[str] | None = None,
    *,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    extract: bool = False,
    archive_format: str = "auto",
    force_download: bool = False,
    cache_dir: str | os.PathLike | None = None,
    size: int | None = None,
    progress: Progress | None = None,
    max_bytes: int = archives.MAX_BYTES,
    max_members: int = archives.MAX_MEMBERS,
) -> Path:
    """Return the path of a file in the cache, downloading it if it is not there.

    With a `file_hash`, a file is trusted for that alone, in the cache as from a mirror, and a
    download that broke off is resumed, even in a later call. Without one, a file in the cache
    is taken as it is, and a download that broke off is resumed in the same call only.

    Parameters
    ----------
    fname : str, optional
        Plain file name, without folders; by default, the last part of the URL.
    origin : str or sequence of str
        URL, http or https; of several mirrors, the first that delivers is used.
    file_hash : str, optional
        Expected SHA-256, 64 hexadecimal digits.
    cache_subdir : str
        Folder in `cache_dir`.
    extract : bool
        Whether to unpack the file, a zip or tar archive, as `archives.extract` does. The
        result is then the folder, named after the file: "pets.tar.gz" gives "pets_extracted".
    archive_format : "auto", "zip" or "tar"
    force_download : bool
        Whether to download again what is in the cache.
    cache_dir : path, optional
        By default `cache_home()`.
    size : int, optional
        Expected number of bytes. A mirror that sends more is cut off.
    progress : callable, optional
        Called as ``progress(bytes_done, bytes_total)``; ``bytes_total`` is None where it is not
        known. By default, there is a bar on a terminal.
    max_bytes, max_members : int
        Limits for an archive's content.

    Returns
    -------
    pathlib.Path
        The file, or the folder. Names and arguments are Keras 3's; mirrors, `size`, `progress`
        and the limits are not known to Keras, whose ``untar`` and ``md5_hash`` are left out.

    Raises
    ------
    ValueError
        If an argument is malformed, or the archive is refused.
    ConnectionError
        If no mirror delivered the file; the message lists each mirror and its reason.
    OSError
        If the cache cannot be written.
    """
    if origin is None:
        raise ValueError("get_file: origin needs a URL, or several, got None")
    urls = [origin] if isinstance(origin, str) else list(origin)
    if fname is None and urls:
        fname = urllib.parse.unquote(urllib.parse.urlsplit(urls[0]).path.rpartition("/")[2])
    folder = (cache_home() if cache_dir is None else Path(cache_dir)) / cache_subdir
    with _bar(fname) if progress is None else contextlib.nullcontext(progress) as shown:
        path = download(fname, urls, file_hash, size, folder, shown, force_download)
    if not extract:
        return path
    stem = re.sub(r"(?<=.)\..*", "", path.name)
    unpacked = folder / f"{stem}_extracted"
    with locked(folder / f"{path.name}.lock"):
        if not unpacked.is_dir() or unpacked.stat().st_mtime_ns < path.stat().st_mtime_ns:
            archives.extract(path, unpacked, archive_format, max_bytes, max_members)
            os.utime(unpacked)  # as new as what is in it: newer than the archive
    return unpacked


@contextlib.contextmanager
def _bar(name):
    """Give a function that shows progress on a terminal, or None."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(str(name), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
