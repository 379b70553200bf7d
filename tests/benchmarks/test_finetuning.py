"""The benchmark of fine-tuning: what learns from what, and what it leaves behind."""

import json
import sys

import numpy as np
import pytest

from benchmarks import finetuning as benchmark
from minidl.applications import article_cnn


@pytest.fixture
def trained(monkeypatch):
    """Train nothing, and note what would have been: (pretrained, labels, seed, recipe)."""
    calls = []

    def train(weights, x, y, seed, **recipe):
        calls.append((weights is not None, np.bincount(y), seed, recipe))
        return article_cnn()

    monkeypatch.setattr(benchmark, "train", train)
    monkeypatch.setattr(benchmark, "LABELS", (5, 10))
    return calls


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["finetuning", *arguments])
    benchmark.main()


def test_a_table_a_figure_and_json(trained, monkeypatch, tmp_path, capsys):
    run(monkeypatch, "--seeds", "1", "--out", str(tmp_path))
    found = json.loads((tmp_path / "results" / "finetuning.json").read_text())["accuracy"]
    assert set(found["fine-tuned"]) == {"5", "10"}
    assert (tmp_path / "figures" / "finetuning.png").stat().st_size > 10_000
    said = capsys.readouterr().out
    assert all(f"\n{method} " in said for method in found)
    assert [sum(counts) for _, counts, _, _ in trained[:2]] == [8000, 8000]  # MNIST
    assert {tuple(counts) for _, counts, _, _ in trained[2:]} == {(5,) * 10, (10,) * 10}


def test_choosing_never_looks_at_the_test_digits_nor_at_what_was_learned(
    trained, monkeypatch, tmp_path
):
    judged, accuracy = [], benchmark.accuracy

    def note(model, x, y):
        judged.append(x)
        return accuracy(model, x[:1], y[:1])

    monkeypatch.setattr(benchmark, "accuracy", note)
    mnist, (x, y), (x_test, _) = benchmark.data()
    monkeypatch.setattr(benchmark, "data", lambda: (mnist, (x, y), None))
    run(monkeypatch, "--choose", "--seeds", "1", "--out", str(tmp_path))
    found = json.loads((tmp_path / "results" / "finetuning.json").read_text())["choosing"]
    assert set(found) == set(benchmark.OTHERS)
    assert {seed for _, _, seed, _ in trained} == {benchmark.CHOOSING}
    test = {image.tobytes() for image in x_test}
    for images in judged:
        assert len(images) == 900
        assert not any(image.tobytes() in test for image in images)
