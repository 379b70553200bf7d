"""What the figures share: their size, names in any script, pictures side by side, files."""

import math

import numpy as np

from minidl import fonts
from minidl.runtime import files


def save(figure, path):
    """Write `figure` as a PNG file, whole or not at all.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with files.replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)


def figure_of(width, height):
    """Return an empty figure, of a size in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def labels(names, longest):
    """Return the names as the fonts at hand can draw them, and those fonts' families.

    A name with letters that no font has is shown as its class's number.
    """
    families, covered = fonts.that_draw("".join(names))
    labels = []
    for number, name in enumerate(names):
        drawable = name and name.isprintable() and {ord(letter) for letter in name} <= covered
        label = name if drawable else f"class {number}"
        labels.append(fonts.shortened(label, longest))
    return labels, families


def mosaic(tiles, columns):
    """Lay out tiles (n, h, w, C) row by row, one pixel apart: (H, W, C + 1 or 1)."""
    count, height, width, channels = tiles.shape
    rows = math.ceil(count / columns)
    shape = (rows * (height + 1) - 1, columns * (width + 1) - 1)
    # What belongs to no tile is left white: NaN in one channel, clear in three.
    mosaic = np.full((*shape, 1), np.nan) if channels == 1 else np.zeros((*shape, channels + 1))
    for i, tile in enumerate(tiles):
        y, x = (i // columns) * (height + 1), (i % columns) * (width + 1)
        mosaic[y : y + height, x : x + width, :channels] = tile
        mosaic[y : y + height, x : x + width, channels:] = 1
    return mosaic


def symmetric(cmap, limit):
    """Return a colour scale from −limit to limit."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    return ScalarMappable(Normalize(-limit, limit), cmap)
