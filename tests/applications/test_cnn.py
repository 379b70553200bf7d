import numpy as np
import pytest

import minidl
from minidl import applications


def bars(n, size, rng):
    """Images of a bright row (class 0) or column (class 1)."""
    x, y = rng.random((n, size, size, 1)).astype(np.float32) / 4, np.arange(n) % 2
    for image, label in zip(x, y, strict=True):
        at = rng.integers(size)
        (image if label else image.transpose(1, 0, 2))[:, at] += 1
    return x, y


@pytest.mark.parametrize("make", [applications.article_cnn, applications.residual_cnn])
def test_the_network_learns_and_is_used_on_new_images(make):
    rng = np.random.default_rng(0)
    model = make((12, 12, 1), 2)
    optimizer = minidl.optimizers.Adam(0.01)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*bars(256, 12, rng), batch_size=16, epochs=20, verbose=0)
    assert model.evaluate(*bars(200, 12, rng), verbose=0)[1] >= 0.95


def test_a_trained_residual_network_is_saved_with_its_statistics(tmp_path):
    rng = np.random.default_rng(0)
    model = applications.residual_cnn((12, 12, 1), 2)
    model.compile("adam", "sparse_categorical_crossentropy")
    x, y = bars(64, 12, rng)
    model.fit(x, y, verbose=0)
    model.save(tmp_path / "r.safetensors")
    again = minidl.load_model(tmp_path / "r.safetensors")
    np.testing.assert_array_equal(again.predict(x), model.predict(x))
