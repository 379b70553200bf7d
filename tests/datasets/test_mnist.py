"""The bundled digits, and the way to all of them from a server on the loopback interface."""

import gzip
import hashlib
import http.server
import struct
import threading

import numpy as np
import pytest

from minidl.datasets import mnist

BUNDLED = {
    "x_train": ((8000, 28, 28), "7028ba62a928e4238e9e7a6e12f57cb8e065a01dca36405255640379c9f42f09"),
    "y_train": ((8000,), "f6c4a999ce119abc43bf35c754258a19e2bc2b38edbf58b62ec28ad7be6eee66"),
    "x_test": ((1000, 28, 28), "b5ba27220be99338a9c8e8eb1a23783003b46d5e3114d44fa03a62cebfe00292"),
    "y_test": ((1000,), "b925d25cd2b7c1458fe34bc614f44a8807f25b839faf6c8f03070602d17d8cc9"),
}


def load(**arguments):
    (x_train, y_train), (x_test, y_test) = mnist.load_data(**arguments)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


def pack(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


@pytest.mark.parametrize("name", BUNDLED)
def test_bundled_digits(name):
    shape, sha256 = BUNDLED[name]
    array = load()[name]
    assert array.dtype == np.uint8
    assert array.shape == shape
    assert hashlib.sha256(array.tobytes()).hexdigest() == sha256


def test_bundled_labels_are_all_the_digits():
    data = load()
    for labels in (data["y_train"], data["y_test"]):
        assert set(labels.tolist()) == set(range(10))
        assert np.bincount(labels).min() > len(labels) / 20


def test_bundled_images_use_the_whole_range():
    data = load()
    for images in (data["x_train"], data["x_test"]):
        assert images.min() == 0
        assert images.max() == 255
        assert images.any(axis=(1, 2)).all()


def test_each_call_gives_arrays_to_write_in():
    first = load()
    for array in first.values():
        array[...] = 77
    second = load()
    assert all((array != 77).any() for array in second.values())


def test_the_licence_travels_with_the_data():
    folder = mnist.importlib.resources.files("minidl.datasets")
    text = (folder / "LICENSE-MNIST.txt").read_text("utf-8")
    for words in ("LeCun", "Cortes", "Burges", "creativecommons.org/licenses/by-sa/3.0/", "MIT"):
        assert words in text


def test_the_sums_of_the_originals_are_well_formed():
    assert set(mnist.FILES) == set(BUNDLED)
    for file in mnist.FILES.values():
        assert file.name.endswith("-ubyte.gz")
        assert len(bytes.fromhex(file.sha256)) == 32
    assert sum(file.size for file in mnist.FILES.values()) == 11_594_722
    assert all(mirror.endswith("/") for mirror in mnist.MIRRORS)


@pytest.fixture
def originals():
    """Return four arrays that stand for the whole of MNIST."""
    rng = np.random.default_rng(0)
    shapes = {"x_train": (6, 28, 28), "y_train": (6,), "x_test": (2, 28, 28), "y_test": (2,)}
    return {name: rng.integers(0, 256, shape, np.uint8) for name, shape in shapes.items()}


@pytest.fixture
def requests(originals, tmp_path, monkeypatch):
    """Serve the originals, make the module believe in them, and return the paths asked for."""
    served = tmp_path / "served"
    served.mkdir()
    files = {}
    for key, array in originals.items():
        name, data = mnist.FILES[key].name, gzip.compress(pack(array))
        (served / name).write_bytes(data)
        files[key] = mnist.RemoteFile(name, len(data), hashlib.sha256(data).hexdigest())
    paths = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=served)

        def log_message(self, *_):
            paths.append(self.path)

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    mirror = f"http://127.0.0.1:{server.server_port}/"
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("MINIDL_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(mnist, "FILES", files)
    monkeypatch.setattr(mnist, "MIRRORS", (mirror + "gone/", mirror))
    yield paths
    server.shutdown()
    server.server_close()
    thread.join()


def assert_equal(result, expected):
    assert list(result) == list(expected)
    for name, array in expected.items():
        np.testing.assert_array_equal(result[name], array, strict=True)
        assert result[name].flags.writeable


def test_the_whole_is_downloaded_once(requests, originals, tmp_path):
    assert_equal(load(full=True), originals)
    names = {file.name for file in mnist.FILES.values()}
    assert names <= {path.name for path in (tmp_path / "home" / "mnist").iterdir()}
    assert names <= {path.lstrip("/") for path in requests}

    requests.clear()
    assert_equal(load(full=True), originals)
    assert requests == []


def test_the_whole_in_a_folder_of_choice(requests, originals, tmp_path):
    calls = []
    folder = tmp_path / "chosen"
    assert_equal(
        load(full=True, cache_dir=folder, progress=lambda *call: calls.append(call)), originals
    )
    assert not (tmp_path / "home").exists()
    assert (folder / "train-images-idx3-ubyte.gz").exists()
    assert [total for done, total in calls if done == total] == [
        file.size for file in mnist.FILES.values()
    ]


def test_an_unreachable_whole_leaves_the_bundled_digits(requests, monkeypatch):
    monkeypatch.setattr(mnist, "MIRRORS", (mnist.MIRRORS[0],))
    with pytest.raises(ConnectionError, match="train-images-idx3-ubyte"):
        load(full=True)
    assert load()["x_train"].shape == (8000, 28, 28)
