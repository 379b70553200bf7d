"""Random images for property tests, and how near two images are."""

import numpy as np
from hypothesis import strategies as st

from minidl.image import geometry

DTYPES = ("uint8", "float32", "float64")


@st.composite
def pictures(draw, channels=(1, 3), least=1, most=12, dtypes=DTYPES):
    """Draw one image (H, W, C): noise, few levels, a ramp, or one level."""
    height, width = draw(st.integers(least, most)), draw(st.integers(least, most))
    shape = height, width, draw(st.sampled_from(channels))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    kind = draw(st.sampled_from(["noise", "few", "ramp", "flat"]))
    if kind == "ramp":
        levels = np.add.outer(np.arange(height), 3 * np.arange(width))[..., np.newaxis]
        levels = np.broadcast_to(levels * 255 // max(levels.max(), 1), shape)
    else:
        values = {"noise": 256, "few": 3, "flat": 1}[kind]
        levels = rng.choice(rng.integers(0, 256, values), shape)
    dtype = draw(st.sampled_from(dtypes))
    if dtype == "uint8":
        return levels.astype(dtype)
    return np.clip(levels + rng.uniform(-0.4, 0.4, shape), 0, 255).astype(dtype) / 255


@st.composite
def matrices(draw):
    """Draw an affine matrix that is far from having no area."""
    size = draw(st.tuples(st.integers(1, 50), st.integers(1, 50)))
    return geometry.compose(
        geometry.rotation(draw(st.floats(-1000, 1000)), size),
        geometry.scaling(draw(st.floats(0.2, 5)), draw(st.floats(0.2, 5)), size),
        geometry.shearing(draw(st.floats(-0.5, 0.5)), draw(st.floats(-0.5, 0.5)), size),
        geometry.translation(draw(st.floats(-50, 50)), draw(st.floats(-50, 50))),
    )


def assert_near(found, expected, levels=1.0, exact=1e-6):
    """Within `levels` grey levels for uint8, within `exact` of the full range for others."""
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    tolerance = levels if found.dtype == np.uint8 else exact
    difference = np.abs(found.astype(np.float64) - expected.astype(np.float64))
    assert difference.max(initial=0) <= tolerance


def with_channels(image, like):
    """Return what OpenCV made of an image (H, W, C), which loses an axis of 1."""
    return image.reshape(*image.shape[:2], like.shape[2])
