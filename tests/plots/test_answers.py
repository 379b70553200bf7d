"""Confusions and mistakes: what is written in the figures, and what they refuse."""

import numpy as np
import pytest
from figures import check_layout

from minidl import fonts, plots
from minidl.plots import answers

LONG = [f"a rather long class name, number {i}" for i in range(30)]


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
    if len(names) <= answers.MOST_WRITTEN:
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
