"""Settings that every test shares."""

import os

import pytest
from hypothesis import settings

import minidl

#: Scripts run by hand: reference outputs (see the README there), and mutations of the code.
collect_ignore = ["mutation", "reference"]

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=50)
settings.register_profile("deep", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def _same_random_numbers():
    minidl.set_random_seed(0)


@pytest.fixture
def set_num_threads():
    """`minidl.set_num_threads`, undone after the test."""
    before = minidl.get_num_threads()
    yield minidl.set_num_threads
    minidl.set_num_threads(before)
