"""Downloads from mirrors that break, lie, stall and ignore what they are asked."""

import hashlib
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from minidl.data import cache_home, download, get_file

CONTENT = bytes(range(256)) * 300
SHA256 = hashlib.sha256(CONTENT).hexdigest()
SIZE = len(CONTENT)
OTHER = CONTENT[::-1]
PIECE = 20_000
ROOT = Path(__file__).parents[2]
XDG = str(Path("/xdg").absolute())


def here(folder):
    """Arguments that keep files in `folder` itself."""
    return {"cache_dir": folder, "cache_subdir": ""}


@pytest.fixture
def target(tmp_path):
    return tmp_path / "file"


@pytest.fixture
def part(tmp_path):
    return tmp_path / "file.part"


@pytest.fixture
def get(tmp_path):
    def get(*mirrors, sha256=SHA256, size=SIZE, progress=None):
        urls = [mirror.url for mirror in mirrors]
        return get_file(
            "file", urls, file_hash=sha256, size=size, progress=progress, **here(tmp_path)
        )

    return get


@pytest.mark.parametrize("size", [SIZE, None])
def test_downloads_once(mirror, get, target, part, size):
    mirror.serve(CONTENT)
    assert get(mirror, size=size) == target
    assert target.read_bytes() == CONTENT
    assert not part.exists()
    assert get(mirror, size=size, sha256=SHA256.upper()) == target
    assert mirror.ranges == [None]


def test_makes_the_folder(mirror, tmp_path):
    mirror.serve(CONTENT)
    path = get_file("file", [mirror.url], file_hash=SHA256, **here(str(tmp_path / "a" / "b")))
    assert path == tmp_path / "a" / "b" / "file"


def test_replaces_a_damaged_file(mirror, get, target):
    target.write_bytes(OTHER)
    mirror.serve(CONTENT)
    assert get(mirror).read_bytes() == CONTENT


def test_an_empty_file(mirror, get):
    mirror.serve(b"")
    assert get(mirror, sha256=hashlib.sha256().hexdigest(), size=0).read_bytes() == b""


@pytest.mark.parametrize(("size", "length"), [(SIZE, True), (SIZE, False), (None, True)])
def test_resumes_after_a_break(mirror, get, size, length):
    mirror.serve(CONTENT, stop=PIECE, length=length)
    mirror.serve(CONTENT, length=length)
    assert get(mirror, size=size).read_bytes() == CONTENT
    assert mirror.ranges == [None, f"bytes={PIECE}-"]
    assert mirror.sent == SIZE


def test_resumes_after_a_break_in_chunked_transfer(mirror, get):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"%x\r\n%b\r\n" % (PIECE, CONTENT[:PIECE]))

    mirror.answers.append(answer)
    mirror.serve(CONTENT)
    assert get(mirror, size=None).read_bytes() == CONTENT
    assert mirror.ranges == [None, f"bytes={PIECE - PIECE % download.CHUNK}-"]


def test_resumes_in_a_later_call(mirror, get, target, part):
    mirror.serve(CONTENT, stop=PIECE)
    mirror.fail(503)
    with pytest.raises(ConnectionError, match="503"):
        get(mirror)
    assert part.read_bytes() == CONTENT[:PIECE]
    assert not target.exists()

    mirror.serve(CONTENT)
    assert get(mirror).read_bytes() == CONTENT
    assert mirror.ranges == [None, f"bytes={PIECE}-", f"bytes={PIECE}-"]
    assert mirror.sent == SIZE


def test_resumes_from_another_mirror(make_mirror, get):
    first, second = make_mirror(), make_mirror()
    first.serve(CONTENT, stop=PIECE)
    first.fail(404)
    second.serve(CONTENT)
    assert get(first, second).read_bytes() == CONTENT
    assert second.ranges == [f"bytes={PIECE}-"]
    assert first.sent + second.sent == SIZE


def test_resumes_after_an_interrupt(mirror, get, target, part):
    def interrupt(done, total):
        raise KeyboardInterrupt

    mirror.serve(CONTENT)
    with pytest.raises(KeyboardInterrupt):
        get(mirror, progress=interrupt)
    assert not target.exists()
    kept = part.stat().st_size
    assert 0 < kept < SIZE
    assert get(mirror).read_bytes() == CONTENT
    assert mirror.ranges == [None, f"bytes={kept}-"]


def test_uses_a_complete_part_as_it_is(mirror, get, part):
    part.write_bytes(CONTENT)
    assert get(mirror).read_bytes() == CONTENT
    assert mirror.ranges == []
    assert not part.exists()


def test_starts_over_where_range_is_ignored(mirror, get, part):
    part.write_bytes(CONTENT[:PIECE])
    mirror.serve(CONTENT, ranges=False)
    assert get(mirror).read_bytes() == CONTENT
    assert mirror.ranges == [f"bytes={PIECE}-"]


