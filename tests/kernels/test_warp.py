"""Warps, against NumPy's padding and the bilinear formula, pixel by pixel."""

import math
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minidl.kernels import warp
from minidl.runtime import threads

BORDERS = {"constant": "constant", "nearest": "edge", "reflect": "symmetric", "wrap": "wrap"}
FAR = 12


@pytest.fixture(autouse=True, scope="module")
def _small_tiles():
    with mock.patch.object(threads, "GRAIN", 50):
        yield


def shown(x, px, py, fill, value, nearest):
    """The number at a place of one channel (H, W): the formula, on an image padded far out."""
    around = {"constant_values": value} if fill == "constant" else {}
    far = np.pad(x.astype(float), FAR, BORDERS[fill], **around)
    if nearest:
        return far[math.floor(py) + FAR, math.floor(px) + FAR]
    left, top = math.floor(px - 0.5), math.floor(py - 0.5)
    right, down = px - 0.5 - left, py - 0.5 - top
    four = far[top + FAR : top + FAR + 2, left + FAR : left + FAR + 2]
    return np.array([1 - down, down]) @ four @ np.array([1 - right, right])


@settings(max_examples=30)
@given(
    dtype=st.sampled_from(["uint8", "float32", "float64"]),
    fill=st.sampled_from(list(BORDERS)),
    nearest=st.booleans(),
    seed=st.integers(0, 2**32),
)
def test_affine_and_flow(dtype, fill, nearest, seed):
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 6, 2)
    x = rng.integers(0, 256, (2, height, width, 2)).astype(dtype)
    inverse = np.eye(2, 3) + rng.uniform(-0.5, 0.5, (2, 2, 3))
    gain, offset = rng.uniform(0.5, 2, 2), rng.uniform(-50, 50, 2)
    how, tone = (warp.FILLS[fill], 7.0, nearest), (gain, offset, 10.0, 200.0)
    rows, columns = np.mgrid[:height, :width] + 0.5
    centres = np.stack([columns, rows, np.ones_like(rows)], axis=-1)
    places = np.einsum("nij,hwj->nhwi", inverse, centres)
    expected = np.empty(x.shape)
    for n, i, j, k in np.ndindex(*x.shape):
        expected[n, i, j, k] = shown(x[n, :, :, k], *places[n, i, j], fill, 7.0, nearest)
    expected = np.clip(expected * gain[:, None, None, None] + offset[:, None, None, None], 10, 200)
    displacement = places - centres[..., :2]
    for found in (
        warp.affine(x, inverse, (height, width), how, tone),
        warp.flow(x, displacement, how, tone),
    ):
        assert found.dtype == dtype
        # A rounded number may be half a level off; a place on an edge may go to either side.
        tolerance = 0.5 + 1e-6 if dtype == "uint8" else 1e-4
        assert np.abs(found - expected).max() <= tolerance


def test_other_sizes_and_none():
    x = np.arange(24.0).reshape(2, 3, 4, 1)
    tone = np.ones(2), np.zeros(2), -math.inf, math.inf
    found = warp.affine(x, np.tile(np.eye(2, 3), (2, 1, 1)), (2, 5), (0, -1.0, False), tone)
    assert found[0, :, :, 0].tolist() == [[0, 1, 2, 3, -1], [4, 5, 6, 7, -1]]
    nothing = warp.affine(x[:0], np.empty((0, 2, 3)), (2, 5), (0, 0.0, False), tone)
    assert nothing.shape == (0, 2, 5, 1)
