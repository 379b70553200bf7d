"""Figures: what is written in them, that nothing is cut off, and what they refuse."""

import itertools
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from minidl import fonts, plots
from minidl.callbacks import History
from minidl.data.active import LearningCurve

LONG = [f"a rather long class name, number {i}" for i in range(30)]


def check_layout(figure):
    """Nothing is cut off, and no label lies over another."""
    figure.draw_without_rendering()
    drawn = figure.get_tightbbox()
    assert min(drawn.x0, drawn.y0) > -0.01
    assert drawn.x1 < figure.get_figwidth() + 0.01
    assert drawn.y1 < figure.get_figheight() + 0.01
    for axes in figure.axes:
        rows = [axes.texts]
        if axes.axison:
            rows += [shown_labels(axes.xaxis), shown_labels(axes.yaxis)]
        for row in rows:
            boxes = [label.get_window_extent() for label in row]
            assert not any(one.overlaps(other) for one, other in itertools.pairwise(boxes))
    titles = [axes.title.get_window_extent() for axes in figure.axes if axes.get_title()]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(titles, 2))


def shown_labels(axis):
    low, high = sorted(axis.get_view_interval())
    ticks = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)
    return [label for place, label in ticks if low <= place <= high]


def history(epochs, *names):
    return {name: [1 / (i + 1) for i in range(epochs)] for name in names}


@pytest.mark.parametrize("epochs", [1, 5, 100])
def test_curves(epochs):
    names = ("loss", "accuracy", "val_loss", "val_accuracy")
    figure = plots.curves(history(epochs, *names))
    check_layout(figure)
    for axes, name in zip(figure.axes, names[:2], strict=True):
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("Epoch", name.capitalize())
        assert [text.get_text() for text in axes.get_legend().get_texts()] == [
            "Training",
            "Validation",
        ]
        assert all(tick == int(tick) for tick in axes.get_xticks())
        for line in axes.lines:
            assert list(line.get_xdata()) == list(range(1, epochs + 1))
            assert list(line.get_ydata()) == history(epochs, name)[name]


def test_curves_of_what_fit_returns():
    returned = History()
    for epoch in range(3):
        returned.on_epoch_end(epoch, {"loss": 1.0 - epoch / 4})
    (axes,) = plots.curves(returned).axes
    assert list(axes.lines[0].get_ydata()) == [1.0, 0.75, 0.5]


def test_curves_of_an_epoch_that_was_not_validated():
    figure = plots.curves({"loss": [3, 2, 1], "val_loss": [3, 2]})
    assert [len(line.get_xdata()) for line in figure.axes[0].lines] == [3, 2]


def test_curves_of_nothing():
    with pytest.raises(ValueError, match="no epoch"):
        plots.curves({})


@pytest.mark.parametrize(
    "names",
    [["cat", "dog"], list("0123456789"), LONG, [f"c{i}" for i in range(100)]],
    ids=["2", "10", "30", "100"],
)
def test_confusion(names):
    rng = np.random.default_rng(0)
    y_true = rng.integers(0, len(names), 20_000)
    y_pred = np.where(rng.random(20_000) < 0.8, y_true, rng.integers(0, len(names), 20_000))
    figure = plots.confusion(y_true, y_pred, names)
    check_layout(figure)
    axes = figure.axes[0]
    expected = np.zeros((len(names), len(names)), int)
    for pair in zip(y_true, y_pred, strict=True):
        expected[pair] += 1
    if len(names) <= plots.MOST_WRITTEN:
        written = {text.get_position(): int(text.get_text()) for text in axes.texts}
        assert written == {(j, i): n for (i, j), n in np.ndenumerate(expected)}
    share = expected / expected.sum(axis=1, keepdims=True)
    assert np.allclose(axes.images[0].get_array(), share)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Predicted class", "True class")


def test_confusion_without_examples_of_a_class():
    figure = plots.confusion([0, 0, 1], [2, 0, 1], ["a", "b", "c"])
    assert np.array_equal(figure.axes[0].images[0].get_array()[2], [0, 0, 0])


