"""The pool of threads: tiles, errors, nesting, several users, fork."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minidl
from minidl.runtime import threads


def python(code, **environment):
    """Run Python code in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@given(
    length=st.integers(0, 10_000),
    work=st.floats(0, 1e9),
    most=st.integers(1, 20),
)
def test_tiles_cover_the_range_once(length, work, most):
    tiles = threads.tiles(length, work, most)
    assert [i for start, stop in tiles for i in range(start, stop)] == list(range(length))
    assert 1 <= len(tiles) <= most
    sizes = [stop - start for start, stop in tiles]
    assert max(sizes) - min(sizes) <= 1


def test_little_work_is_one_tile():
    assert len(threads.tiles(1000, threads.GRAIN / 1001)) == 1
    assert len(threads.tiles(1000, threads.GRAIN)) == threads.MAX_TILES


@given(length=st.integers(0, 1000), work=st.floats(0, 1e6))
def test_tiles_do_not_depend_on_threads(length, work):
    before = minidl.get_num_threads()
    found = []
    for n in (1, 2, 7):
        minidl.set_num_threads(n)
        found.append(threads.tiles(length, work))
    minidl.set_num_threads(before)
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_every_tile_runs_once(set_num_threads, n, count):
    set_num_threads(n)
    seen = []
    threads.run(lambda i, square: seen.append((i, square)), [(i, i * i) for i in range(count)])
    assert sorted(seen) == [(i, i * i) for i in range(count)]


def test_tiles_run_side_by_side(set_num_threads):
    set_num_threads(2)
    both = threading.Barrier(2, timeout=30)  # breaks, unless two threads meet
    threads.run(lambda _: both.wait(), [(0,), (1,)])


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_is_raised_and_the_pool_works_on(set_num_threads, n, error):
    set_num_threads(n)

    def task(i):
        if i == 5:
            raise error("tile 5")

    for _ in range(3):
        with pytest.raises(error, match="tile 5"):
            threads.run(task, [(i,) for i in range(9)])
    seen = []
    threads.run(seen.append, [(i,) for i in range(9)])
    assert sorted(seen) == list(range(9))


def test_an_error_waits_for_the_tiles_that_had_begun(set_num_threads):
    set_num_threads(2)
    both, ended = threading.Barrier(2, timeout=30), threading.Event()

    def task(i):
        both.wait()
        if i == 0:
            raise ValueError("the first")
        ended.set()

    with pytest.raises(ValueError, match="the first"):
        threads.run(task, [(0,), (1,)])
    assert ended.is_set()


def test_run_within_run(set_num_threads):
    set_num_threads(3)
    seen = []
    threads.run(
        lambda i: threads.run(lambda j: seen.append((i, j)), [(j,) for j in range(4)]),
        [(i,) for i in range(5)],
    )
    assert sorted(seen) == [(i, j) for i in range(5) for j in range(4)]


def test_several_threads_use_the_pool(set_num_threads):
    set_num_threads(2)
    found = {}

    def user(name):
        total = []
        for _ in range(50):
            threads.run(total.append, [(i,) for i in range(20)])
        found[name] = sum(total)

    users = [threading.Thread(target=user, args=(name,)) for name in range(4)]
    for thread in users:
        thread.start()
    for thread in users:
        thread.join()
    assert found == dict.fromkeys(range(4), 50 * sum(range(20)))


def test_users_threads_get_the_same_numbers(set_num_threads):
    set_num_threads(2)
    x = np.random.default_rng(0).normal(size=(8, 40, 40, 4)).astype("float32")
    kernel = np.ones((3, 3, 4, 8), "float32")
    expected = minidl.ops.conv2d(x, kernel)
    found = [None] * 4

    def user(i):
        found[i] = minidl.ops.conv2d(x, kernel)

    users = [threading.Thread(target=user, args=(i,)) for i in range(4)]
    for thread in users:
        thread.start()
    for thread in users:
        thread.join()
    assert all(np.array_equal(f, expected) for f in found)


if hasattr(os, "fork"):

    def test_fork():
        code = """
import os, warnings
import numpy as np, minidl, threading
warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 on: fork beside threads
minidl.set_num_threads(2)
a, b = np.ones((200, 700)), np.ones((700, 300))
x, kernel = np.ones((4, 60, 60, 3), "float32"), np.ones((3, 3, 3, 8), "float32")

def right():
    both = threading.Barrier(2, timeout=30)  # breaks, unless two threads meet
    minidl.runtime.threads.run(lambda _: both.wait(), [(0,), (1,)])
    return (minidl.ops.matmul(a, b) == 700).all() and (minidl.ops.conv2d(x, kernel) == 27).all()

assert right()
child = os.fork()
if child == 0:
    os._exit(0 if right() else 1)
assert os.waitpid(child, 0)[1] == 0
assert right()
print("both right")
"""
        result = python(code)
        assert (result.stdout, result.stderr) == ("both right\n", "")


@pytest.mark.parametrize("n", [0, -1, 1.5, 2.0, True, "2", None, [2]])
def test_set_num_threads_refuses(n):
    before = minidl.get_num_threads()
    with pytest.raises(ValueError, match="set_num_threads: needs a whole number of at least 1"):
        minidl.set_num_threads(n)
    assert minidl.get_num_threads() == before


def test_set_num_threads_takes_numpy_integers(set_num_threads):
    set_num_threads(np.int64(3))
    assert minidl.get_num_threads() == 3


def test_environment_sets_the_number():
    result = python("import minidl; print(minidl.get_num_threads())", MINIDL_NUM_THREADS="3")
    assert result.stdout == "3\n"


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", ""])
def test_environment_is_checked(value):
    result = python("import minidl", MINIDL_NUM_THREADS=value)
    assert result.returncode == 1
    assert result.stderr.endswith(
        f"ValueError: MINIDL_NUM_THREADS: needs a whole number of at least 1, got {value!r}\n"
    )
