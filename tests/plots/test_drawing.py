"""Figures become files, without a window."""

import subprocess
import sys

import pytest
from matplotlib.figure import Figure
from PIL import Image

from minidl import plots


def test_save_writes_a_png_or_nothing(tmp_path):
    path = tmp_path / "curves.png"
    plots.save(plots.curves({"loss": [1.0]}), path)
    with Image.open(path) as image:
        image.load()
        assert image.format == "PNG"
    before = path.read_bytes()

    class Broken(Figure):
        def savefig(self, file, **options):
            file.write_bytes(b"half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        plots.save(Broken(), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_no_window_is_needed_and_pyplot_stays_out():
    code = (
        "import sys; from minidl import plots; assert 'matplotlib' not in sys.modules; "
        "plots.curves({'loss': [1.0]}).draw_without_rendering(); "
        "print('matplotlib.pyplot' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"
