"""Figures of what others return: training curves, confusions, mistakes, filters.

Every function returns a `matplotlib.figure.Figure` of its own, made without pyplot: no window,
no display, no global state. `save` writes it as a PNG. Matplotlib is imported when the first
figure is drawn; tested by ``tests/test_plots.py``.
"""

import math

import numpy as np

from minidl import fonts
from minidl.runtime import checks, files

#: Up to this many classes, the counts are written into a confusion matrix.
MOST_WRITTEN = 60
#: Names longer than this are shortened: in a figure's margin, a picture's title, its caption.
LONGEST_LABEL = 28
LONGEST_TITLE = 16
LONGEST_CAPTION = 28


def curves(history):
    """Draw loss and metrics against the epoch, for training and validation.

    Parameters
    ----------
    history : History, or dict of lists
        What `fit` returned, or its ``history``.

    >>> figure = curves({"loss": [1.2, 0.7], "val_loss": [1.0, 0.8], "accuracy": [0.6, 0.8]})
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['Loss', 'Accuracy']
    """
    from matplotlib.ticker import MaxNLocator

    values = getattr(history, "history", history)
    names = [name for name in values if not name.startswith("val_")]
    if not names:
        raise ValueError("curves: the history holds no epoch")
    figure = _figure(4.5 * len(names), 3.6)
    for axes, name in zip(np.ravel(figure.subplots(1, len(names))), names, strict=True):
        for key, label in ((name, "Training"), (f"val_{name}", "Validation")):
            if key in values:
                epochs = range(1, len(values[key]) + 1)
                marker = "o" if len(epochs) <= 30 else ""
                axes.plot(epochs, values[key], marker=marker, markersize=4, label=label)
        axes.set_xlabel("Epoch")
        axes.set_ylabel(name.replace("_", " ").capitalize())
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.grid(alpha=0.3)
        axes.legend()
    figure.suptitle("Training, epoch by epoch")
    return figure


def confusion(y_true, y_pred, class_names):
    """Draw the confusion matrix: how often each class was taken for which.

    Cells hold counts; their colour is the count's share of its row, the true class.

    Parameters
    ----------
    y_true, y_pred : array (N,)
        Class numbers, from 0.
    class_names : sequence of str

    >>> figure = confusion([0, 0, 1], [0, 1, 1], ["cat", "dog"])
    >>> [text.get_text() for text in figure.axes[0].texts]
    ['1', '1', '0', '1']
    """
    counts = _confusion_counts(y_true, y_pred, len(class_names))
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    labels, font = _labels(class_names, LONGEST_LABEL)
    longest = max(map(len, labels))

    cell = max(0.32, 0.11 * len(str(counts.max()))) if len(labels) <= MOST_WRITTEN else 0.16
    upright = 0.1 * longest > cell
    margin = 1.6 + 0.085 * longest
    side = max(2.2, cell * len(labels))
    figure = _figure(side + margin + 0.8, side + (margin if upright else 1.5))
    axes = figure.subplots()
    image = axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    ticks = range(len(labels))
    axes.set_xticks(
        ticks, labels, rotation=90 if upright else 0, family=font, fontsize=9, parse_math=False
    )
    axes.set_yticks(ticks, labels, family=font, fontsize=9, parse_math=False)
    axes.set_xlabel("Predicted class")
    axes.set_ylabel("True class")
    right, total = int(np.trace(counts)), int(counts.sum())
    axes.set_title(f"{right:,} of {total:,} right")
    figure.colorbar(image, ax=axes, label="Share of the true class", fraction=0.05, pad=0.03)
    if len(labels) <= MOST_WRITTEN:
        for (row, column), count in np.ndenumerate(counts):
            colour = "white" if share[row, column] > 0.5 else "black" if count else "0.7"
            axes.text(column, row, count, ha="center", va="center", color=colour, fontsize=8)
    return figure


