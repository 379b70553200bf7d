"""Memory while `fit` runs: taken in the first epoch, and no more of it in the later ones."""

import pathlib
import re
import sys

import numpy as np
import pytest

import minidl

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for resident memory")

MIB = 1024**2


class Resident(minidl.callbacks.Callback):
    """Notes the bytes of resident memory after each epoch."""

    def __init__(self):
        self.bytes = []

    def on_epoch_end(self, epoch, logs):
        status = pathlib.Path("/proc/self/status").read_text("utf-8")
        self.bytes.append(int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024)


@pytest.mark.parametrize("fusion", [True, False])
def test_flat_after_the_first_epoch(fusion, monkeypatch):
    monkeypatch.setattr(minidl.config, "fusion", fusion)
    rng = np.random.default_rng(0)
    x = rng.random((640, 28, 28, 1), np.float32)
    y = rng.integers(0, 10, 640)
    model = minidl.applications.article_cnn()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    resident = Resident()
    model.fit(x, y, batch_size=64, epochs=6, verbose=0, callbacks=[resident])
    # A step of this network makes about 20 MiB of arrays: one that stayed would show.
    growth = [(later - resident.bytes[0]) / MIB for later in resident.bytes[1:]]
    assert max(growth) < 1, growth
