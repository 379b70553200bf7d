"""A client for the labelling page's server."""

import contextlib
import http.client
import json
import urllib.parse


class Client:
    """A client of a server on the loopback interface, for which nothing is too rude."""

    def __init__(self, url):
        self.url = urllib.parse.urlsplit(url)

    def ask(self, path, body=None, method=None, headers=(), token=True):
        """Return (status, headers, body) of an answer; a body that is no bytes is sent as JSON."""
        connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=20)
        headers = dict(headers)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        method = method or ("GET" if body is None else "POST")
        with contextlib.closing(connection):
            connection.request(method, self.url.path + path if token else path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def json(self, *arguments, **options):
        """Return (status, JSON) of an answer."""
        status, _, body = self.ask(*arguments, **options)
        return status, json.loads(body)
