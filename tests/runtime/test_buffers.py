"""Buffers: memory comes back when its last view has gone, and never before."""

import gc
import math
import threading

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from minidl.runtime import buffers

SHAPE = (200, 300)  # 240 kB of float32


@pytest.fixture(autouse=True)
def _nothing_held():
    buffers.clear()


def address(array):
    return array.__array_interface__["data"][0]


VIEWS = {
    "slice": lambda a: a[10:20, 5:],
    "one number": lambda a: a[3:4, 4],
    "transpose": lambda a: a.T,
    "reshape": lambda a: a.reshape(-1),
    "dtype": lambda a: a.view("uint32"),
    "view of a view": lambda a: a[1:][::2].T,
    "asarray": lambda a: np.asarray(a[5]),
    "memoryview": lambda a: memoryview(a),
    "memoryview slice": lambda a: memoryview(a.reshape(-1))[7:9],
    "iterator": iter,
    "flat": lambda a: a.flat,
}


@pytest.mark.parametrize("name", VIEWS)
def test_memory_returns_with_the_last_view(name):
    array = buffers.empty(SHAPE, "float32")
    place = address(array)
    view = VIEWS[name](array)
    del array
    other = buffers.empty(SHAPE, "float32")
    assert address(other) != place
    del view
    assert address(buffers.empty(SHAPE, "float32")) == place


def test_memory_returns_from_a_cycle():
    cycle = [buffers.empty(SHAPE, "float32")]
    place = address(cycle[0])
    cycle.append(cycle)
    assert address(buffers.empty(SHAPE, "float32")) != place
    buffers.clear()
    del cycle
    gc.collect()
    assert address(buffers.empty(SHAPE, "float32")) == place


def test_latest_returned_is_first_out():
    first, second = buffers.empty(SHAPE, "float32"), buffers.empty(SHAPE, "float32")
    del first
    place = address(second)
    del second
    assert address(buffers.empty(SHAPE, "float32")) == place


def test_other_shapes_and_dtypes_share_memory():
    array = buffers.empty((200, 300), "float32")
    place = address(array)
    del array
    assert address(buffers.empty((150, 200), "float64")) == place


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "int32", "bool"])
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (7,), (333, 251), (5, 60, 61, 9)])
def test_empty_and_zeros_are_ordinary_arrays(shape, dtype):
    for _ in range(2):  # the second time, with memory that was used before
        array = buffers.empty(shape, dtype)
        assert type(array) is np.ndarray
        assert (array.shape, array.dtype) == (shape, dtype)
        assert array.flags.c_contiguous
        assert array.flags.writeable
        array.fill(1)
        del array
        assert not buffers.zeros(shape, dtype).any()


def test_alignment():
    arrays = [buffers.empty((n,), "uint8") for n in range(buffers.SMALL, buffers.SMALL + 40)]
    assert {address(a) % buffers.ALIGNMENT for a in arrays} == {0}


def test_limit(monkeypatch):
    block = math.prod(SHAPE) * 4
    monkeypatch.setattr(buffers, "LIMIT", 3 * block + block // 2)
    arrays = [buffers.empty(SHAPE, "float32") for _ in range(10)]
    assert buffers.held() == 0
    latest = {address(a) for a in arrays[-2:]}
    while arrays:
        del arrays[0]
    assert 2 * block <= buffers.held() <= buffers.LIMIT
    again = [buffers.empty(SHAPE, "float32") for _ in range(2)]
    assert {address(a) for a in again} == latest


def test_what_is_larger_than_the_limit_is_not_kept(monkeypatch):
    monkeypatch.setattr(buffers, "LIMIT", buffers.SMALL)
    array = buffers.empty(SHAPE, "float32")
    del array
    assert buffers.held() == 0


def test_clear_leaves_what_is_in_use():
    kept, gone = buffers.zeros(SHAPE, "float32"), buffers.empty(SHAPE, "float32")
    del gone
    assert buffers.held() > 0
    buffers.clear()
    assert buffers.held() == 0
    assert not kept.any()
    place = address(kept)
    del kept
    assert address(buffers.empty(SHAPE, "float32")) == place


def test_several_threads():
    wrong = []

    def user(number):
        rng = np.random.default_rng(number)
        kept = []
        for _ in range(200):
            array = buffers.empty((int(rng.integers(17_000, 19_000)),), "float32")
            array.fill(number)
            kept.append(array[::7])
            if len(kept) > 5:
                kept.pop(int(rng.integers(5)))
            wrong.extend(a for a in kept if (a != number).any())

    users = [threading.Thread(target=user, args=(i,)) for i in range(4)]
    for thread in users:
        thread.start()
    for thread in users:
        thread.join()
    assert not wrong


class Sequences(RuleBasedStateMachine):
    """Take, view, copy and drop arrays in any order: none ever changes under its owner."""

    def __init__(self):
        super().__init__()
        self.number = 0
        self.kept = []  # (array, the number that fills it)

    @rule(rows=st.integers(60, 90), dtype=st.sampled_from(["float32", "float64"]))
    def take(self, rows, dtype):
        array = buffers.empty((rows, 300), dtype)
        self.number += 1
        array.fill(self.number)
        self.kept.append((array, self.number))

    @rule(data=st.data())
    def keep_only_a_view(self, data):
        if self.kept:
            i = data.draw(st.integers(0, len(self.kept) - 1))
            array, number = self.kept[i]
            start = data.draw(st.integers(0, len(array) - 1))
            self.kept[i] = np.asarray(memoryview(array)[start:]), number

    @rule(data=st.data())
    def drop(self, data):
        if self.kept:
            self.kept.pop(data.draw(st.integers(0, len(self.kept) - 1)))

    @invariant()
    def nothing_changed(self):
        assert all((array == number).all() for array, number in self.kept)


TestSequences = Sequences.TestCase
TestSequences.settings = settings(max_examples=settings().max_examples // 2)
