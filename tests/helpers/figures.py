"""How figures are checked: nothing is cut off, no label lies over another."""

import itertools


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
