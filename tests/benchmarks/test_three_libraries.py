"""The article's program in three libraries: what is run, and what is kept of it."""

import json
import pathlib
import sys

import numpy as np
import pytest

import minidl
from benchmarks import three_libraries

ARTICLE = pathlib.Path(__file__).parents[1] / "reference" / "article.txt"
GUESS = """import numpy as np
def predict(images):
    return np.eye(10)[np.zeros(len(images), int)]
{"loss": [2.3, 2.0], "accuracy": [0.1, float(len(train_images))]}"""


def test_the_lesson_has_the_articles_program_word_for_word():
    assert three_libraries.programs()["ARTICLE"] == ARTICLE.read_text("utf-8").strip()


def test_the_stored_results_are_those_of_the_lessons_programs():
    stored = json.loads(three_libraries.RESULTS.read_text("utf-8"))
    assert stored["programs"] == three_libraries.checksums(), (
        "run python -m benchmarks.three_libraries"
    )
    for found in stored["results"].values():
        assert np.shape(found["loss"]) == np.shape(found["accuracy"]) == (3, 5)
        assert np.shape(found["test"]) == (3,)


def test_a_program_runs_in_a_process_of_its_own(monkeypatch):
    monkeypatch.setattr(three_libraries, "programs", lambda: {"ARTICLE": GUESS})
    found = three_libraries.measure("minidl", sys.executable, (0,))
    assert found["loss"] == [[2.3, 2.0]]
    assert found["accuracy"] == [[0.1, 8000.0]]
    _, (_, y_test) = minidl.datasets.mnist.load_data()
    assert found["test"] == [pytest.approx((y_test == 0).mean())]
    assert found["versions"] == {"minidl": minidl.__version__}