@pytest.mark.parametrize(
    ("y_true", "y_pred"),
    [([0, 1], [0]), ([0, 2], [0, 1]), ([0, -1], [0, 1]), ([[0]], [0]), ([0.0], [0])],
)
def test_confusion_refuses(y_true, y_pred):
    with pytest.raises(ValueError, match="confusion"):
        plots.confusion(y_true, y_pred, ["cat", "dog"])


def test_mistakes_come_worst_first():
    p = np.array([[0.9, 0.1], [0.2, 0.8], [0.98, 0.02], [0.6, 0.4], [0.1, 0.9]])
    x = np.arange(5)[:, None, None] * np.full((5, 4, 4), 50, np.uint8)
    figure = plots.mistakes(x, [1, 1, 1, 1, 0], p, ["cat", "dog"])
    check_layout(figure)
    shown = [axes for axes in figure.axes if axes.get_title()]
    assert [axes.get_title() for axes in shown] == [
        "dog → cat  98 %",
        "dog → cat  90 %",
        "cat → dog  90 %",
        "dog → cat  60 %",
    ]
    values = [axes.images[0].get_array().max() for axes in shown]
    assert np.allclose(values, [100 / 255, 0, 200 / 255, 150 / 255])


@pytest.mark.parametrize("names", [list("0123456789"), LONG], ids=["10", "30"])
@pytest.mark.parametrize("count", [1, 2, 7, 300])
@pytest.mark.parametrize("channels", [1, 3])
def test_mistakes_are_laid_out(names, count, channels):
    rng = np.random.default_rng(count)
    p = rng.dirichlet([0.3] * len(names), count)
    y = (p.argmax(axis=1) + 1) % len(names)
    figure = plots.mistakes(rng.random((count, 28, 28, channels)), y, p, names)
    check_layout(figure)
    assert sum(bool(axes.get_title()) for axes in figure.axes) == min(count, 25)


def test_no_mistakes():
    figure = plots.mistakes(np.zeros((1000, 4, 4)), [0] * 1000, [[0.9, 0.1]] * 1000, ["a", "b"])
    assert [text.get_text() for text in figure.texts] == ["No mistakes among 1,000 images"]


@pytest.mark.parametrize(
    ("x", "y", "p", "most"),
    [
        (np.zeros((2, 4, 4, 2)), [0, 1], np.zeros((2, 2)), 25),
        (np.zeros((2, 4)), [0, 1], np.zeros((2, 2)), 25),
        (np.zeros((2, 4, 4)), [0], np.zeros((2, 2)), 25),
        (np.zeros((2, 4, 4)), [0, 1], np.zeros((2, 3)), 25),
        (np.zeros((2, 4, 4)), [0, 2], np.zeros((2, 2)), 25),
        (np.zeros((2, 4, 4)), [0, 1], np.zeros((2, 2)), 0),
    ],
)
def test_mistakes_refuse(x, y, p, most):
    with pytest.raises(ValueError, match="mistakes"):
        plots.mistakes(x, y, p, ["cat", "dog"], most)


@pytest.mark.parametrize("shape", [(3, 3, 1, 32), (5, 5, 1, 2), (3, 5, 1, 1), (3, 3, 2, 64)])
def test_filters(shape):
    kernel = np.random.default_rng(0).normal(size=shape)
    figure = plots.filters(kernel)
    check_layout(figure)
    image = figure.axes[0].images[0]
    shown = np.ma.masked_invalid(image.get_array())
    assert shown.count() == kernel.size
    assert np.allclose(np.sort(shown.compressed()), np.sort(kernel, axis=None))
    assert np.allclose(shown[: shape[0], : shape[1]], kernel[:, :, 0, 0])
    limit = np.abs(kernel).max()
    assert image.get_clim() == (-limit, limit)


def test_filters_of_colour_images():
    kernel = np.zeros((2, 2, 3, 4))
    kernel[0, 0, :, 0] = [2, 0, -2]
    figure = plots.filters(kernel)
    check_layout(figure)
    shown = figure.axes[0].images[0].get_array()
    assert shown.shape[2] == 4
    assert list(shown[0, 0]) == [1, 0.5, 0, 1]
    assert list(shown[1, 1]) == [0.5, 0.5, 0.5, 1]
    assert np.count_nonzero(shown[..., 3]) == 16


def test_filters_that_are_all_zero():
    check_layout(plots.filters(np.zeros((3, 3, 1, 4))))


