"""The page's server: HTTP on the loopback interface, for one user who knows the token.

Bottle finds the function for a URL, and Waitress speaks HTTP: two small packages in plain Python
with no dependencies of their own, and threads rather than coroutines, which suits a server whose
work is to wait for a disk and to decode images. May import `minidl.label.session` and its like;
tested by ``tests/label/test_server.py`` and ``tests/label/test_security.py``.

Three things keep other people and other pages out. The socket listens on 127.0.0.1 only. Every
URL starts with a random token. And the headers Host and Origin need to name this server, so that
neither a foreign page, nor a foreign name that resolves to 127.0.0.1, has a say.
"""

import hmac
import importlib.resources
import json
import secrets
import socket
import threading
from http import HTTPStatus
from pathlib import Path

from minidl.label.journal import ConflictError
from minidl.label.session import conflict

HOST = "127.0.0.1"
LARGEST_BODY = 1 << 25  # bytes; a mask of a large image has millions of runs at worst
LARGEST_HEADER = 1 << 14
THREADS = 6

MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Server:
    """A server that listens from the start, and answers while `run` runs.

    Parameters
    ----------
    session : minidl.label.session.Session
    port : int
        0: any that is free.

    Raises
    ------
    ModuleNotFoundError
        Without the packages of the extra "label".
    OSError
        If the port is taken.
    """

    def __init__(self, session, port=0):
        import waitress

        self.token = secrets.token_urlsafe(24)
        self._sockets = {}
        self._left = {}
        self._stopping = threading.Lock()
        self._server = waitress.create_server(
            self._answer,
            self._sockets,
            sockets=[socket.create_server((HOST, port))],
            threads=THREADS,
            ident=None,
            clear_untrusted_proxy_headers=True,
            max_request_body_size=LARGEST_BODY,
            max_request_header_size=LARGEST_HEADER,
        )
        self.port = self._server.socket.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}/{self.token}/"
        self._hosts = {f"{name}:{self.port}" for name in (HOST, "localhost")}
        self._app = application(session)

    def run(self):
        """Answer requests until `stop`, or Ctrl-C."""
        self._server.run()
        self._server.task_dispatcher.shutdown()
        with self._stopping:
            self._close(self._left or self._sockets)

    def stop(self):
        """Let `run`, in another thread, return."""
        with self._stopping:  # what is written to here must not be closed meanwhile
            self._server.trigger.pull_trigger(self._leave)

    def _leave(self):
        """End Waitress's loop, which goes on for as long as it has sockets."""
        self._left = dict(self._sockets)
        self._sockets.clear()

    def _close(self, sockets):
        for dispatcher in list(sockets.values()):
            dispatcher.close()

    def _answer(self, environ, start_response):
        """Answer a request: WSGI."""
        refusal = self._refusal(environ)
        if refusal:
            body = refusal.phrase.encode()
            headers = {"Content-Type": "text/plain", "Content-Length": str(len(body)), **HEADERS}
            start_response(f"{refusal.value} {refusal.phrase}", list(headers.items()))
            return [body]
        environ["PATH_INFO"] = environ["PATH_INFO"][1 + len(self.token) :]
        return self._app(environ, start_response)

    def _refusal(self, environ):
        """Return why a request is refused before anyone looks at what it asks for, or None."""
        if environ.get("HTTP_HOST", "").lower() not in self._hosts:
            return HTTPStatus.MISDIRECTED_REQUEST
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and origin.removeprefix("http://") not in self._hosts:
            return HTTPStatus.FORBIDDEN
        if environ.get("HTTP_SEC_FETCH_SITE", "none") not in ("none", "same-origin"):
            return HTTPStatus.FORBIDDEN
        token, slash, _ = environ["PATH_INFO"].removeprefix("/").partition("/")
        # In constant time, so that how long a refusal takes says nothing of the token.
        known = hmac.compare_digest(token.encode("latin-1"), self.token.encode())
        return None if known and slash else HTTPStatus.NOT_FOUND


def application(session):
    """Return the WSGI application behind the token."""
    import bottle

    app = bottle.Bottle(catchall=True)
    app.default_error_handler = _error
    page = {
        file.name: (MEDIA_TYPES[Path(file.name).suffix], file.read_bytes())
        for file in importlib.resources.files("minidl.label").joinpath("page").iterdir()
    }

    def route(path, answer, method="GET"):
        app.route(path, method, lambda **parts: _json(answer, **parts))

    def show(name="index.html"):
        return _reply(200, *page[name]) if name in page else _error_reply(404, "no such page")

    def picture(name):
        try:
            return _reply(200, *session.folder.picture(session.folder.images[name]))
        except KeyError:
            return _error_reply(404, "there is no such image")
        except ValueError as error:
            return _error_reply(422, str(error))

    app.route("/", "GET", show)
    app.route("/<name>", "GET", show)
    app.route("/image/<name>", "GET", picture)
    route("/api/state", session.state)
    route("/api/item/<name>", session.item)
    route("/api/next", lambda: session.next(**_query()))
    route("/api/label", lambda: session.save(**_body("id", "version", "annotation")), "POST")
    route("/api/undo", lambda: session.undo(**_body("id", "version")), "POST")
    route("/api/classes", lambda: session.add_class(**_body("name")), "POST")
    route("/api/learn", lambda: session.learn(**_body()), "POST")
    return app


def _json(answer, **parts):
    """Reply with what `answer` returns, or with the error that it raises."""
    try:
        return _reply(200, "application/json", _dump(answer(**parts)))
    except ConflictError as error:
        return _reply(409, "application/json", _dump(conflict(error)))
    except LookupError as error:
        return _error_reply(404, str(error))
    except ValueError as error:
        return _error_reply(400, str(error))
    except OSError as error:  # the disk is full, or the journal gone
        return _error_reply(500, f"not saved: {error.strerror or error}")


def _query():
    from bottle import request

    query = request.query
    step = {"-1": -1}.get(query.get("step"), 1)
    return {"name": query.get("filter"), "after": query.get("after") or None, "step": step}


def _body(*names):
    """Return the body's JSON object, which needs exactly these keys, as arguments."""
    from bottle import HTTPError, request

    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise HTTPError(415, "the body needs to be application/json")
    try:
        body = json.loads(request.body.read())
    except (ValueError, RecursionError):
        raise ValueError("the body is not JSON") from None
    if not isinstance(body, dict) or set(body) != set(names):
        raise ValueError(f"the body needs an object with {', '.join(names) or 'nothing'}")
    return {"name" if key == "id" else key: value for key, value in body.items()}


def _dump(value):
    return json.dumps(value).encode()


def _reply(status, media_type, body):
    import bottle

    return bottle.HTTPResponse(body, status, {"Content-Type": media_type, **HEADERS})


def _error_reply(status, text):
    return _reply(status, "application/json", _dump({"error": text}))


def _error(error):
    """Give Bottle's own errors the form of ours, with nothing in it of what was asked for."""
    from bottle import response

    for name, value in {"Content-Type": "application/json", **HEADERS}.items():
        response.set_header(name, value)
    return _dump({"error": HTTPStatus(error.status_code).phrase})
