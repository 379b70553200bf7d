"""Fingerprints, against SciPy's cosine transform and against pictures that were really cut."""

import hypothesis.extra.numpy as hnp
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.fft import dctn

from minidl.data import prints

PICTURES = hnp.arrays(np.uint8, (3, 16, 16))


@given(PICTURES)
def test_the_transform_is_the_cosine_transform_of_steps(pictures):
    # Within a pixel, a cosine averages to its middle times sinc(k / 2N).
    n = pictures.shape[1]
    attenuation = np.sinc(np.arange(8) / (2 * n))
    expected = dctn(pictures, axes=(1, 2))[:, :8, :8] / (2 * n) ** 2
    expected *= attenuation * attenuation[:, None]
    found = prints.transform(pictures, prints.WHOLE, 8)
    np.testing.assert_allclose(found, expected, atol=2e-4)


@given(PICTURES, st.data())
def test_a_window_is_transformed_as_if_it_had_been_cut_out(pictures, data):
    n = pictures.shape[1]
    top, left = data.draw(st.integers(0, n - 2)), data.draw(st.integers(0, n - 2))
    bottom, right = data.draw(st.integers(top + 1, n)), data.draw(st.integers(left + 1, n))
    edges = np.array([[top, bottom, left, right]]) / n
    cut = pictures[:, top:bottom, left:right]
    expected = prints.transform(cut, prints.WHOLE, 8)
    np.testing.assert_allclose(prints.transform(pictures, edges, 8), expected, atol=1e-3)


@given(hnp.arrays(np.float64, 20, elements=st.floats(-1, 1)), st.floats(0, 0.5), st.floats(0.6, 1))
def test_edges_may_lie_between_pixels(row, begin, end):
    # The integral over u, by a sum over fine steps.
    u = (np.arange(20_000) + 0.5) / 20_000
    values = row[np.minimum((begin + u * (end - begin)) * 20, 19).astype(int)]
    expected = [np.mean(values * np.cos(np.pi * k * u)) for k in range(5)]
    found = prints.cosines(np.array([[begin, end]]), 5, 20)[0] @ row
    np.testing.assert_allclose(found, expected, atol=2e-3)


@given(PICTURES)
def test_a_hash_holds_the_signs(pictures):
    bits = (prints.transform(pictures, prints.WHOLE, 8) > 0).reshape(3, 64)
    for value, expected in zip(prints.phash(pictures), bits, strict=True):
        assert [value >> np.uint64(k) & 1 for k in range(1, 64)] == expected[1:].tolist()
        assert value & np.uint64(1) == 0


@given(PICTURES, st.floats(0.1, 3), st.floats(-50, 50))
def test_brightness_and_contrast_do_not_count(pictures, contrast, brightness):
    vectors = prints.descriptors(pictures)
    changed = prints.descriptors(pictures * contrast + brightness)
    flat = pictures.std(axis=(1, 2)) == 0
    np.testing.assert_allclose(changed[~flat], vectors[~flat], atol=0.02)
    np.testing.assert_allclose(np.linalg.norm(vectors[~flat], axis=1), 1, rtol=1e-5)