def test_filters_refuse():
    with pytest.raises(ValueError, match=r"needs a kernel of shape \(kh, kw, C, F\), got \(3, 3\)"):
        plots.filters(np.zeros((3, 3)))


def learning_curve(strategy, accuracy, step=100):
    labels = step * np.arange(1, len(accuracy) + 1)
    return LearningCurve(strategy, labels, np.array(accuracy), np.arange(labels[-1]))


def test_learning_curves():
    curves = [
        learning_curve("margin", [0.5, 0.9, 1.0]),
        learning_curve("random", [0.5, 0.7]),
        learning_curve("margin", [0.7, 0.9, 0.8]),
    ]
    figure = plots.learning_curves(curves, target=0.8)
    check_layout(figure)
    (axes,) = figure.axes
    margin, random, target = axes.lines
    np.testing.assert_array_equal(margin.get_xdata(), [100, 200, 300])
    np.testing.assert_allclose(margin.get_ydata(), [0.6, 0.9, 0.9])
    np.testing.assert_allclose(random.get_ydata(), [0.5, 0.7])
    assert set(target.get_ydata()) == {0.8}
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["margin", "random"]
    (band,) = axes.collections  # a single run has none
    corners = band.get_paths()[0].vertices
    for labels, low, high in ((100, 0.5, 0.7), (200, 0.9, 0.9), (300, 0.8, 1.0)):
        heights = corners[corners[:, 0] == labels, 1]
        assert (heights.min(), heights.max()) == pytest.approx((low, high))


def test_learning_curves_refuse():
    with pytest.raises(ValueError, match="there is no curve"):
        plots.learning_curves([])
    curves = [learning_curve("margin", [0.5]), learning_curve("margin", [0.5], step=50)]
    with pytest.raises(ValueError, match="runs of 'margin' differ"):
        plots.learning_curves(curves)


def test_names_that_no_font_can_draw_become_numbers(monkeypatch):
    monkeypatch.setattr(fonts, "CJK_FONTS", ())
    names = ["猫", "Kätzchen", "$\\frac", "new\nline", "\udcff", ""]
    figure = plots.confusion(range(6), range(6), names)
    shown = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert shown == ["class 0", "Kätzchen", "$\\frac", "class 3", "class 4", "class 5"]
    check_layout(figure)


def test_a_second_font_draws_what_the_first_lacks(monkeypatch):
    letter = chr(min(fonts._letters("STIXGeneral") - fonts._letters(fonts.FONT)))
    monkeypatch.setattr(fonts, "CJK_FONTS", ("no such font", "STIXGeneral"))
    assert letter.isprintable()
    figure = plots.confusion([0, 1], [0, 1], [letter, "猫"])
    shown = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    assert shown == [letter, "class 1"]
    check_layout(figure)


def captions(figure):
    return [text.get_text() for text in figure.axes[0].texts]


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (40, 30, 3)])
def test_a_contact_sheet_of_single_pictures(shape):
    tiles = [[(np.full(shape, 0.5), f"{i}.png\nclass")] for i in range(8)]
    figure = plots.contact_sheet(tiles, "Eight", columns=3)
    assert captions(figure) == [f"{i}.png\nclass" for i in range(8)]
    assert len(figure.axes[0].images) == 8
    assert figure.axes[0].lines[:] == []
    rows = {text.get_position()[1] for text in figure.axes[0].texts}
    assert len(rows) == 3
    figure.draw_without_rendering()
    for image in figure.axes[0].images:
        left, right, bottom, top = image.get_extent()
        assert (right - left) / (bottom - top) == pytest.approx(
            np.clip(shape[1] / shape[0], 0, 0.9 / 0.03)
        )


def test_a_contact_sheet_of_groups(monkeypatch):
    monkeypatch.setattr(fonts, "CJK_FONTS", ())
    picture = np.zeros((2, 2, 3), np.uint8)
    groups = [[(picture, "a"), (None, "$\\b 猫")], [(picture, "c")] * 9]
    figure = plots.contact_sheet(groups, "Copies", columns=4)
    assert captions(figure) == ["a", "×", "$\\b □", "c", "c", "c", "c"]
    assert len(figure.axes[0].lines) == 2
    plots.contact_sheet([], "None").draw_without_rendering()


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
