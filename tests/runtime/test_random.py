"""One source of random numbers: the same seed, the same numbers."""

import numpy as np
import pytest

import minidl
from minidl.runtime import random


def draw():
    return random.generator().random(5).tolist()


@pytest.mark.parametrize("seed", [0, 7, 2**80, np.int64(7)])
def test_same_seed_same_numbers(seed):
    minidl.set_random_seed(seed)
    first, second = draw(), draw()
    assert first != second
    minidl.set_random_seed(seed)
    assert [draw(), draw()] == [first, second]


def test_other_seed_other_numbers():
    minidl.set_random_seed(1)
    first = draw()
    minidl.set_random_seed(2)
    assert draw() != first


def test_numbers_within_a_block_are_its_own():
    minidl.set_random_seed(5)
    expected = [draw(), draw()]
    minidl.set_random_seed(5)
    first = draw()
    with random.seeded(7):
        draw()
    assert [first, draw()] == expected
    before = random.generator()
    with pytest.raises(ValueError, match="seeded: needs a whole number"), random.seeded(-1):
        pass
    assert random.generator() is before


def test_numpys_own_state_is_left_alone():
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    minidl.set_random_seed(3)
    draw()
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002


def test_dropout_draws_from_it():
    x = np.ones((50, 50), "float32")
    minidl.set_random_seed(4)
    first = minidl.ops.dropout(x, 0.5)
    minidl.set_random_seed(4)
    assert np.array_equal(minidl.ops.dropout(x, 0.5), first)
    assert not np.array_equal(minidl.ops.dropout(x, 0.5), first)


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, [1]])
def test_refuses(seed):
    minidl.set_random_seed(5)
    first = draw()
    with pytest.raises(ValueError, match="set_random_seed: needs a whole number of at least 0"):
        minidl.set_random_seed(seed)
    minidl.set_random_seed(5)
    assert draw() == first
