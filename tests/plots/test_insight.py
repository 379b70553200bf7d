"""Activations, maps over images and points: what is drawn, and that it fits."""

import numpy as np
import pytest
from figures import check_layout

from minidl import plots
from minidl.insight import LossSurface


def test_activations():
    rng = np.random.default_rng(0)
    outputs = {
        "conv": rng.normal(size=(2, 6, 6, 20)),
        "a layer with a name that is rather long": rng.normal(size=(2, 3, 3, 2)),
        "dense": rng.normal(size=(2, 10)),
    }
    figure = plots.activations(outputs, 1)
    check_layout(figure)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles[0] == "conv: 6 × 6 × 20, the first 16 maps"
    assert titles[2] == "dense: 10"
    assert np.array_equal(figure.axes[2].images[0].get_array()[0], outputs["dense"][1])


@pytest.mark.parametrize(("count", "channels"), [(1, 1), (8, 3), (12, 1)])
def test_attention(count, channels):
    rng = np.random.default_rng(0)
    maps = rng.random((count, 3, 3))
    images = rng.random((count, 9, 9, channels))
    figure = plots.attention(images, maps, ["seven (99.3 %)"] * count)
    check_layout(figure)
    shown = min(count, 8)
    assert len(figure.axes) == 2 * shown + 1
    assert np.allclose(figure.axes[shown].images[1].get_array(), maps[0] / maps[0].max())


def test_attention_of_signed_channels_takes_the_largest():
    maps = np.zeros((1, 2, 2, 3))
    maps[0, 0, 1] = [1, -4, 2]
    figure = plots.attention(np.zeros((1, 2, 2, 3)), maps)
    assert figure.axes[1].images[1].get_array().tolist() == [[0, 1], [0, 0]]


@pytest.mark.parametrize("classes", [2, 10, 23])
def test_points(classes):
    rng = np.random.default_rng(0)
    places, y = rng.normal(size=(200, 2)), rng.integers(0, classes, 200)
    figure = plots.points(places, y, [f"class {k}" for k in range(classes)], "t-SNE")
    check_layout(figure)
    drawn = [np.asarray(each.get_offsets()) for each in figure.axes[0].collections]
    assert all(np.allclose(drawn[k], places[y == k]) for k in range(classes))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.activations({}), "at least one layer"),
        (lambda: plots.activations({"a": np.ones((2, 3))}, 2), "index needs 0 to 1, got 2"),
        (lambda: plots.attention(np.ones((2, 3, 3)), np.ones((2, 3, 3))), "needs images"),
        (lambda: plots.attention(np.ones((2, 3, 3, 1)), np.ones((1, 3, 3))), "a map for each of 2"),
        (lambda: plots.points(np.ones((2, 3)), [0, 1], ["a", "b"]), r"needs places \(N, 2\)"),
    ],
)
def test_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_loss_surface():
    places = np.linspace(-1, 1, 9)
    loss = 0.3 + places[:, None] ** 2 * 40 + places**2
    loss[0, 0] = np.inf
    figure = plots.loss_surface(LossSurface(places, places, loss))
    check_layout(figure)
    axes, bar = figure.axes
    assert axes.get_xlim() == axes.get_ylim() == (-1, 1)
    assert "Loss" in bar.get_ylabel()


@pytest.mark.parametrize("loss", [np.zeros((2, 2)), np.full((2, 2), 3.0), np.eye(2)])
def test_loss_surface_that_is_flat_or_reaches_zero(loss):
    check_layout(plots.loss_surface(LossSurface(np.arange(2), np.arange(2), loss)))


def test_loss_surface_refuses_what_is_finite_nowhere():
    with pytest.raises(ValueError, match="finite nowhere"):
        plots.loss_surface(LossSurface(np.arange(2), np.arange(2), np.full((2, 2), np.nan)))
