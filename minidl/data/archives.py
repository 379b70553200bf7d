"""Zip and tar archives from strangers, unpacked without harm.

What an archive can do to the one who unpacks it: write outside of the folder (by "..", absolute
names, or links made before), fill the disk (a bomb), make devices, leave half of itself behind.
Here, only plain files and folders are written, below a temporary folder that takes its name
when all is there. Links are never made: one to a file of the archive becomes a copy of it,
any other is refused.

Standard library only; tested by ``tests/data/test_archives.py``.
"""

import bz2
import contextlib
import gzip
import lzma
import os
import posixpath
import shutil
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

MAX_BYTES = 1 << 35  # 32 GiB, unpacked
MAX_MEMBERS = 2_000_000
CHUNK = 1 << 20  # bytes
LONGEST_HEADER = 1 << 24  # bytes of a tar file that are asked for at once
LONGEST_PADDING = 1 << 24  # bytes after the end of a tar file
COMPRESSED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
DAMAGED = (
    *(tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError),
    *(EOFError, NotImplementedError, RuntimeError, ValueError, UnicodeDecodeError),
)


class Member(NamedTuple):
    """What an archive holds under a name."""

    name: str
    kind: str  # "file", "folder", "link", or what it is that is refused
    size: int
    target: str | None  # of a link, from the archive's root on
    open: object  # a function that returns a binary file


