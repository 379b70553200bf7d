"""Contact sheets: many pictures in small."""

import numpy as np

from minidl import fonts
from minidl.plots import drawing

LONGEST_CAPTION = 28  # longer ones are shortened


def contact_sheet(groups, title, columns=6):
    """Show pictures in small: those of a group in a row, under a line; single ones row by row.

    Parameters
    ----------
    groups : sequence of sequences of (picture, caption)
        A picture is an array (H, W) or (H, W, 3) of any size, of integers 0 … 255 or numbers
        0 … 1, or None for one that cannot be shown. A caption has a line or more.
    title : str
    columns : int
        How many pictures to show of a group, and in a row.

    >>> figure = contact_sheet([[(np.zeros((4, 6)), "a.png"), (None, "b.png")]], "Copies")
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['a.png', '×', 'b.png']
    """
    rows = [list(group[:columns]) for group in groups]
    grouped = any(len(row) > 1 for row in rows)
    if not grouped:
        singles = [tile for row in rows for tile in row]
        rows = [singles[i : i + columns] for i in range(0, len(singles), columns)]
    captions = [caption for row in rows for _, caption in row]
    lines = 1 + max((caption.count("\n") for caption in captions), default=0)
    width, height = max(map(len, rows), default=1), 1.0 + 0.1 * lines  # in tiles
    figure = drawing.figure_of(max(4.0, 1.5 * width + 0.4), 1.5 * height * len(rows) + 0.7)
    axes = figure.subplots()
    axes.axis("off")
    for y, row in enumerate(rows):
        if grouped:
            axes.plot([0.04, len(row) - 0.04], [y * height + 0.01] * 2, color="0.8")
        for x, (picture, caption) in enumerate(row):
            _place(axes, picture, x + 0.05, y * height + 0.05, 0.9)
            _caption(axes, caption, x + 0.05, y * height + 0.98)
    axes.set(xlim=(0, width), ylim=(height * max(len(rows), 1), 0), aspect="equal")
    figure.suptitle(title, fontsize=10)
    return figure


def _caption(axes, text, left, top):
    """Write lines under a picture; letters that no font has become boxes."""
    families, covered = fonts.that_draw(text)
    drawable = ["".join(c if ord(c) in covered else "□" for c in line) for line in text.split("\n")]
    axes.text(
        left,
        top,
        "\n".join(fonts.shortened(line, LONGEST_CAPTION) for line in drawable),
        va="top",
        fontsize=6,
        family=families,
        parse_math=False,
    )


def _place(axes, picture, left, top, side):
    """Draw a picture into a square of a sheet, or a cross where there is none."""
    if picture is None:
        axes.add_patch(_rectangle(left, top, side))
        axes.text(left + side / 2, top + side / 2, "×", ha="center", va="center", color="0.5")
        return
    picture = np.asarray(picture)
    picture = np.clip(picture / 255 if picture.dtype.kind in "iu" else picture, 0, 1)
    # What is very long would not be seen.
    height, width = np.maximum(side * np.array(picture.shape[:2]) / max(picture.shape[:2]), 0.03)
    x, y = left + (side - width) / 2, top + (side - height) / 2
    axes.imshow(
        picture,
        extent=(x, x + width, y + height, y),
        cmap="gray",
        vmin=0,
        vmax=1,
        interpolation="nearest" if max(picture.shape[:2]) < 64 else None,
    )
    axes.add_patch(_rectangle(left, top, side))


def _rectangle(left, top, side):
    from matplotlib.patches import Rectangle

    return Rectangle((left, top), side, side, fill=False, edgecolor="0.85", linewidth=0.5)
