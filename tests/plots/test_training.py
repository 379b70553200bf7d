"""Curves of training and of learning from ever more labels."""

import numpy as np
import pytest
from figures import check_layout

from minidl import plots
from minidl.callbacks import History
from minidl.data.active import LearningCurve


def history(epochs, *names):
    return {name: [1 / (i + 1) for i in range(epochs)] for name in names}


@pytest.mark.parametrize("epochs", [1, 5, 100])
def test_curves(epochs):
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    figure = plots.curves(history(epochs, *names))
    check_layout(figure)
    for axes, name in zip(figure.axes, names[:2], strict=True):
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("Epoch", name.capitalize())
        assert [text.get_text() for text in axes.get_legend().get_texts()] == [
            "Training",
            "Validation",
        ]
        assert all(tick == int(tick) for tick in axes.get_xticks())
        for line in axes.lines:
            assert list(line.get_xdata()) == list(range(1, epochs + 1))
            assert list(line.get_ydata()) == history(epochs, name)[name]


def test_curves_of_what_fit_returns():
    returned = History()
    for epoch in range(3):
        returned.on_epoch_end(epoch, {"loss": 1.0 - epoch / 4})
    (axes,) = plots.curves(returned).axes
    assert list(axes.lines[0].get_ydata()) == [1.0, 0.75, 0.5]


def test_curves_of_an_epoch_that_was_not_validated():
    figure = plots.curves({"loss": [3, 2, 1], "val_loss": [3, 2]})
    assert [len(line.get_xdata()) for line in figure.axes[0].lines] == [3, 2]


def test_curves_of_nothing():
    with pytest.raises(ValueError, match="no epoch"):
        plots.curves({})


def learning_curve(strategy, accuracy, step=100):
    labels = step * np.arange(1, len(accuracy) + 1)
    return LearningCurve(strategy, labels, np.array(accuracy), np.arange(labels[-1]))


def test_learning_curves():
    curves = [
        learning_curve("margin", [0.5, 0.9, 1.0]),
        learning_curve("random", [0.5, 0.7]),
        learning_curve("margin", [0.7, 0.9, 0.8]),
    ]
    figure = plots.learning_curves(curves, target=0.8)
    check_layout(figure)
    (axes,) = figure.axes
    margin, random, target = axes.lines
    np.testing.assert_array_equal(margin.get_xdata(), [100, 200, 300])
    np.testing.assert_allclose(margin.get_ydata(), [0.6, 0.9, 0.9])
    np.testing.assert_allclose(random.get_ydata(), [0.5, 0.7])
    assert set(target.get_ydata()) == {0.8}
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["margin", "random"]
    (band,) = axes.collections  # a single run has none
    corners = band.get_paths()[0].vertices
    for labels, low, high in ((100, 0.5, 0.7), (200, 0.9, 0.9), (300, 0.8, 1.0)):
        heights = corners[corners[:, 0] == labels, 1]
        assert (heights.min(), heights.max()) == pytest.approx((low, high))


def test_learning_curves_refuse():
    with pytest.raises(ValueError, match="there is no curve"):
        plots.learning_curves([])
    curves = [learning_curve("margin", [0.5]), learning_curve("margin", [0.5], step=50)]
    with pytest.raises(ValueError, match="runs of 'margin' differ"):
        plots.learning_curves(curves)


def test_few_labels():
    found = {"from scratch": {5: [0.7, 0.9], 50: [0.9, 0.9]}, "fine-tuned": {5: [0.9, 0.9]}}
    figure = plots.few_labels(found, target=0.95)
    check_layout(figure)
    (axes,) = figure.axes
    scratch, tuned = axes.containers
    np.testing.assert_allclose(scratch[0].get_xydata(), [[5, 0.8], [50, 0.9]])
    np.testing.assert_allclose(tuned[0].get_xydata(), [[5, 0.9]])
    bar = scratch[2][0].get_segments()[0]
    np.testing.assert_allclose(bar, [[5, 0.7], [5, 0.9]])
    assert set(axes.lines[-1].get_ydata()) == {0.95}
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(found)
    with pytest.raises(ValueError, match="there is no method"):
        plots.few_labels({})


@pytest.mark.parametrize("steps", [1, 20, 400])
def test_gradient_norms(steps):
    rng = np.random.default_rng(0)
    norms = {f"layer_{i}": list(rng.random(steps) * 10.0**-i) for i in range(4)}
    figure = plots.gradient_norms(norms)
    check_layout(figure)
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == list(norms)
    last = next(line for line in figure.axes[0].lines if line.get_label() == "layer_3")
    window = max(1, steps // 25) if steps > 50 else 1
    assert last.get_ydata()[-1] == pytest.approx(np.mean(norms["layer_3"][-window:]))


def test_gradient_norms_of_frozen_steps_are_gaps():
    norms = {"frozen": [np.nan] * 60 + [1.0] * 60, "zero": [0.0] * 120}
    figure = plots.gradient_norms(norms)
    lines = {line.get_label(): line.get_ydata() for line in figure.axes[0].lines}
    assert np.isnan(lines["frozen"][:60]).all()
    assert (lines["frozen"][60:] == 1).all()
    assert np.isnan(lines["zero"]).all()


def test_gradient_norms_refuses_none():
    with pytest.raises(ValueError, match="no step"):
        plots.gradient_norms({})
