"""A mirror on the loopback interface that answers as a test tells it to."""

import http.server
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest


@dataclass
class Mirror:
    """What to answer, request by request (the last answer repeats), and what was asked."""

    url: str
    answers: list[Callable] = field(default_factory=list)
    ranges: list[str | None] = field(default_factory=list)
    sent: int = 0

    def serve(self, content, *, stop=None, ranges=True, start=None, length=True):
        """Answer with the content, as a good server does.

        ``stop`` closes the connection after so many bytes of the body, ``ranges=False`` ignores
        the header Range, ``start`` answers for another range, ``length=False`` does not announce
        the length.
        """

        def answer(handler):
            asked = handler.headers["Range"] if ranges else None
            first = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
            if start is not None:
                first = start
            if asked and first >= len(content):
                self._refuse(handler, 416)
                return
            body = content[first:]
            handler.send_response(206 if asked else 200)
            if asked:
                last, total = len(content) - 1, len(content)
                handler.send_header("Content-Range", f"bytes {first}-{last}/{total}")
            if length:
                handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            self._send(handler, body[:stop])

        self.answers.append(answer)

    def serve_endlessly(self, content):
        """Send the content again and again until the client hangs up."""

        def answer(handler):
            handler.send_response(200)
            handler.end_headers()
            while self._send(handler, content):
                pass

        self.answers.append(answer)

    def fail(self, status, **headers):
        def answer(handler):
            self._refuse(handler, status, **headers)

        self.answers.append(answer)

    def _refuse(self, handler, status, **headers):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()

    def _send(self, handler, body):
        self.sent += len(body)
        try:
            handler.wfile.write(body)
        except ConnectionError:
            return False
        return True


@pytest.fixture
def make_mirror(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    servers = []

    def make():
        def answer(handler):
            mirror.ranges.append(handler.headers["Range"])
            mirror.answers[min(len(mirror.ranges), len(mirror.answers)) - 1](handler)

        handler_class = type(
            "Handler",
            (http.server.BaseHTTPRequestHandler,),
            {"do_GET": answer, "log_message": lambda *_: None},
        )
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler_class)
        server.daemon_threads = False  # so that server_close() waits for them
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        mirror = Mirror(f"http://127.0.0.1:{server.server_port}/file")
        return mirror

    yield make
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def mirror(make_mirror):
    return make_mirror()