def test_starts_over_where_range_is_not_satisfiable(mirror, get, part):
    part.write_bytes(CONTENT + b"more")
    mirror.serve(CONTENT)
    assert get(mirror, size=None).read_bytes() == CONTENT
    assert mirror.ranges == [f"bytes={SIZE + 4}-", None]


def test_starts_over_where_another_range_is_sent(mirror, get, part):
    part.write_bytes(CONTENT[:PIECE])
    mirror.serve(CONTENT, start=PIECE // 2)
    mirror.serve(CONTENT)
    assert get(mirror, size=None).read_bytes() == CONTENT
    assert mirror.ranges == [f"bytes={PIECE}-", None]


@pytest.mark.parametrize("length", [PIECE, SIZE, SIZE + 1])
def test_starts_over_after_a_part_of_another_file(mirror, get, part, length):
    part.write_bytes((OTHER * 2)[:length])
    mirror.serve(CONTENT)
    assert get(mirror).read_bytes() == CONTENT
    assert mirror.ranges[-1] is None


def test_gives_up_on_a_mirror_that_always_breaks(mirror, get, part):
    mirror.serve(CONTENT, stop=1)
    with pytest.raises(ConnectionError, match=rf"broke off after {download.ATTEMPTS} of 76,800"):
        get(mirror)
    assert len(mirror.ranges) == download.ATTEMPTS
    assert part.read_bytes() == CONTENT[: download.ATTEMPTS]


@pytest.mark.parametrize("size", [SIZE, None])
def test_wrong_bytes_send_it_to_the_next_mirror(make_mirror, get, target, part, size):
    first, second = make_mirror(), make_mirror()
    first.serve(OTHER)
    with pytest.raises(ConnectionError, match="76,800 bytes with the wrong SHA-256"):
        get(first, size=size)
    assert not target.exists()
    assert not part.exists()

    second.serve(CONTENT)
    assert get(first, second, size=size).read_bytes() == CONTENT
    assert first.ranges == [None, None]
    assert second.ranges == [None]


def test_a_mirror_without_the_file_sends_it_to_the_next(make_mirror, get):
    first, second = make_mirror(), make_mirror()
    first.fail(404)
    second.serve(CONTENT)
    assert get(first, second).read_bytes() == CONTENT


@pytest.mark.parametrize("offered", [CONTENT[:-1], CONTENT + b"!", b"<html>Sign in</html>"])
def test_another_length_is_refused_unread(make_mirror, get, part, offered):
    first, second = make_mirror(), make_mirror()
    first.serve(offered)
    second.serve(CONTENT, stop=PIECE)
    with pytest.raises(ConnectionError, match=rf"offers {len(offered):,} bytes, expected 76,800"):
        get(first)
    assert not part.exists()

    second.serve(CONTENT)
    assert get(first, second).read_bytes() == CONTENT
    assert second.sent == SIZE


def test_an_endless_file_is_cut_off(mirror, get, target, part):
    mirror.serve_endlessly(CONTENT)
    with pytest.raises(ConnectionError, match="more than the expected 76,800 bytes"):
        get(mirror)
    assert not target.exists()
    assert not part.exists()


def test_a_silent_mirror_times_out(mirror, get, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", 0.05)
    over = threading.Event()
    mirror.answers.append(lambda handler: over.wait())
    with pytest.raises(ConnectionError, match="timed out"):
        get(mirror)
    over.set()


def test_the_error_lists_every_mirror(make_mirror, tmp_path):
    broken = make_mirror()
    broken.fail(404)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        urls = [broken.url, f"http://127.0.0.1:{closed.getsockname()[1]}/file"]
        with pytest.raises(ConnectionError) as error:
            get_file("file", urls, file_hash=SHA256, **here(tmp_path))
    message = str(error.value)
    assert "\n" not in message
    for text in [*urls, "HTTP 404 Not Found", "refused", repr(str(tmp_path / "file"))]:
        assert text in message


def test_follows_redirects(make_mirror, get):
    first, second = make_mirror(), make_mirror()
    first.fail(302, Location=second.url)
    second.serve(CONTENT)
    assert get(first).read_bytes() == CONTENT


@pytest.mark.parametrize("scheme", ["file", "ftp"])
def test_is_not_redirected_to_other_schemes(mirror, get, scheme):
    mirror.fail(302, Location=f"{scheme}://127.0.0.1/etc/hostname")
    with pytest.raises(ConnectionError, match=scheme):
        get(mirror)


def test_reports_progress(mirror, get, target):
    calls = []

    def progress(done, total):
        assert not target.exists()
        calls.append((done, total))

    mirror.serve(CONTENT, stop=PIECE)
    mirror.serve(CONTENT)
    get(mirror, progress=progress)
    assert calls == sorted(calls)
    assert calls[-1] == (SIZE, SIZE)
    assert {total for _, total in calls} == {SIZE}


def test_reports_an_unknown_total(mirror, get):
    calls = []
    mirror.serve(CONTENT, length=False)
    get(mirror, size=None, progress=lambda *call: calls.append(call))
    assert calls[-1] == (SIZE, None)


def test_threads_download_once(mirror, get):
    mirror.serve(CONTENT)
    results = []
    threads = [threading.Thread(target=lambda: results.append(get(mirror))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [path.read_bytes() for path in results] == [CONTENT] * 4
    assert mirror.ranges == [None]


@pytest.fixture
def start(mirror, tmp_path):
    """Return a function that starts a process which gets the file and says when it begins."""
    processes = []

    def start(progress="None"):
        code = (
            "from minidl.data import get_file\n"
            "print('begins', flush=True)\n"
            f"get_file('file', {mirror.url!r}, file_hash={SHA256!r}, "
            f"cache_dir={str(tmp_path)!r}, cache_subdir='', progress={progress})"
        )
        command = [sys.executable, "-c", code]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        assert process.stdout.readline() == "begins\n"
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def test_processes_download_once(mirror, target, start):
    both = threading.Event()
    mirror.serve(CONTENT)
    serve = mirror.answers.pop()
    mirror.answers.append(lambda handler: both.wait() and serve(handler))
    processes = [start(), start()]
    both.set()
    assert [process.wait() for process in processes] == [0, 0]
    assert target.read_bytes() == CONTENT
    assert mirror.ranges == [None]


def test_continues_what_a_killed_process_began(mirror, get, target, part, start):
    killed = threading.Event()
    mirror.serve(CONTENT, stop=PIECE)
    serve = mirror.answers.pop()
    mirror.answers.append(lambda handler: (serve(handler), killed.wait()))
    mirror.serve(CONTENT)
    process = start(progress="lambda done, total: print(done, flush=True)")
    assert int(process.stdout.readline()) > 0
    process.kill()
    process.wait()
    killed.set()
    assert not target.exists()
    kept = part.stat().st_size
    assert get(mirror).read_bytes() == CONTENT
    assert mirror.ranges == [None, f"bytes={kept}-" if kept else None]


def test_an_unwritable_cache_is_not_the_mirrors_fault(mirror, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"file") as error:
        get_file("name", mirror.url, file_hash=SHA256, **here(tmp_path / "file" / "cache"))
    assert not isinstance(error.value, ConnectionError)
    assert mirror.ranges == []


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "/etc/passwd", "..\\b", "C:b", "../b", "a\0b"]
)
def test_refuses_names_that_lead_elsewhere(name, tmp_path):
    with pytest.raises(ValueError, match="plain file name"):
        get_file(name, "http://127.0.0.1/", file_hash=SHA256, **here(tmp_path))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"origin": []}, "at least one mirror"),
        ({"origin": ["file:///etc/hostname"]}, "file:///etc/hostname"),
        ({"origin": ["http://127.0.0.1/", "ftp://127.0.0.1/"]}, "ftp://127.0.0.1/"),
        ({"file_hash": "abc"}, "64 hexadecimal digits, got 'abc'"),
        ({"size": -1}, "got -1"),
    ],
)
def test_refuses_malformed_arguments(changed, message, tmp_path):
    arguments = {"origin": ["http://127.0.0.1/"], "file_hash": SHA256, "size": SIZE, **changed}
    with pytest.raises(ValueError, match=message):
        get_file("file", **arguments, **here(tmp_path))


def test_minidl_home_is_the_default_folder(mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("MINIDL_HOME", str(tmp_path / "home"))
    mirror.serve(CONTENT)
    assert cache_home() == tmp_path / "home"
    path = get_file("file", [mirror.url], file_hash=SHA256)
    assert path == tmp_path / "home" / "datasets" / "file"


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "~/.cache/minidl"),
        ("linux", {"XDG_CACHE_HOME": XDG}, f"{XDG}/minidl"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "~/.cache/minidl"),
        ("linux", {"MINIDL_HOME": "~/mine", "XDG_CACHE_HOME": XDG}, "~/mine"),
        ("linux", {"MINIDL_HOME": ""}, "~/.cache/minidl"),
        ("darwin", {}, "~/Library/Caches/minidl"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/minidl"),
        ("win32", {}, "~/AppData/Local/minidl"),
    ],
)
def test_cache_home(platform, variables, expected, monkeypatch):
    for name in ("MINIDL_HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert cache_home() == Path(os.path.expanduser(expected))
