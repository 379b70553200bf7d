"""BLAS is held to one thread inside the block, and has the user's number after it."""

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from minidl.runtime import blas


def counts():
    return [library["num_threads"] for library in blas.info()]


@pytest.fixture(autouse=True)
def _two_threads():
    """Give BLAS more than one thread, so that the change can be seen on any machine."""
    with threadpool_limits(2, user_api="blas"):
        yield


def test_info_names_numpys_blas():
    known = {library["filepath"] for library in threadpool_info()}
    assert blas.info()
    assert {library["filepath"] for library in blas.info()} <= known


def test_one_thread_inside_and_the_users_after():
    before = counts()
    assert set(before) == {2}
    with blas.single_threaded():
        assert set(counts()) == {1}
        assert np.array_equal(np.ones((50, 50)) @ np.ones((50, 50)), np.full((50, 50), 50))
    assert counts() == before


def test_nests():
    before = counts()
    with blas.single_threaded():
        with blas.single_threaded():
            assert set(counts()) == {1}
        assert set(counts()) == {1}
    assert counts() == before


def test_given_back_after_an_error():
    before = counts()
    with pytest.raises(ZeroDivisionError), blas.single_threaded():
        1 / 0  # noqa: B018
    assert counts() == before


def test_the_user_may_change_the_number_between():
    with blas.single_threaded():
        pass
    with threadpool_limits(1, user_api="blas"):
        with blas.single_threaded():
            assert set(counts()) == {1}
        assert set(counts()) == {1}
    assert set(counts()) == {2}


def test_another_threads_block_inside_ours():
    before = counts()

    def other():
        with blas.single_threaded():
            pass

    thread = threading.Thread(target=other)
    with blas.single_threaded():
        thread.start()
        thread.join()
        assert set(counts()) == {1}  # ours is still open
    assert counts() == before
