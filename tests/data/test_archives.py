"""Archives: what honest tools packed comes out, and what hostile ones packed does not."""

import bz2
import gzip
import io
import lzma
import os
import stat
import subprocess
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.data import archives
from minidl.data.archives import extract

NAMES = ["a.png", "cat/1.png", "cat/young/2 é猫.png", "./dog/3.png", "d.e/f"]
FORMATS = ["zip", "tar", "tar.gz", "tar.bz2", "tar.xz"]
COMPRESS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}


def packed(kind, members):
    """Return an archive of (name, bytes) pairs; a TarInfo or ZipInfo may stand for a name."""
    file = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in members:
                archive.writestr(name, data)
        return file.getvalue()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    compress = COMPRESS.get(kind.removeprefix("tar."), lambda data: data)
    return compress(file.getvalue())


def tar_info(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def unpack(tmp_path):
    """Unpack bytes below tmp_path/in, and see that a refusal leaves nothing behind."""

    def unpack(data, **options):
        (tmp_path / "in").mkdir(exist_ok=True)
        archive = tmp_path / "archive"
        archive.write_bytes(data)
        try:
            return contents(extract(archive, tmp_path / "in" / "out", **options))
        except ValueError as error:
            left = [*(tmp_path / "in").iterdir(), *tmp_path.glob("[!ai]*")]
            if left or repr(str(archive)) not in str(error):
                pytest.fail(f"left {left} after {error}")
            raise

    return unpack


@pytest.mark.parametrize("kind", FORMATS)
@given(st.data())
def test_what_was_packed_comes_out(tmp_path_factory, kind, data):
    names = data.draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    members = [(name, data.draw(st.binary(max_size=2000))) for name in names]
    folder = tmp_path_factory.mktemp("archive")
    (folder / "archive").write_bytes(packed(kind, members))
    out = extract(folder / "archive", str(folder / "new" / "out"))
    assert contents(out) == {os.path.normpath(name): content for name, content in members}
    assert [path.name for path in (folder / "new").iterdir()] == ["out"]


def test_what_the_command_tar_packed(tmp_path, unpack):
    (tmp_path / "pets" / "cat").mkdir(parents=True)
    (tmp_path / "pets" / "cat" / "1.png").write_bytes(b"one")
    (tmp_path / "pets" / "cat" / ("n" * 150 + ".png")).write_bytes(b"long")
    os.link(tmp_path / "pets" / "cat" / "1.png", tmp_path / "pets" / "cat" / "hard.png")
    (tmp_path / "pets" / "cat" / "soft.png").symlink_to("1.png")
    command = ["tar", "-C", tmp_path / "pets", "--sort=name", "-czf", "-", "."]
    result = subprocess.run(command, capture_output=True, check=False)
    if result.returncode:
        pytest.skip("no GNU tar here")
    (tmp_path / "archive").write_bytes(result.stdout)
    out = extract(tmp_path / "archive", tmp_path / "out")
    assert contents(out) == contents(tmp_path / "pets")
    assert not any(path.is_symlink() for path in out.rglob("*"))


def test_an_earlier_folder_is_replaced_and_kept_if_that_fails(tmp_path):
    (tmp_path / "a.zip").write_bytes(packed("zip", [("new", b"new")]))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old").write_bytes(b"old")
    with pytest.raises(ValueError, match="more than 0 members"):
        extract(tmp_path / "a.zip", tmp_path / "out", max_members=0)
    assert contents(tmp_path / "out") == {"old": b"old"}
    assert contents(extract(tmp_path / "a.zip", tmp_path / "out")) == {"new": b"new"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "out"]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/evil", "/tmp/evil", ".."])
def test_names_that_lead_out(unpack, kind, name):
    with pytest.raises(ValueError, match=r"leads out of the folder"):
        unpack(packed(kind, [("good", b"1"), (name, b"evil")]))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
@pytest.mark.parametrize("target", ["/etc/passwd", "../../etc/passwd", "missing", ".", "folder"])
def test_links_to_what_the_archive_does_not_hold(unpack, kind, target):
    folder = tar_info("folder", tarfile.DIRTYPE)
    with pytest.raises(ValueError, match=r"its member 'a' "):
        unpack(packed("tar", [(folder, b""), (tar_info("a", kind, target), b"")]))


def test_a_file_is_not_written_through_a_link(tmp_path, unpack):
    link = tar_info("a", tarfile.SYMTYPE, str(tmp_path))
    with pytest.raises(ValueError, match="refused"):
        unpack(packed("tar", [(link, b""), ("a/evil", b"evil")]))
    assert not (tmp_path / "evil").exists()


def test_links_within_become_copies(unpack):
    members = [
        ("cat/1", b"one"),
        (tar_info("cat/soft", tarfile.SYMTYPE, "1"), b""),
        (tar_info("dog/soft", tarfile.SYMTYPE, "../cat/1"), b""),
        (tar_info("hard", tarfile.LNKTYPE, "cat/1"), b""),
    ]
    names = ["cat/1", "cat/soft", "dog/soft", "hard"]
    assert unpack(packed("tar", members)) == dict.fromkeys(names, b"one")


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices(unpack, kind):
    with pytest.raises(ValueError, match="'device' is neither file, folder nor link: refused"):
        unpack(packed("tar", [(tar_info("device", kind), b"")]))


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_in_zip_files(unpack, mode):
    info = zipfile.ZipInfo("a")
    info.external_attr = (mode | 0o777) << 16
    with pytest.raises(ValueError, match=r"'a' is .*refused"):
        unpack(packed("zip", [(info, b"/etc/passwd")]))


@pytest.mark.parametrize("kind", FORMATS)
def test_bombs(unpack, kind):
    bomb = packed(kind, [("a", bytes(600_000)), ("b", bytes(600_000))])
    assert len(unpack(bomb, max_bytes=1_200_000)) == 2


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("limits", [{"max_bytes": 1_199_999}, {"max_bytes": 0}, {"max_members": 1}])
def test_limits(unpack, kind, limits):
    (limit,) = limits.values()
    with pytest.raises(ValueError, match=f"holds more than {limit:,} "):
        unpack(packed(kind, [("a", bytes(600_000)), ("b", bytes(600_000))]), **limits)


def test_copies_count_too(unpack):
    link = tar_info("b", tarfile.LNKTYPE, "a")
    with pytest.raises(ValueError, match="more than 150 bytes"):
        unpack(packed("tar", [("a", bytes(100)), (link, b"")]), max_bytes=150)


def test_a_zip_that_lies_about_its_sizes(unpack):
    data = packed("zip", [("a", bytes(100_000))])
    lie = data.replace((100_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lie != data
    with pytest.raises(ValueError, match=r"CRC|ends early|bytes"):
        unpack(lie)


def test_a_header_of_tar_that_would_fill_the_memory(unpack, monkeypatch):
    monkeypatch.setattr(archives, "LONGEST_HEADER", 5000)
    info = tarfile.TarInfo("a")
    info.pax_headers = {"comment": "x" * 10_000}
    with pytest.raises(ValueError, match=r"header of .* bytes, more than 5,000"):
        unpack(packed("tar", [(info, b"")]))


@pytest.mark.parametrize("kind", FORMATS)
def test_names_twice_or_below_files(unpack, kind):
    if kind != "zip":
        with pytest.raises(ValueError, match="'a' has a name that stood before"):
            unpack(packed(kind, [("a", b"1"), ("a", b"2")]))
    with pytest.raises(ValueError, match="'a/b'"):
        unpack(packed(kind, [("a", b"1"), ("a/b", b"2")]))


def test_an_encrypted_zip(unpack):
    data = bytearray(packed("zip", [("a", b"secret")]))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ValueError, match="'a' is encrypted"):
        unpack(bytes(data))


@pytest.mark.parametrize("kind", FORMATS)
def test_truncated_anywhere(unpack, kind, tmp_path):
    members = [(f"{i}.png", os.urandom(300)) for i in range(8)]
    whole = packed(kind, members)
    for length in range(0, len(whole), 1 + len(whole) // 60):
        try:
            found = unpack(whole[:length])
        except ValueError:
            continue
        # Only padding after the end may be missing.
        assert found == dict(members)
        assert kind == "tar"
        for path in (tmp_path / "in" / "out").iterdir():
            path.unlink()
        (tmp_path / "in" / "out").rmdir()


def test_damaged_headers_are_not_taken_for_the_end(unpack):
    data = bytearray(packed("tar", [("a", b"1"), ("b", b"2")]))
    data[1024 + 150] ^= 0xFF  # in the checksum of the second
    with pytest.raises(ValueError, match="truncated or damaged"):
        unpack(bytes(data))


@pytest.mark.parametrize("archive_format", ["auto", "zip", "tar"])
@pytest.mark.parametrize(
    "data", [b"", b"text", b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00"]
)
def test_what_is_no_archive(unpack, data, archive_format):
    with pytest.raises(ValueError, match="cannot unpack"):
        unpack(data, archive_format=archive_format)


def test_arguments(unpack, tmp_path):
    with pytest.raises(ValueError, match="archive_format needs 'auto', 'zip' or 'tar', got 'rar'"):
        unpack(packed("zip", []), archive_format="rar")
    with pytest.raises(FileNotFoundError):
        extract(tmp_path / "missing.zip", tmp_path / "out")
