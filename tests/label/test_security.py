"""What keeps others out of the page's server, case by case."""

import json
import os
import socket

import pytest
from PIL import Image

from minidl.label.server import LARGEST_BODY


@pytest.fixture
def client(images, serve):
    return serve()


def raw(client, request):
    """Send bytes, and return all that comes back."""
    with socket.create_connection((client.url.hostname, client.url.port), timeout=20) as sock:
        sock.sendall(request)
        sock.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: sock.recv(1 << 16), b""))


def test_it_listens_on_the_loopback_interface_only(client):
    assert client.url.hostname == "127.0.0.1"
    others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}
    for address in others - {"127.0.0.1", "::1"}:
        with pytest.raises(OSError, match=r"refused|timed out|unreachable"):
            socket.create_connection((address, client.url.port), timeout=5).close()


def test_tokens_are_long_and_new_each_time(images, serve):
    paths = {serve(journal=f"{i}.jsonl").url.path for i in range(3)}
    assert len(paths) == 3
    assert all(len(path.strip("/")) >= 32 for path in paths)


def test_nothing_is_served_without_the_token(client):
    token = client.url.path.strip("/")
    for path in (
        "/",
        "/api/state",
        f"/{token}",
        f"/{token[:-1]}/api/state",
        f"/{token}x/api/state",
        f"/{token.swapcase()}/api/state",
        "//api/state",
        f"/x/../{token}/api/state",
        "/%00/api/state",
        "/%ff%fe/api/state",
        f"/?token={token}",
    ):
        status, headers, body = client.ask(path, token=False)
        assert status == 404, path
        assert body == b"Not Found"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert client.ask("api/state")[0] == 200


def test_the_token_is_compared_in_constant_time(client, monkeypatch):
    import hmac

    compared = []
    compare_digest = hmac.compare_digest

    def watched(a, b):
        compared.append((a, b))
        return compare_digest(a, b)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    assert client.ask("/guess/api/state", token=False)[0] == 404
    assert compared == [(b"guess", client.url.path.strip("/").encode())]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1.evil.example:{port}",
        "localhost:{port}.evil.example",
        "[::1]:{port}",
        "0.0.0.0:{port}",
        "127.0.0.1:{port}, evil.example",
        "",
    ],
)
def test_a_foreign_host_is_refused(client, host):
    """As in DNS rebinding: a foreign name that resolves to 127.0.0.1."""
    host = host.format(port=client.url.port)
    assert client.ask("api/state", headers={"Host": host})[0] == 421


def test_this_machines_names_are_not_foreign(client):
    for host in ("127.0.0.1", "localhost", "LOCALHOST"):
        assert client.ask("api/state", headers={"Host": f"{host}:{client.url.port}"})[0] == 200


def test_a_missing_or_repeated_host_is_refused(client):
    path = client.url.path.encode() + b"api/state"
    assert b" 421 " in raw(client, b"GET " + path + b" HTTP/1.0\r\n\r\n")
    own = f"Host: 127.0.0.1:{client.url.port}\r\n".encode()
    twice = own + b"Host: evil.example\r\n"
    assert b" 200 " not in raw(client, b"GET " + path + b" HTTP/1.1\r\n" + twice + b"\r\n")


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1", "http://127.0.0.1:1",
     "http://127.0.0.1:{port}.evil.example", "127.0.0.1:{port}.evil.example", ""],
)  # fmt: skip
@pytest.mark.parametrize("body", [None, {"name": "owl"}])
def test_a_foreign_page_is_refused(client, origin, body):
    headers = {"Origin": origin.format(port=client.url.port)}
    path = "api/state" if body is None else "api/classes"
    assert client.ask(path, body, headers=headers)[0] == 403
    assert client.json("api/state")[1]["classes"] == ["cat", "dog"]