def extract(
    archive: str | os.PathLike,
    folder: str | os.PathLike,
    archive_format: str = "auto",
    max_bytes: int = MAX_BYTES,
    max_members: int = MAX_MEMBERS,
) -> Path:
    """Unpack a zip or tar archive into a new folder, whole or not at all.

    Permissions and times in the archive are ignored. An earlier folder of that name is replaced.

    Parameters
    ----------
    archive : path
        A .zip or .tar file; tar may be compressed by gzip, bzip2 or xz, told by the content.
    folder : path
        What the archive holds will be in it.
    archive_format : "auto", "zip" or "tar"
    max_bytes : int
        Limit for all files together, unpacked.
    max_members : int
        Limit for the number of files, folders and links.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    FileNotFoundError
        If there is no such archive.
    ValueError
        If it is none, is damaged, goes beyond a limit, or holds a name that leads out of the
        folder, a name that stood before, a link to what it does not hold, or a device. The
        message names the archive and the member.
    OSError
        If the folder cannot be written.
    """
    folder = Path(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name[:40]}-"))
    try:
        with _explaining(archive), _members(archive, archive_format) as members:
            _write(members, temporary, max_bytes, max_members)
        _take_name(temporary, folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return folder


@contextlib.contextmanager
def _explaining(archive):
    """Turn what damaged bytes provoke into a ValueError that names the archive."""
    try:
        yield
    except DAMAGED as error:
        what = str(error) or type(error).__name__
        raise ValueError(f"cannot unpack {os.fspath(archive)!r}: {what}") from error
    except OSError as error:
        if error.errno is not None:  # it is of the disk, and not what bz2 says of damage
            raise
        raise ValueError(f"cannot unpack {os.fspath(archive)!r}: {error}") from error


@contextlib.contextmanager
def _members(archive, archive_format):
    """Give the members of an archive, one after the other."""
    with open(archive, "rb") as file:
        if archive_format == "auto":
            archive_format = "zip" if zipfile.is_zipfile(file) else "tar"
            file.seek(0)
        if archive_format == "zip":
            with zipfile.ZipFile(file) as opened:
                yield map(_zip_member, [opened] * len(opened.infolist()), opened.infolist())
        elif archive_format == "tar":
            with _decompressed(file) as plain:
                yield _tar_members(plain)
        else:
            raise ValueError(f"archive_format needs 'auto', 'zip' or 'tar', got {archive_format!r}")


def _zip_member(opened, info):
    mode = info.external_attr >> 16
    kind = "file"
    if info.is_dir():
        kind = "folder"
    elif stat.S_ISLNK(mode):
        kind = "a symbolic link in a zip file"
    elif info.flag_bits & 1:
        kind = "encrypted"
    elif stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        kind = "neither file nor folder"
    return Member(info.filename, kind, info.file_size, None, lambda: opened.open(info))


def _tar_members(file) -> Iterator[Member]:
    with tarfile.open(fileobj=_Guarded(file), mode="r:") as opened:
        for info in opened:
            kind, target = "neither file, folder nor link", None
            if info.isreg():
                kind = "file"
            elif info.isdir():
                kind = "folder"
            elif info.islnk():
                kind, target = "link", info.linkname
            elif info.issym():
                kind, target = "link", posixpath.join(posixpath.dirname(info.name), info.linkname)
            yield Member(
                info.name, kind, info.size, target, lambda info=info: opened.extractfile(info)
            )
            opened.members.clear()  # tarfile would keep them all
        # tarfile takes a damaged header for the end; the real one is a block of zeros.
        file.seek(opened.offset)
        if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise ValueError("it is truncated or damaged: its end is missing")
        # Decompressors verify checksums at the end of what they read.
        if len(file.read(LONGEST_PADDING + 1)) > LONGEST_PADDING:
            raise ValueError(f"more than {LONGEST_PADDING:,} bytes follow its end")


@contextlib.contextmanager
def _decompressed(file) -> Iterator[BinaryIO]:
    start = file.read(6)
    file.seek(0)
    for magic, open_as in COMPRESSED.items():
        if start.startswith(magic):
            with open_as(file) as plain:
                yield plain
            return
    yield file


class _Guarded:
    """A file for tarfile, which would read a header of any length into memory."""

    def __init__(self, file):
        self.seek, self.tell, self._read = file.seek, file.tell, file.read

    def read(self, size):
        if size > LONGEST_HEADER:
            raise ValueError(f"it has a header of {size:,} bytes, more than {LONGEST_HEADER:,}")
        return self._read(size)


def _write(members, folder, max_bytes, max_members):
    """Write all members below a folder that is empty."""
    written = 0
    for number, member in enumerate(members):
        if number >= max_members:
            raise ValueError(f"it holds more than {max_members:,} members")
        path = _inside(folder, member.name, member.name)
        if member.kind == "folder":
            _make_folder(path, member)
            continue
        if member.kind not in ("file", "link"):
            raise ValueError(f"its member {member.name!r} is {member.kind}: refused")
        if path == folder or path.exists():
            raise ValueError(f"its member {member.name!r} has a name that stood before")
        _make_folder(path.parent, member)
        with path.open("xb") as file, _source(member, folder) as source:
            left = max_bytes - written
            count = _copy(source, file, left)
        if count > left:
            raise ValueError(f"it holds more than {max_bytes:,} bytes, unpacked")
        if member.kind == "file" and count != member.size:
            raise ValueError(f"its member {member.name!r} ends early")
        written += count


def _make_folder(path, member):
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise ValueError(f"its member {member.name!r} lies in a file, not a folder") from None


def _source(member, folder):
    """Return an open file with the bytes of a member."""
    if member.kind == "file":
        return member.open()
    target = _inside(folder, member.target, member.name)
    if not target.is_file():
        raise ValueError(
            f"its member {member.name!r} is a link to {member.target!r}, which is no file that "
            "came before it: refused"
        )
    return target.open("rb")


def _copy(source, file, limit):
    """Copy all bytes, and return their number; stop soon after the limit."""
    count = 0
    while count <= limit and (chunk := source.read(CHUNK)):
        file.write(chunk)
        count += len(chunk)
    return count


def _inside(folder, name, member):
    """Return the path of a name below a folder; one that leads elsewhere is refused."""
    # On Windows, Path sees drives and backslashes; elsewhere a backslash is a letter.
    normal = Path(os.path.normpath(name))
    if not name or "\0" in name or normal.anchor or ".." in normal.parts:
        raise ValueError(f"its member {member!r} leads out of the folder, by {name!r}: refused")
    return folder / normal


def _take_name(temporary, folder):
    """Move a folder to where another one may be, which is then removed."""
    temporary.chmod(0o755)
    if folder.exists():
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name[:40]}-") as old:
            folder.rename(Path(old, "old"))
            temporary.rename(folder)
    else:
        temporary.rename(folder)
