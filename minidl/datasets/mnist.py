"""MNIST, handwritten digits: 9,000 of them bundled, all 70,000 on request.

May import ``minidl.data.download`` and ``minidl.data.idx``; tested by
``tests/datasets/test_mnist.py``. Attribution and licence are in ``LICENSE-MNIST.txt``.
"""

import importlib.resources
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from minidl.data.download import Progress, cache_home, download
from minidl.data.idx import read_idx

Arrays = tuple[np.ndarray, np.ndarray]


class RemoteFile(NamedTuple):
    """A file that the mirrors offer: its name, size in bytes and SHA-256."""

    name: str
    size: int
    sha256: str


MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
FILES = {
    "x_train": RemoteFile(
        "train-images-idx3-ubyte.gz",
        9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    "y_train": RemoteFile(
        "train-labels-idx1-ubyte.gz",
        28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    "x_test": RemoteFile(
        "t10k-images-idx3-ubyte.gz",
        1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    "y_test": RemoteFile(
        "t10k-labels-idx1-ubyte.gz",
        4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
}


def load_data(
    full: bool = False,
    cache_dir: str | os.PathLike | None = None,
    progress: Progress | None = None,
) -> tuple[Arrays, Arrays]:
    """Load handwritten digits, as ``(x_train, y_train), (x_test, y_test)``.

    Images are uint8, shape (N, 28, 28), 0 for the paper to 255 for ink; labels are uint8, shape
    (N,), 0 to 9. Each call returns new arrays, which the caller may change.

    Parameters
    ----------
    full : bool
        False: the bundled 8,000 training and 1,000 test images, a shuffled subset of MNIST.
        True: the original 60,000 and 10,000, downloaded once (11.6 MB).
    cache_dir : path, optional
        Folder of the four downloaded files; ``cache_home() / "mnist"`` by default.
    progress : callable, optional
        Called as ``progress(bytes_done, bytes_total)`` during each file's download.

    Raises
    ------
    ConnectionError
        If ``full`` and no mirror delivers a file that is not in the cache.

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = load_data()
    >>> x_train.shape, y_train.shape, x_test.shape, y_test.shape
    ((8000, 28, 28), (8000,), (1000, 28, 28), (1000,))
    """
    arrays = _download(cache_dir, progress) if full else _bundled()
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def _bundled() -> dict[str, np.ndarray]:
    resource = importlib.resources.files("minidl.datasets") / "mnist9k.npz"
    with resource.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        return dict(archive)


def _download(cache_dir, progress) -> dict[str, np.ndarray]:
    folder = cache_home() / "mnist" if cache_dir is None else Path(cache_dir)
    arrays = {}
    for key, (name, size, sha256) in FILES.items():
        urls = [mirror + name for mirror in MIRRORS]
        arrays[key] = read_idx(download(name, urls, sha256, size, folder, progress))
    return arrays
