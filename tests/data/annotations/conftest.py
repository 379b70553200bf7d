"""Image files to annotate."""

import pytest
from PIL import Image


@pytest.fixture
def pictures(tmp_path):
    """A folder with a.png and b/c.jpg, both of 20 × 10 pixels."""
    folder = tmp_path / "images"
    (folder / "b").mkdir(parents=True)
    for name in ("a.png", "b/c.jpg"):
        Image.new("RGB", (20, 10)).save(folder / name)
    return folder
