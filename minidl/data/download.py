"""Files from the network: fetched once, resumed where they broke off, proved by their SHA-256.

Tested by ``tests/data/test_download.py``.
"""

import contextlib
import http.client
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from minidl.runtime import files

TIMEOUT = 20.0  # seconds that a mirror may stay silent
ATTEMPTS = 5  # requests to one mirror, as long as each leaves a different .part behind
CHUNK = 1 << 14  # bytes; what is lost when a connection breaks

Progress = Callable[[int, int | None], object]


def download(
    name: str,
    urls: Iterable[str],
    sha256: str | None,
    size: int | None,
    folder: Path,
    progress: Progress | None = None,
    force: bool = False,
) -> Path:
    """Return the path of a file in a folder, downloading it if it is not there.

    With a checksum, a file is trusted for that alone, in the folder as from a mirror. Bytes
    arrive in ``<name>.part``, and only a complete, checked file is renamed to ``name``. A
    ``.part`` that a broken connection or a killed process left behind is continued, by
    whichever mirror answers; without a checksum, it might be of another file, and is thrown
    away. Processes that want the same file at once take turns, by a lock on ``<name>.lock``.

    Arguments and errors are those of `remote.get_file`; `force` is to download again what is
    there.
    """
    urls = _check_arguments(name, urls, sha256, size)
    target = folder / name
    if not force and _is_there(target, sha256):
        return target

    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    with locked(folder / f"{name}.lock"):
        if not force and _is_there(target, sha256):  # another process was faster
            return target
        if sha256 is None or not _is_there(part, sha256):
            _download_from_any(urls, part, target, sha256, size, progress)
        os.replace(part, target)
    return target


def cache_home() -> Path:
    r"""Return the folder for downloaded files: ``$MINIDL_HOME``, else the platform's cache.

    The platform's cache is ``$XDG_CACHE_HOME/minidl`` or ``~/.cache/minidl`` on Linux,
    ``~/Library/Caches/minidl`` on macOS and ``%LOCALAPPDATA%\minidl`` on Windows. The folder is
    not created.

    Examples
    --------
    >>> import os
    >>> from unittest import mock
    >>> with mock.patch.dict(os.environ, MINIDL_HOME="/data/minidl"):
    ...     cache_home().as_posix()
    '/data/minidl'
    """
    if home := os.environ.get("MINIDL_HOME"):
        return Path(home).expanduser()
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        cache = Path(local) if local else Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        cache = Path.home() / "Library" / "Caches"
    else:
        xdg = Path(os.environ.get("XDG_CACHE_HOME", ""))
        # The XDG specification has relative paths ignored.
        cache = xdg if xdg.is_absolute() else Path.home() / ".cache"
    return cache / "minidl"


class _MirrorError(Exception):
    """Why a mirror did not deliver."""


def _check_arguments(name, urls, sha256, size) -> list[str]:
    if not name or name in (".", "..") or re.search(r"[/\\:\0]", name):
        raise ValueError(f"get_file: name must be a plain file name without folders, got {name!r}")
    urls = list(urls)
    if not urls:
        raise ValueError(f"get_file: {name!r} needs at least one mirror, got none")
    for url in urls:
        if not re.match(r"https?://[^/]", url, re.IGNORECASE):
            raise ValueError(f"get_file: a mirror must be an http or https URL, got {url!r}")
    if sha256 is not None and not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        raise ValueError(
            f"get_file: file_hash must be a SHA-256, 64 hexadecimal digits, got {sha256!r}"
        )
    if size is not None and size < 0:
        raise ValueError(f"get_file: size must be a number of bytes ≥ 0, got {size}")
    return urls


def _download_from_any(urls, part, target, sha256, size, progress) -> None:
    reasons = []
    for url in urls:
        if sha256 is None:
            part.unlink(missing_ok=True)
        try:
            _download(url, part, sha256, size, progress)
        except _MirrorError as error:
            reasons.append(f"{url}: {error}")
        else:
            return
    raise ConnectionError(
        f"could not download {target.name!r} from any mirror ({'; '.join(reasons)}); "
        f"a copy from elsewhere may be put at {str(target)!r}"
    )