def test_the_page_itself_is_no_foreign_page(client):
    origin = f"http://127.0.0.1:{client.url.port}"
    assert client.ask("api/classes", {"name": "owl"}, headers={"Origin": origin})[0] == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_the_browser_calls_another_site_is_refused(client, site):
    assert client.ask("api/state", headers={"Sec-Fetch-Site": site})[0] == 403


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "",
     "text/plain; application/json"],
)  # fmt: skip
def test_a_body_that_is_not_called_json_is_refused(client, media_type):
    """These are what a form on a foreign page can send."""
    status, _, _ = client.ask("api/classes", {"name": "owl"}, headers={"Content-Type": media_type})
    assert status == 415
    assert client.json("api/state")[1]["classes"] == ["cat", "dog"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(client, method):
    assert client.ask("api/state", method=method)[0] == 405


def test_what_changes_something_is_not_got(client):
    for path in ("api/label", "api/undo", "api/classes", "api/learn"):
        assert client.ask(path)[0] == 405


def test_a_body_that_is_too_long_is_refused_unread(client):
    path = client.url.path.encode() + b"api/classes"
    head = (
        b"POST " + path + b" HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % client.url.port
        + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (LARGEST_BODY + 1)
    )  # fmt: skip
    assert b" 413 " in raw(client, head).splitlines()[0]


def test_headers_that_are_too_long_are_refused(client):
    assert client.ask("api/state", headers={"X-Long": "x" * (1 << 16)})[0] == 431


def test_every_answer_carries_the_policy(client, ids):
    (name,) = ids("0.png")
    for path in ("", "app.js", "api/state", f"image/{name}", "none", "api/none", "api/item/none"):
        _, headers, _ = client.ask(path)
        policy = headers["Content-Security-Policy"]
        for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
            assert rule in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Server"] is None
        assert headers["Access-Control-Allow-Origin"] is None


def test_the_page_uses_nothing_from_elsewhere(client):
    _, _, page = client.ask("")
    assert b"http" not in page
    assert b"style=" not in page
    assert b"<script type" in page
    assert b" on" not in page.replace(b" one", b"").replace(b" on ", b"")


@pytest.mark.parametrize(
    "path",
    [
        "../secret.png",
        "..%2fsecret.png",
        "%2e%2e/secret.png",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "secret.png",
        "0.png",
        "0.png%00",
        "%00",
        "..\\secret.png",
        "....//secret.png",
        "%c0%ae%c0%ae/secret.png",
        "",
        ".",
    ],
)
def test_no_path_reaches_a_file(client, images, path):
    """URLs name images by ids: there is no way to say a path."""
    Image.new("L", (4, 4)).save(images.parent / "secret.png")
    for start in ("", "image/", "api/item/", "page/"):
        if (start, path) not in (("", ""), ("", ".")):
            assert client.ask(start + path)[0] == 404


@pytest.mark.skipif(os.name == "nt", reason="Windows lets only some users make links")
def test_a_link_out_of_the_folder_is_not_served(client, images, ids):
    (name,) = ids("0.png")
    Image.new("L", (4, 4)).save(images.parent / "secret.png")
    (images / "0.png").unlink()
    (images / "0.png").symlink_to(images.parent / "secret.png")
    status, said = client.json(f"image/{name}")
    assert (status, said) == (422, {"error": "a link that leads out of the folder"})


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_hostile_names_are_data(put, serve, ids):
    names = ['<script>alert("1")<&script>.png', "a\r\nSet-Cookie: b=c\r\n\r\n.png", "\udcff.png"]
    for name in names:
        put(name)
    client = serve()
    for name, path in zip(ids(*names), names, strict=True):
        status, headers, body = client.ask(f"api/item/{name}")
        assert (status, headers["Content-Type"]) == (200, "application/json")
        assert headers["Set-Cookie"] is None
        assert json.loads(body)["path"] == path
        assert body.isascii()
        assert client.ask(f"image/{name}")[0] == 200


def test_an_image_with_too_many_pixels_is_not_decoded(put, serve, ids, monkeypatch):
    put("bomb.png", size=(100, 100))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    status, said = serve().json(f"image/{ids('bomb.png')[0]}")
    assert (status, said) == (422, {"error": "more than 1,000 pixels"})


def test_an_image_that_is_a_page_is_not_served_as_one(put, serve, ids):
    put("1.png", b"<!DOCTYPE html><script>alert(1)</script>")
    status, headers, body = serve().ask(f"image/{ids('1.png')[0]}")
    assert (status, headers["Content-Type"]) == (422, "application/json")
    assert b"script" not in body
