"""Scales, against their definitions, and scikit-free statistics of NumPy in float64."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import pictures

from minidl import image, layers

numbers = st.floats(-3, 3).map(lambda v: round(v, 3))


@given(x=pictures(), scale=numbers, offset=numbers)
def test_rescale_is_the_layer(x, scale, offset):
    found = image.rescale(x, scale, offset)
    expected = layers.Rescaling(scale, offset, dtype=found.dtype.name)(x[np.newaxis]).data[0]
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6, strict=True)


def test_rescale_of_levels():
    found = image.rescale(np.arange(256, dtype="uint8").reshape(1, -1))
    assert found.dtype == "float32"
    np.testing.assert_allclose(found[0], np.arange(256) / 255, rtol=1e-6)


@given(x=pictures(channels=[3]), seed=st.integers(0, 99))
def test_normalize_by_channel(x, seed):
    rng = np.random.default_rng(seed)
    mean, std = rng.normal(size=3), rng.uniform(0.1, 2, 3)
    found = image.normalize(x, mean, std)
    expected = np.stack([(x[..., k] - mean[k]) / std[k] for k in range(3)], -1)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(image.normalize(x, 2, 0.5), (x - 2.0) / 0.5, rtol=1e-5, atol=1e-5)


@given(x=pictures(least=3, dtypes=["uint8", "float64"]))
def test_standardize(x):
    found = image.standardize(x).astype(float)
    assert abs(found.mean()) < 1e-4
    deviation = x.std(dtype=float)
    floor = x.size**-0.5
    assert found.std() == pytest.approx(min(1, deviation / floor), abs=1e-4)


@given(x=pictures(channels=[3], least=2), seed=st.integers(0, 99))
def test_a_set_is_standardized_by_channel(x, seed):
    rng = np.random.default_rng(seed)
    batch = np.stack([rng.permutation(x) for _ in range(4)])
    scale = image.Standardization().fit(batch)
    found = scale.apply(batch).astype(float)
    for k in range(3):
        assert abs(found[..., k].mean()) < 1e-3
        assert found[..., k].std() == pytest.approx(1 if np.ptp(batch[..., k]) else 0, abs=1e-3)
    np.testing.assert_array_equal(scale.apply(batch[1]), scale.apply(batch)[1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: image.normalize(x, 0, 0), "std needs positive numbers, got 0.0"),
        (lambda x: image.normalize(x, 0, [1, 1, -1]), "std needs positive numbers"),
        (lambda x: image.normalize(x, np.nan, 1), "mean needs finite numbers, got nan"),
        (lambda x: image.normalize(x, [1, 2], 1), r"one for each of 3 channels, got shape \(2,\)"),
        (lambda x: image.normalize(x, "a", 1), "mean needs finite numbers, got 'a'"),
        (lambda x: image.rescale(x, np.inf), "rescale: scale needs finite numbers"),
        (lambda x: image.Standardization().fit(x[np.newaxis][:0]), "at least one image, got none"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.zeros((4, 6, 3)))


def test_apply_before_fit():
    with pytest.raises(RuntimeError, match=r"Standardization\.apply: call fit"):
        image.Standardization().apply(np.zeros((2, 2)))
