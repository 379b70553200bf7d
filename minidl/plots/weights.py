"""What a layer has learned: its filters."""

import math

import numpy as np

from minidl.plots import drawing


def filters(kernel):
    """Show the kernels of a first layer, one picture a filter.

    Kernels of colour images (C = 3) are shown in colour, mid-grey for 0: the red of a pixel is
    its weight for red. Others are shown in red for weights above 0 and blue for below; with
    several channels, a filter's channels follow each other.

    Parameters
    ----------
    kernel : array (kh, kw, C, F)
        As of ``model.layers[0].kernel``.
    """
    kernel = np.asarray(kernel, np.float64)
    if kernel.ndim != 4 or not kernel.size:
        raise ValueError(f"filters: needs a kernel of shape (kh, kw, C, F), got {kernel.shape}")
    height, width, channels, count = kernel.shape
    limit = float(np.abs(kernel).max()) or 1.0
    in_colour = channels == 3
    if in_colour:
        tiles = (kernel.transpose(3, 0, 1, 2) / limit + 1) / 2
    else:
        tiles = kernel.transpose(3, 2, 0, 1).reshape(-1, height, width, 1)

    columns = (
        math.ceil(math.sqrt(2 * len(tiles) * height / width)) if len(tiles) > 3 else len(tiles)
    )
    rows = math.ceil(len(tiles) / columns)
    tile = min(0.7, 10 / columns)
    size = (max(4.2, tile * columns + 1.6), max(2.8, tile * height / width * rows + 1.0))
    figure = drawing.figure_of(*size)
    axes = figure.subplots()
    axes.axis("off")
    colours = drawing.symmetric("gray" if in_colour else "RdBu_r", limit)
    axes.imshow(drawing.mosaic(tiles, columns), cmap=colours.cmap, norm=colours.norm)
    meaning = "Weight of each colour" if in_colour else "Weight"
    figure.colorbar(colours, ax=axes, label=meaning, fraction=0.05, pad=0.03)
    of_channels = f" of {channels} channels" if channels > 1 and not in_colour else ""
    axes.set_title(f"{count} filters of {height} × {width} pixels{of_channels}")
    return figure
