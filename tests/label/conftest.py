"""A folder of small images, and a labelling of it."""

import threading

import numpy as np
import pytest
from label_client import Client
from PIL import Image

from minidl.label.folder import Folder
from minidl.label.journal import Journal
from minidl.label.session import Session


@pytest.fixture
def put(tmp_path):
    """Write an image of one colour, or given bytes, below `tmp_path / "images"`."""

    def put(name, content="red", size=(12, 8)):
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            Image.new("RGB", size, content).save(path)
        return path

    return put


@pytest.fixture
def images(put, tmp_path):
    """A folder of six images of two colours, without sub-folders."""
    for i in range(6):
        put(f"{i}.png", ["red", "blue"][i % 2])
    return tmp_path / "images"


@pytest.fixture
def open_session(tmp_path):
    """Open a labelling of `tmp_path / "images"`; it is closed after the test."""
    sessions = []

    def open_session(classes=("cat", "dog"), journal="labels.jsonl", **options):
        folder = Folder(tmp_path / "images")
        sessions.append(Session(folder, Journal(tmp_path / journal), classes, **options))
        return sessions[-1]

    yield open_session
    for session in sessions:
        session.close()


@pytest.fixture
def ids(tmp_path):
    """Return the ids of images by their names."""

    def ids(*names):
        folder = Folder(tmp_path / "images")
        return [folder.find(name) for name in names]

    return ids


@pytest.fixture
def noise():
    """Return noisy pixels of a colour, uint8 (H, W, 3)."""

    def noise(colour, seed, size=(16, 16)):
        rng = np.random.default_rng(seed)
        x = np.array(colour) + rng.integers(-30, 30, (*size, 3))
        return np.clip(x, 0, 255).astype(np.uint8)

    return noise


@pytest.fixture
def serve(open_session):
    """Serve a labelling of `tmp_path / "images"` from a thread; returns a `Client`."""
    pytest.importorskip("bottle", reason="needs the extra 'label'")
    pytest.importorskip("waitress", reason="needs the extra 'label'")
    from minidl.label.server import Server

    running = []

    def serve(**options):
        server = Server(open_session(**options))
        thread = threading.Thread(target=server.run)
        thread.start()
        running.append((server, thread))
        return Client(server.url)

    yield serve
    for server, thread in running:
        server.stop()
        thread.join()
