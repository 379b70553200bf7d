"""What lesson 16 shows of the measurements."""

import json

import pytest

from benchmarks import excerpts
from benchmarks.cases import EPOCH, FIT_STEP


@pytest.fixture(scope="module")
def full():
    return json.loads(excerpts.FULL.read_text(encoding="utf-8"))


def test_the_lesson_shows_the_stored_measurements(full):
    kept = json.loads(excerpts.EXCERPT.read_text(encoding="utf-8"))
    assert kept == excerpts.excerpt(full), "run python -m benchmarks.excerpts"


def test_pytorch_counts_with_the_better_of_its_settings(full):
    shown = excerpts.excerpt(full)["milliseconds"]
    assert set(shown) == set(excerpts.CASES)
    for case, times in shown.items():
        medians = {run["name"]: run["median_ms"] for run in full["results"] if run["case"] == case}
        assert times["PyTorch"] == min(medians["PyTorch"], medians["PyTorch, allocator tuned"])
        assert times["minidl"] == medians["minidl"]


def test_memory_and_the_first_epoch(full):
    shown = excerpts.excerpt(full)
    peaks = {each["name"]: each["peak_mib"] for each in full["memory"] if each["case"] == FIT_STEP}
    assert shown["mib"] == {name: peaks[name] for name in excerpts.LIBRARIES}
    (cold,) = (each for each in full["cold"] if each["case"] == EPOCH)
    assert list(shown["epoch_ms"].values())[:2] == [cold["empty_ms"], cold["filled_ms"]]
