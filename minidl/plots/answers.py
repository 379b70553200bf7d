"""What a classifier answers: its confusions and its worst mistakes."""

import math

import numpy as np

from minidl.plots import drawing
from minidl.runtime import checks

#: Up to this many classes, the counts are written into a confusion matrix.
MOST_WRITTEN = 60
#: Names longer than this are shortened: in a figure's margin, in a picture's title.
LONGEST_LABEL = 28
LONGEST_TITLE = 16


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
    labels, font = drawing.labels(class_names, LONGEST_LABEL)
    longest = max(map(len, labels))

    cell = max(0.32, 0.11 * len(str(counts.max()))) if len(labels) <= MOST_WRITTEN else 0.16
    upright = 0.1 * longest > cell
    margin = 1.6 + 0.085 * longest
    side = max(2.2, cell * len(labels))
    figure = drawing.figure_of(side + margin + 0.8, side + (margin if upright else 1.5))
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
        figure = drawing.figure_of(5, 2)
        figure.text(0.5, 0.5, f"No mistakes among {len(x):,} images", ha="center", va="center")
        return figure

    names, font = drawing.labels(class_names, LONGEST_TITLE)
    columns = min(5, len(shown))
    rows = math.ceil(len(shown) / columns)
    figure = drawing.figure_of(max(4.0, 1.75 * columns), 2.0 * rows + 0.6)
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
