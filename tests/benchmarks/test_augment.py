"""That the benchmark of augmentation measures what it says; not how fast it is."""

import numpy as np

import minidl
from benchmarks import augment


def test_everything_is_measured(monkeypatch):
    rng = np.random.default_rng(0)
    few = rng.integers(0, 256, (70, 28, 28, 1)).astype("uint8"), rng.integers(0, 10, 70)
    monkeypatch.setattr(augment, "digits", lambda: few)
    threads = minidl.get_num_threads()
    rates = augment.images_a_second(1)
    assert len(rates) == 4
    assert min(rates.values()) > 0
    assert minidl.get_num_threads() == threads
    took = augment.seconds_an_epoch(2)
    assert [len(seconds) for seconds in took.values()] == [2, 2, 2]
