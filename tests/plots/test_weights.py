"""Filters as pictures."""

import numpy as np
import pytest
from figures import check_layout

from minidl import plots


@pytest.mark.parametrize("shape", [(3, 3, 1, 32), (5, 5, 1, 2), (3, 5, 1, 1), (3, 3, 2, 64)])
def test_filters(shape):
    kernel = np.random.default_rng(0).normal(size=shape)
    figure = plots.filters(kernel)
    check_layout(figure)
    image = figure.axes[0].images[0]
    shown = np.ma.masked_invalid(image.get_array())
    assert shown.count() == kernel.size
    assert np.allclose(np.sort(shown.compressed()), np.sort(kernel, axis=None))
    assert np.allclose(shown[: shape[0], : shape[1]], kernel[:, :, 0, 0])
    limit = np.abs(kernel).max()
    assert image.get_clim() == (-limit, limit)


def test_filters_of_colour_images():
    kernel = np.zeros((2, 2, 3, 4))
    kernel[0, 0, :, 0] = [2, 0, -2]
    figure = plots.filters(kernel)
    check_layout(figure)
    shown = figure.axes[0].images[0].get_array()
    assert shown.shape[2] == 4
    assert list(shown[0, 0]) == [1, 0.5, 0, 1]
    assert list(shown[1, 1]) == [0.5, 0.5, 0.5, 1]
    assert np.count_nonzero(shown[..., 3]) == 16


def test_filters_that_are_all_zero():
    check_layout(plots.filters(np.zeros((3, 3, 1, 4))))


def test_filters_refuse():
    with pytest.raises(ValueError, match=r"needs a kernel of shape \(kh, kw, C, F\), got \(3, 3\)"):
        plots.filters(np.zeros((3, 3)))
