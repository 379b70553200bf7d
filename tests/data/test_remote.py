"""`get_file` as Keras has it: names, hashes or none, archives; from a mirror on loopback."""

import hashlib
import inspect
import io
import os
import sys
import zipfile

import pytest

from minidl.data import get_file

CONTENT = bytes(range(256)) * 300


def zipped(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(f"pets/{name}.png", data)
    return file.getvalue()


def test_arguments_are_keras_3s():
    names = list(inspect.signature(get_file).parameters)
    assert names[:2] == ["fname", "origin"]
    kept = {"file_hash", "cache_subdir", "extract", "archive_format", "cache_dir", "force_download"}
    assert kept <= set(names)


def test_the_name_is_that_of_the_url(mirror, tmp_path):
    mirror.serve(CONTENT)
    url = mirror.url + "%20of%20pets.bin?token=1"
    path = get_file(origin=url, cache_dir=tmp_path)
    assert path == tmp_path / "datasets" / "file of pets.bin"
    assert path.read_bytes() == CONTENT


def test_without_a_hash_the_cache_is_taken_as_it_is(mirror, tmp_path):
    mirror.serve(CONTENT)
    mirror.serve(b"new")
    for _ in range(2):
        path = get_file("a", mirror.url, cache_dir=tmp_path, cache_subdir="x")
        assert path.read_bytes() == CONTENT
    assert len(mirror.ranges) == 1
    path = get_file("a", mirror.url, cache_dir=tmp_path, cache_subdir="x", force_download=True)
    assert path.read_bytes() == b"new"


def test_a_forced_download_that_fails_leaves_the_old_file(mirror, tmp_path):
    mirror.serve(CONTENT)
    mirror.fail(503)
    path = get_file("a", mirror.url, cache_dir=tmp_path)
    with pytest.raises(ConnectionError, match="503"):
        get_file("a", mirror.url, cache_dir=tmp_path, force_download=True)
    assert path.read_bytes() == CONTENT


def test_without_a_hash_a_part_is_resumed_in_the_same_call_only(make_mirror, tmp_path):
    first, second = make_mirror(), make_mirror()
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "a.part").write_bytes(b"of who knows what")
    first.serve(CONTENT, stop=20_000)
    first.serve(CONTENT, stop=10_000)
    first.fail(404)
    second.serve(CONTENT)
    path = get_file("a", [first.url, second.url], cache_dir=tmp_path)
    assert path.read_bytes() == CONTENT
    assert first.ranges == [None, "bytes=20000-", "bytes=30000-"]
    assert second.ranges == [None]


def test_an_archive_is_unpacked_once(mirror, tmp_path):
    archive = zipped(cat=b"a cat", dog=b"a dog")
    mirror.serve(archive)
    mirror.serve(zipped(cat=b"another cat"))
    options = {"cache_dir": tmp_path, "extract": True}
    sha256 = hashlib.sha256(archive).hexdigest()
    folder = get_file("pets.v1.zip", mirror.url, file_hash=sha256, **options)
    assert folder == tmp_path / "datasets" / "pets_extracted"
    assert (folder / "pets" / "cat.png").read_bytes() == b"a cat"
    (folder / "mine.txt").write_text("stays")
    assert get_file("pets.v1.zip", mirror.url, file_hash=sha256, **options) == folder
    assert (folder / "mine.txt").exists()
    assert len(mirror.ranges) == 1

    os.utime(folder, (0, 0))  # as if the archive came later
    get_file("pets.v1.zip", mirror.url, force_download=True, **options)
    assert [path.name for path in folder.rglob("*.png")] == ["cat.png"]
    assert (folder / "pets" / "cat.png").read_bytes() == b"another cat"


def test_an_archive_that_is_refused_leaves_no_folder(mirror, tmp_path):
    mirror.serve(zipped(cat=bytes(1000)))
    with pytest.raises(ValueError, match=r"pets\.zip': it holds more than 999 bytes"):
        get_file("pets.zip", mirror.url, cache_dir=tmp_path, extract=True, max_bytes=999)
    names = sorted(path.name for path in (tmp_path / "datasets").iterdir())
    assert names == ["pets.zip", "pets.zip.lock"]


def test_a_bar_on_a_terminal(mirror, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    mirror.serve(CONTENT)
    get_file("pets.bin", mirror.url, cache_dir=tmp_path)
    assert "pets.bin" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "origin needs a URL"),
        ({"origin": []}, "plain file name"),
        ({"origin": "http://127.0.0.1/"}, "plain file name"),
        ({"origin": "http://127.0.0.1/%2e%2e"}, "plain file name"),
        ({"origin": "http://127.0.0.1/a%2fb"}, "plain file name"),
        ({"fname": "../a", "origin": "http://127.0.0.1/a"}, "plain file name"),
        ({"origin": "file:///etc/passwd"}, "http or https"),
        ({"origin": "http://127.0.0.1/a", "file_hash": "d41d8cd98f00b204"}, "SHA-256"),
    ],
)
def test_bad_arguments(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        get_file(**arguments, cache_dir=tmp_path)
