"""The article's code block, with only its import line changed, on real digits."""

import pathlib

import numpy as np
import pytest

import minidl

BLOCK = (pathlib.Path(__file__).parent / "reference" / "article.txt").read_text("utf-8")
OURS = BLOCK.replace("import tensorflow as tf", "import minidl as tf")


@pytest.fixture(scope="module")
def digits():
    (x, y), (x_test, y_test) = minidl.datasets.mnist.load_data()
    return (x[..., np.newaxis] / 255, y), (x_test[..., np.newaxis] / 255, y_test)


def run(train_images, train_labels):
    names = {"train_images": train_images, "train_labels": train_labels}
    exec(OURS, names)
    return names["model"]


def test_five_seeds_read_at_least_95_5_percent_of_the_test_digits(digits):
    train, test = digits
    accuracies = []
    for seed in range(5):
        minidl.set_random_seed(seed)
        accuracies.append(run(*train).evaluate(*test, verbose=0)[1])
    assert np.mean(accuracies) >= 0.955, accuracies


def test_only_the_import_line_changes():
    ours, theirs = OURS.splitlines(), BLOCK.splitlines()
    assert [a for a, b in zip(ours, theirs, strict=True) if a != b] == ["import minidl as tf"]


def test_raw_images_get_an_error_that_says_what_to_do():
    (x, y), _ = minidl.datasets.mnist.load_data()
    with pytest.raises(
        ValueError, match=r"\(N, 28, 28, 1\), got \(8000, 28, 28\).*np\.newaxis.*x / 255"
    ):
        run(x, y)
