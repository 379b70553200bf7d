"""Samples, losses, neighbours, animations: what is in them, how they are laid out."""

import numpy as np
import pytest
from figures import check_layout
from PIL import Image

from minidl import plots


def pictures(count, channels=1, size=(6, 5)):
    return np.random.default_rng(count).random((count, *size, channels))


@pytest.mark.parametrize("channels", [1, 3])
def test_grid(channels):
    x = pictures(5, channels)
    found = plots.grid(x, 3)
    assert found.dtype == np.uint8
    assert found.shape == (13, 17) + ((3,) if channels == 3 else ())
    fourth = found[7:13, 0:5].reshape(6, 5, channels)
    assert np.array_equal(fourth, np.rint(255 * x[3]))
    assert (found[6] == 128).all()
    assert (found[7:, 12:] == 128).all()


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (3, 10), (10, 10)])
@pytest.mark.parametrize("named", [True, False])
def test_samples(rows, columns, named):
    names = [f"class {i}" for i in range(rows)] if named else None
    figure = plots.samples(pictures(rows * columns, size=(28, 28)), columns, names)
    check_layout(figure)
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == (names or [])


@pytest.mark.parametrize("epochs", [1, 2, 60])
def test_losses(epochs):
    numbers = range(1, epochs + 1)
    values = np.random.default_rng(0).random((2, epochs))
    figure = plots.adversarial_losses(numbers, *values)
    check_layout(figure)
    assert [axes.get_title() for axes in figure.axes] == ["Discriminator", "Generator"]
    for axes, expected in zip(figure.axes, values, strict=True):
        assert np.array_equal(axes.lines[0].get_ydata(), expected)


@pytest.mark.parametrize("count", [1, 10, 14])
def test_neighbours(count):
    x, nearest = pictures(count, size=(28, 28)), pictures(count, size=(28, 28)) / 2
    figure = plots.neighbours(x, nearest)
    check_layout(figure)
    picture = figure.axes[0].images[0].get_array()
    assert np.array_equal(picture[:28, :28], np.rint(255 * x[0, ..., 0]))
    assert np.array_equal(picture[29:57, :28], np.rint(255 * nearest[0, ..., 0]))


def test_pictures_and_animations(tmp_path):
    paths = []
    for i in range(4):
        paths.append(tmp_path / f"{i}.png")
        plots.save_picture(np.full((3, 4), 60 * i, np.uint8), paths[-1], scale=2)
    with Image.open(paths[1]) as image:
        assert np.array_equal(np.asarray(image), np.full((6, 8), 60))
    for count in (1, 4):
        plots.save_animation(paths[:count], tmp_path / "a.gif")
        with Image.open(tmp_path / "a.gif") as film:
            assert getattr(film, "n_frames", 1) == count
            film.seek(count - 1)
            assert abs(int(np.asarray(film.convert("L"))[0, 0]) - 60 * (count - 1)) < 3
            assert film.info["duration"] == 2000


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.grid(np.zeros((2, 3, 3)), 2), "need the shape"),
        (lambda: plots.grid(np.zeros((0, 3, 3, 1)), 2), "need the shape"),
        (lambda: plots.grid(np.full((1, 3, 3, 1), 1.5), 2), "from 0 to 1"),
        (lambda: plots.grid(np.full((1, 3, 3, 1), np.nan), 2), "from 0 to 1"),
        (lambda: plots.neighbours(pictures(2), pictures(3)), "an image for each"),
        (lambda: plots.adversarial_losses([], [], []), "at least one"),
        (lambda: plots.adversarial_losses([1], [1.0], []), "got 1, 1 and 0"),
    ],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
