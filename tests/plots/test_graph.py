"""The picture of a graph: well-formed, nothing overlaps, no arrow crosses a box."""

import itertools
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from minidl import plots
from minidl.insight import Graph

SVG = "{http://www.w3.org/2000/svg}"
ARROWS = st.lists(
    st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda a: a[0] < a[1]), max_size=25
)
LINES = st.lists(st.text(max_size=60), min_size=1, max_size=3).map(tuple)


def parts(text):
    """Return the boxes (x0, y0, x1, y1) and the arrows' points."""
    root = ElementTree.fromstring(text)
    boxes = []
    for group in root.iter(f"{SVG}g"):
        rect = group.find(f"{SVG}rect")
        x, y, width, height = (float(rect.get(k)) for k in ("x", "y", "width", "height"))
        boxes.append((x, y, x + width, y + height))
    arrows = [
        [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        for line in root.iter(f"{SVG}polyline")
    ]
    return root, boxes, arrows


@given(ARROWS, st.lists(LINES, min_size=12, max_size=12))
def test_nothing_overlaps(arrows, lines):
    root, boxes, drawn = parts(plots.graph_svg(Graph("<&>", tuple(lines), tuple(arrows))))
    assert len(boxes) == 12
    assert len(drawn) == len(set(arrows))
    width, height = float(root.get("width")), float(root.get("height"))
    assert all(x0 > 0 and y0 > 0 and x1 < width and y1 < height for x0, y0, x1, y1 in boxes)
    for a, b in itertools.combinations(boxes, 2):
        assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
    for (a, b), points in zip(dict.fromkeys(arrows), drawn, strict=True):
        assert boxes[a][0] < points[0][0] < boxes[a][2]
        assert abs(points[0][1] - boxes[a][3]) < 0.2
        assert boxes[b][0] < points[-1][0] < boxes[b][2]
        for (xa, ya), (xb, yb) in itertools.pairwise(points):
            for share in (0.1, 0.3, 0.5, 0.7, 0.9):
                x, y = xa + share * (xb - xa), ya + share * (yb - ya)
                assert not any(x0 < x < x1 and y0 < y < y1 for x0, y0, x1, y1 in boxes)


def test_text_is_escaped_and_shortened():
    root, _, _ = parts(plots.graph_svg(Graph("g", (("<b>&\x00", "y" * 99),), ())))
    assert [text.text for text in root.iter(f"{SVG}text")] == ["<b>&?", "y" * 47 + "…"]