def mistakes(x, y_true, probabilities, class_names, most=25):
    """Show the worst mistakes: the surest first, each titled "true → predicted 98 %".

    Parameters
    ----------
    x : array (N, H, W), (N, H, W, 1) or (N, H, W, 3)
        The images; integers 0 … 255, or numbers 0 … 1.
    y_true : array (N,)
        Class numbers.
    probabilities : array (N, classes)
        What `predict` returned.
    class_names : sequence of str
    most : int
        How many to show.
    """
    most = checks.integer(most, "mistakes: most")
    x = _pictures(x)
    probabilities = np.asarray(probabilities)
    y_true = checks.class_numbers(y_true, "mistakes: y_true", len(class_names))
    if probabilities.shape != (len(x), len(class_names)) or len(y_true) != len(x):
        raise ValueError(
            f"mistakes: needs as many labels and rows of probabilities as images, {len(x)}, and a "
            f"column a class, {len(class_names)}; got {y_true.shape} and {probabilities.shape}"
        )
    chosen = _worst_first(y_true, probabilities)
    shown = chosen[:most]
    if not len(shown):
        figure = _figure(5, 2)
        figure.text(0.5, 0.5, f"No mistakes among {len(x):,} images", ha="center", va="center")
        return figure

    names, font = _labels(class_names, LONGEST_TITLE)
    columns = min(5, len(shown))
    rows = math.ceil(len(shown) / columns)
    figure = _figure(max(4.0, 1.75 * columns), 2.0 * rows + 0.6)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.axis("off")
    predicted = probabilities.argmax(axis=1)
    surest = probabilities.max(axis=1)
    gap = "\n" if any(len(names[y_true[i]] + names[predicted[i]]) > 14 for i in shown) else " "
    for axes, i in zip(grid, shown, strict=False):
        axes.imshow(x[i], cmap="gray", vmin=0, vmax=1)
        title = f"{names[y_true[i]]} →{gap}{names[predicted[i]]}  {100 * surest[i]:.0f} %"
        axes.set_title(title, family=font, fontsize=8, parse_math=False)
    which = "all" if len(shown) == len(chosen) else f"the worst {len(shown)}"
    figure.suptitle(
        f"Mistakes: {which} of {len(chosen):,} among {len(x):,} images\n"
        "true → predicted, with its probability",
        fontsize=10,
    )
    return figure


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
    figure = _figure(max(4.2, tile * columns + 1.6), max(2.8, tile * height / width * rows + 1.0))
    axes = figure.subplots()
    axes.axis("off")
    colours = _symmetric("gray" if in_colour else "RdBu_r", limit)
    axes.imshow(_mosaic(tiles, columns), cmap=colours.cmap, norm=colours.norm)
    meaning = "Weight of each colour" if in_colour else "Weight"
    figure.colorbar(colours, ax=axes, label=meaning, fraction=0.05, pad=0.03)
    of_channels = f" of {channels} channels" if channels > 1 and not in_colour else ""
    axes.set_title(f"{count} filters of {height} × {width} pixels{of_channels}")
    return figure


def learning_curves(curves, target=None):
    """Draw test accuracy against the number of labels: a line a strategy, a band over seeds.

    The line is the mean of the strategy's runs, the band one standard deviation to each side.

    Parameters
    ----------
    curves : sequence of `minidl.data.active.LearningCurve`
        Those of one strategy are its runs with different seeds.
    target : float, optional
        An accuracy to mark.

    >>> from minidl.data.active import LearningCurve
    >>> runs = [LearningCurve("margin", np.array([10, 20]), np.array([0.5, a]), np.arange(20))
    ...         for a in (0.75, 0.25)]
    >>> (axes,) = learning_curves(runs).axes
    >>> axes.lines[0].get_ydata()
    array([0.5, 0.5])
    """
    runs = {}
    for curve in curves:
        runs.setdefault(curve.strategy, []).append(curve)
    if not runs:
        raise ValueError("learning_curves: there is no curve")
    figure = _figure(6.4, 4.4)
    axes = figure.subplots()
    for strategy, of_strategy in runs.items():
        labels = of_strategy[0].labels
        if not all(np.array_equal(curve.labels, labels) for curve in of_strategy):
            raise ValueError(
                f"learning_curves: runs of {strategy!r} differ in their numbers of labels"
            )
        accuracy = np.array([curve.accuracy for curve in of_strategy])
        mean, spread = accuracy.mean(axis=0), accuracy.std(axis=0)
        (line,) = axes.plot(labels, mean, label=strategy.replace("_", " "))
        if len(accuracy) > 1:
            axes.fill_between(
                labels, mean - spread, mean + spread, color=line.get_color(), alpha=0.15
            )
    if target is not None:
        axes.axhline(target, color="0.5", linestyle="--", linewidth=1)
    seeds = max(map(len, runs.values()))
    axes.set_xlabel("Labels")
    axes.set_ylabel("Test accuracy")
    axes.set_title(
        "Learning curves" + (f": mean and deviation of {seeds} runs" if seeds > 1 else "")
    )
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    return figure


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
    figure = _figure(max(4.0, 1.5 * width + 0.4), 1.5 * height * len(rows) + 0.7)
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


def save(figure, path):
    """Write `figure` as a PNG file, whole or not at all.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    with files.replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)


def _figure(width, height):
    """Return an empty figure, of a size in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _confusion_counts(y_true, y_pred, classes):
    y_true = checks.class_numbers(y_true, "confusion: y_true", classes)
    y_pred = checks.class_numbers(y_pred, "confusion: y_pred", classes)
    if len(y_true) != len(y_pred):
        raise ValueError(
            f"confusion: y_true holds {len(y_true)} labels, y_pred {len(y_pred)}; "
            "they must be equal"
        )
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (y_true, y_pred), 1)
    return counts


def _worst_first(y_true, probabilities):
    """Return the indices of wrong answers: the surest first, of equals the least doubted."""
    surest, true = probabilities.max(axis=1), probabilities[np.arange(len(y_true)), y_true]
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != y_true)
    return wrong[np.lexsort((true[wrong], -surest[wrong]))]


def _pictures(x):
    """Return images as numbers 0 … 1 of shape (N, H, W, 1 or 3)."""
    x = np.asarray(x)
    x = x[..., np.newaxis] if x.ndim == 3 else x
    if x.ndim != 4 or x.shape[3] not in (1, 3):
        raise ValueError(
            f"mistakes: x needs the shape (N, H, W), (N, H, W, 1) or (N, H, W, 3), got {x.shape}"
        )
    return np.clip(x / 255 if x.dtype.kind in "iu" else x, 0, 1)


def _mosaic(tiles, columns):
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


def _symmetric(cmap, limit):
    """Return a colour scale from −limit to limit."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    return ScalarMappable(Normalize(-limit, limit), cmap)


def _labels(names, longest):
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