def _download(url, part, sha256, size, progress) -> None:
    """Complete ``part`` from one mirror and check it.

    Asking again is worth while only if the last request changed ``part``: it grew before the
    connection broke, or it was thrown away because it could not be continued.
    """
    for attempt in range(ATTEMPTS):
        before = _length(part)
        try:
            _receive(url, part, size, progress)
            _check(part, sha256, size)
        except _MirrorError:
            if _length(part) == before or attempt == ATTEMPTS - 1:
                raise
        else:
            return


def _receive(url, part, size, progress) -> None:
    """Append what the mirror still has to send to ``part``, or write it anew."""
    offset = _length(part)
    if size is not None and offset >= size:  # nothing to continue, and its checksum is wrong
        part.unlink(missing_ok=True)
        offset = 0

    with contextlib.closing(_open(url, offset, part)) as response:
        start = _start(response, offset, part)
        declared = response.length  # None for chunked transfer, or where the server is silent
        expected = None if declared is None else start + declared
        if size is not None and expected not in (None, size):
            raise _MirrorError(f"offers {expected:,} bytes, expected {size:,}")

        done = start
        with open(part, "ab" if start else "wb") as file:
            for chunk in _chunks(response):
                done += len(chunk)
                if size is not None and done > size:
                    break
                file.write(chunk)
                if progress:
                    progress(done, expected if size is None else size)
    if size is not None and done > size:
        part.unlink()
        raise _MirrorError(f"sent more than the expected {size:,} bytes")
    if expected is not None and done < expected:
        raise _MirrorError(f"broke off after {done:,} of {expected:,} bytes")


def _check(part, sha256, size) -> None:
    received = _length(part)
    if size is not None and received < size:
        raise _MirrorError(f"broke off after {received:,} of {size:,} bytes")
    if not _is_there(part, sha256):
        part.unlink()
        raise _MirrorError(f"sent {received:,} bytes with the wrong SHA-256")


def _open(url, offset, part) -> http.client.HTTPResponse:
    # Compressed transfer would make lengths and offsets those of other bytes than the file's.
    request = urllib.request.Request(url, headers={"Accept-Encoding": "identity"})
    if offset:
        request.add_header("Range", f"bytes={offset}-")
    try:
        return _opener().open(request, timeout=TIMEOUT)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink(missing_ok=True)
        raise _MirrorError(f"HTTP {error.code} {error.reason}".rstrip()) from error
    except (OSError, http.client.HTTPException) as error:
        raise _MirrorError(_describe(error)) from error


def _opener() -> urllib.request.OpenerDirector:
    """Return an opener that cannot be redirected to ftp or file, as urllib's own can."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.UnknownHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener


def _start(response, offset, part) -> int:
    """Return the position in the file of the response's first byte: ``offset`` or 0."""
    if response.status == http.client.OK:  # also the answer of a server that ignores Range
        return 0
    content_range = response.headers.get("Content-Range", "")
    if response.status == http.client.PARTIAL_CONTENT and offset:
        if re.match(rf"bytes {offset}-", content_range):
            return offset
        part.unlink(missing_ok=True)
    raise _MirrorError(
        f"answered HTTP {response.status} with range {content_range!r} "
        f"to a request for the bytes from {offset:,}"
    )


def _chunks(response) -> Iterator[bytes]:
    """Yield the body; a network error in it is the mirror's, one of the disk is not."""
    try:
        while chunk := response.read(CHUNK):
            yield chunk
    except (OSError, http.client.HTTPException) as error:
        raise _MirrorError(_describe(error)) from error


def _describe(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return str(getattr(reason, "strerror", None) or reason) or type(reason).__name__


def _is_there(path: Path, sha256: str | None) -> bool:
    """Whether there is a file, and it has the checksum, if one is known."""
    try:
        return path.is_file() if sha256 is None else files.sha256(path) == sha256.lower()
    except FileNotFoundError:
        return False


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock that the operating system frees if the process dies.

    The lock file stays: to remove it would let a third process lock a new one while a second
    still waits for the old.
    """
    with open(path, "ab") as file:
        _lock(file.fileno())
        yield  # closing the file frees the lock


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import errno
        import msvcrt

        held = False
        while not held:
            try:  # for ten seconds, after which it gives up with EDEADLOCK
                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
                held = True
            except OSError as error:
                if error.errno != errno.EDEADLOCK:
                    raise
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
