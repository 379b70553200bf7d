"""Contact sheets."""

import numpy as np
import pytest

from minidl import fonts, plots


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
