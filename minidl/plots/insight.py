"""Figures of what `minidl.insight` finds: activations, maps over images, points, a surface."""

import math

import numpy as np

from minidl.plots import drawing
from minidl.runtime import checks

MOST_MAPS = 16  # of a layer that are shown
MOST_NUMBERS = 256  # of a layer without places that are shown
MOST_IMAGES = 8


def activations(outputs, index=0):
    """Show what every layer makes of one image, a row a layer, brighter for larger.

    Parameters
    ----------
    outputs : dict of str to array
        As `minidl.insight.activations` returns it: maps (N, h, w, F) or numbers (N, F).
        Of a layer, the first 16 maps or 256 numbers are shown.
    index : int
        Which image of the batch.
    """
    if not outputs:
        raise ValueError("activations: needs the output of at least one layer, got none")
    rows = {name: _tiles(name, np.asarray(x), index) for name, x in outputs.items()}
    figure = drawing.figure_of(9, 1.2 + 1.05 * len(rows))
    axes = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
    for each, (name, (picture, what)) in zip(axes, rows.items(), strict=True):
        each.axis("off")
        each.imshow(picture, cmap="viridis", aspect="equal" if len(picture) > 1 else "auto")
        shape = " × ".join(map(str, np.shape(outputs[name])[1:]))
        each.set_title(f"{_short(name)}: {shape}{what}", fontsize=9, loc="left")
    figure.suptitle("What every layer makes of the image")
    return figure


def attention(
    images, maps, titles=None, label="Weight for the class", title="What the class hangs on"
):
    """Show maps over their images: the upper row the images, the lower with the maps on top.

    Parameters
    ----------
    images : array (N, H, W, 1 or 3)
        From 0 to 1. The first 8 are shown.
    maps : array (N, h, w) or (N, H, W, C)
        As of `minidl.insight.grad_cam`, or `saliency`: of several channels the largest absolute
        value counts. Each map is scaled to its own largest value, and stretched to the image.
    titles : sequence of str, optional
        One an image.
    label : str
        What the colours mean.
    title : str
        Of the figure.
    """
    images, maps = np.asarray(images), np.asarray(maps)
    if images.ndim != 4 or images.shape[3] not in (1, 3) or not len(images):
        raise ValueError(f"attention: needs images (N, H, W, 1 or 3), got {images.shape}")
    if maps.ndim not in (3, 4) or len(maps) != len(images):
        raise ValueError(
            f"attention: needs a map for each of {len(images)} images, got shape {maps.shape}"
        )
    if maps.ndim == 4:
        maps = np.abs(maps).max(axis=3)
    count = min(len(images), MOST_IMAGES)
    height, width = images.shape[1:3]
    figure = drawing.figure_of(max(3.8, 1.5 * count + 1.2), 4.5)
    axes = figure.subplots(2, count, squeeze=False)
    for i in range(count):
        top = float(maps[i].max()) or 1.0
        for each in axes[:, i]:
            each.axis("off")
            each.imshow(images[i], cmap="gray", vmin=0, vmax=1)
        shown = axes[1, i].imshow(
            maps[i] / top,
            cmap="inferno",
            vmin=0,
            vmax=1,
            alpha=0.65,
            extent=(-0.5, width - 0.5, height - 0.5, -0.5),
            interpolation="bilinear",
        )
        if titles is not None:
            axes[0, i].set_title(_short(titles[i]), fontsize=9)
    figure.colorbar(shown, ax=axes, label=f"{label} (share of the largest)", fraction=0.05)
    figure.suptitle(title)
    return figure


def points(places, y, class_names, title="Features"):
    """Show points in the plane, a colour a class.

    Parameters
    ----------
    places : array (N, 2)
        As of `minidl.insight.tsne` or `pca`.
    y : array (N,)
        Class numbers.
    class_names : sequence of str
    title : str
    """
    places, y = np.asarray(places), np.asarray(y)
    if places.ndim != 2 or places.shape[1] != 2 or len(places) != len(y):
        raise ValueError(
            f"points: needs places (N, 2) and classes (N,), got {places.shape} and {y.shape}"
        )
    from matplotlib import colormaps

    names, families = drawing.labels(class_names, 18)
    figure = drawing.figure_of(7, 5.4)
    axes = figure.subplots()
    colours = colormaps["tab10" if len(names) <= 10 else "turbo"]
    for k, name in enumerate(names):
        colour = colours(k if len(names) <= 10 else k / (len(names) - 1))
        mine = places[y == k]
        axes.scatter(*mine.T, s=9, color=colour, label=name, linewidths=0)
    axes.set(title=title, xlabel="First coordinate", ylabel="Second coordinate")
    legend = figure.legend(
        loc="outside right upper",
        markerscale=2,
        ncols=math.ceil(len(names) / 20),
        prop={"family": families},
    )
    legend.set_title("Class")
    return figure


def loss_surface(surface, levels=20):
    """Draw a loss along two directions of the weights as contours; a cross marks the model.

    Contours lie at equal ratios of the loss. Places where it is NaN or infinite are white.

    Parameters
    ----------
    surface : `minidl.insight.LossSurface`
    levels : int
        How many contours, about.

    >>> from minidl.insight import LossSurface
    >>> places = np.linspace(-1, 1, 5)
    >>> bowl = LossSurface(places, places, places[:, None] ** 2 + places**2 + 0.1)
    >>> loss_surface(bowl).axes[0].get_xlabel()
    'Along the first direction'
    """
    levels = checks.integer(levels, "loss_surface: levels", 2)
    loss = np.ma.masked_invalid(np.asarray(surface.loss).T)  # rows of a picture are y
    if not loss.count():
        raise ValueError("loss_surface: the loss is finite nowhere")
    low, high = max(loss.min(), 1e-12), loss.max()
    figure = drawing.figure_of(6.4, 5)
    axes = figure.subplots()
    edges = np.geomspace(low, high if high > low else 2 * low, levels)
    shown = axes.contourf(
        surface.first, surface.second, np.ma.clip(loss, low, None), edges, norm="log"
    )
    axes.contour(shown, colors="white", linewidths=0.4, alpha=0.6)
    axes.plot(0, 0, "+", color="white", markersize=14, markeredgewidth=2)
    bar = figure.colorbar(shown, label="Loss (equal ratios)", format="%.3g")
    bar.set_ticks(edges[:: max(1, levels // 8)])
    bar.minorticks_off()
    axes.set(
        title="Loss around the model's weights (+)",
        xlabel="Along the first direction",
        ylabel="Along the second direction",
        aspect="equal",
    )
    return figure


def _tiles(name, x, index):
    """Return a layer's picture, and what is left out of it; maps in one row."""
    if not 0 <= index < len(x):
        raise ValueError(f"activations: index needs 0 to {len(x) - 1}, got {index}")
    x = x[index]
    if x.ndim == 3:
        maps = x.transpose(2, 0, 1)[:MOST_MAPS, :, :, None]
        left_out = f", the first {MOST_MAPS} maps" if x.shape[2] > MOST_MAPS else ", all maps"
        return drawing.mosaic(_stretched(maps), len(maps)), left_out
    left_out = f", the first {MOST_NUMBERS}" if x.size > MOST_NUMBERS else ""
    return x.reshape(1, -1)[:, :MOST_NUMBERS], left_out


def _stretched(maps):
    """Scale each map to 0 … 1, so that weak ones are seen."""
    low, high = maps.min((1, 2), keepdims=True), maps.max((1, 2), keepdims=True)
    return (maps - low) / np.where(high > low, high - low, 1)


def _short(text):
    return text if len(text) <= 28 else text[:27] + "…"
