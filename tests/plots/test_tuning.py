"""Figures of range tests and searches: what stands where, and nothing cut off."""

import numpy as np
import pytest
from figures import check_layout

from minidl import plots
from minidl.tuning import RangeTest, Search, Trial


def test_range_test():
    rates = np.geomspace(1e-5, 1, 50)
    losses = np.concatenate([np.linspace(2, 0.5, 45), np.geomspace(1, 100, 5)])
    figure = plots.range_test(RangeTest(rates, losses, losses + 0.1, 3e-3))
    check_layout(figure)
    (axes,) = figure.axes
    batch, mean, suggestion = axes.lines
    np.testing.assert_array_equal(batch.get_ydata(), losses)
    np.testing.assert_array_equal(mean.get_ydata(), losses + 0.1)
    assert set(suggestion.get_xdata()) == {3e-3}
    assert axes.get_legend().get_texts()[2].get_text() == "Steepest fall: 0.003"
    assert axes.get_ylim()[1] < 4  # the explosion does not flatten the rest


def trials():
    settings = [
        {"learning_rate": 10.0**-i, "units": 8 * (i + 1), "kind": "ab"[i % 2], "deep": i < 2}
        for i in range(4)
    ]
    found = [Trial(i, each, 1 + 2 * (i == 3), 0.2 * i) for i, each in enumerate(settings)]
    return [*found, Trial(4, settings[0], 9, -np.inf, "failed")]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_search(count):
    names = ["learning_rate", "units", "kind", "deep"][:count]
    figure = plots.search(Search(trials()), names)
    check_layout(figure)
    assert [axes.get_xlabel() for axes in figure.axes] == names
    assert figure.get_suptitle() == "4 trials; ringed: the best"
    assert figure.axes[0].get_xscale() == "log"
    for axes in figure.axes:
        points, ring = axes.collections
        np.testing.assert_allclose(points.get_offsets()[:, 1], [0, 0.2, 0.4, 0.6])
        np.testing.assert_allclose(ring.get_offsets(), points.get_offsets()[[3]])
        assert points.get_sizes()[3] > points.get_sizes()[0]
    if count > 1:
        assert figure.axes[1].get_xscale() == "linear"
    if count > 2:
        assert list(figure.axes[2].collections[0].get_offsets()[:, 0]) == [0, 1, 0, 1]


def test_a_search_in_which_all_failed():
    with pytest.raises(ValueError, match="no settings can be trained"):
        plots.search(Search(trials()[-1:]))
