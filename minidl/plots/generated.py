"""Generated images: grids of samples, the two players' losses, neighbours in the training set."""

import math

import numpy as np

from minidl.plots import drawing
from minidl.runtime import files

#: How long a frame of an animation is shown, in milliseconds, and the last one.
FRAME, LAST_FRAME = 120, 2000


def grid(images, columns):
    """Return images (N, H, W, 1 or 3) from 0 to 1 side by side: one picture, uint8.

    Row by row, one pixel apart, mid-grey in between: (h, w) or (h, w, 3).

    >>> grid(np.ones((4, 2, 2, 1)), columns=2)[:3]
    array([[255, 255, 128, 255, 255],
           [255, 255, 128, 255, 255],
           [128, 128, 128, 128, 128]], dtype=uint8)
    """
    images = _checked("grid", images)
    count, height, width, channels = images.shape
    rows = math.ceil(count / columns)
    picture = np.full((rows * (height + 1) - 1, columns * (width + 1) - 1, channels), 128, np.uint8)
    for i, image in enumerate(np.rint(255 * images).astype(np.uint8)):
        y, x = (i // columns) * (height + 1), (i % columns) * (width + 1)
        picture[y : y + height, x : x + width] = image
    return picture[..., 0] if channels == 1 else picture


def samples(images, columns, row_names=None, title="Generated images"):
    """Draw a grid of images, its rows named, by the class that was asked for say.

    Parameters
    ----------
    images : array (N, H, W, 1 or 3)
        From 0 to 1; row by row.
    columns : int
    row_names : sequence of str, optional

    >>> figure = samples(np.zeros((4, 8, 8, 1)), 2, ["cat", "dog"])
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['cat', 'dog']
    """
    picture = grid(images, columns)
    height = np.shape(images)[1] + 1
    rows = math.ceil(len(images) / columns)
    figure = drawing.figure_of(max(3.4, 0.55 * columns + 1.0), 0.55 * rows + 0.9)
    axes = figure.subplots()
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255)
    axes.set_xticks([])
    axes.set_yticks([])
    if row_names is not None:
        names, font = drawing.labels(row_names, 16)
        axes.set_yticks(height * np.arange(rows) + height / 2 - 1, names, family=font)
        axes.tick_params(length=0)
        axes.set_ylabel("Class asked for")
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_title(title, fontsize=10)
    return figure


def adversarial_losses(epochs, discriminator, generator):
    """Draw both players' losses against the epoch, on one axis each.

    Parameters
    ----------
    epochs, discriminator, generator : sequence of float, of one length
    """
    from matplotlib.ticker import MaxNLocator

    if not len(epochs) or not len(epochs) == len(discriminator) == len(generator):
        raise ValueError(
            "adversarial_losses: needs equally many epochs and losses, at least one, got "
            f"{len(epochs)}, {len(discriminator)} and {len(generator)}"
        )
    figure = drawing.figure_of(8.4, 3.6)
    pairs = {"Discriminator": discriminator, "Generator": generator}
    for axes, (name, values) in zip(figure.subplots(1, 2), pairs.items(), strict=True):
        axes.plot(epochs, values, marker="o" if len(epochs) <= 30 else "", markersize=4)
        axes.set_title(name)
        axes.set_xlabel("Epoch")
        axes.set_ylabel("Loss")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.grid(alpha=0.3)
    return figure


def neighbours(images, nearest, columns=10):
    """Draw each image above its nearest neighbour in the training set, to see that it is no copy.

    Parameters
    ----------
    images, nearest : array (N, H, W, 1 or 3)
        From 0 to 1.
    columns : int
    """
    images, nearest = _checked("neighbours", images), _checked("neighbours", nearest)
    if images.shape != nearest.shape:
        raise ValueError(
            f"neighbours: needs an image for each image, got {images.shape} and {nearest.shape}"
        )
    rows = math.ceil(len(images) / columns)
    figure = drawing.figure_of(0.6 * columns + 1.6, 1.25 * rows + 0.6)
    for row, axes in enumerate(np.ravel(figure.subplots(rows, 1, squeeze=False))):
        part = slice(row * columns, (row + 1) * columns)
        pair = [images[part], nearest[part]]
        gap = columns - len(pair[0])
        pair = [np.pad(x, ((0, gap), *[(0, 0)] * 3), constant_values=1) for x in pair]
        height = images.shape[1] + 1
        axes.imshow(grid(np.concatenate(pair), columns), cmap="gray", vmin=0, vmax=255)
        axes.set_xticks([])
        axes.set_yticks([height / 2 - 1, 1.5 * height - 1], ["generated", "nearest"], fontsize=8)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
    figure.get_layout_engine().set(w_pad=0.12)  # names of rows stay off the edge
    figure.suptitle("Generated images and the training images nearest to them", fontsize=10)
    return figure


def save_picture(picture, path, scale=1):
    """Write an image (H, W) or (H, W, 3), uint8, as a PNG file: a pixel becomes `scale` × `scale`.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    from PIL import Image

    picture = np.kron(picture, np.ones((scale, scale, *[1] * (picture.ndim - 2)), np.uint8))
    with files.replacing(path) as temporary:
        Image.fromarray(picture).save(temporary, "PNG")


def save_animation(paths, path):
    """Write an animated GIF of PNG files of one size; it starts over when it ends.

    Parameters
    ----------
    paths : sequence of path
        The frames, at least one; only one of them is in memory at a time.
    path : str or path

    Raises
    ------
    OSError
        If a frame cannot be read, or the file cannot be written.
    """
    from PIL import Image

    def frames():
        for each in paths[1:]:
            with Image.open(each) as frame:
                yield frame.copy()

    durations = [FRAME] * (len(paths) - 1) + [LAST_FRAME]
    with files.replacing(path) as temporary, Image.open(paths[0]) as first:
        first.save(
            temporary, "GIF", save_all=True, append_images=frames(), duration=durations, loop=0
        )


def _checked(name, images):
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[3] not in (1, 3) or not images.size:
        raise ValueError(
            f"{name}: images need the shape (N, H, W, 1) or (N, H, W, 3), got {images.shape}"
        )
    if not np.all((images >= 0) & (images <= 1)):
        raise ValueError(f"{name}: images need numbers from 0 to 1")
    return images
