"""A graph as an SVG picture: boxes in rows, arrows from each to those that take its output."""

import itertools
from xml.sax.saxutils import escape

CHARACTER, LINE, PAD = 7.3, 17, 10  # pixels: of 12-pixel monospaced text
ACROSS, DOWN, MARGIN = 28, 44, 20  # between boxes, between rows, around all
LONGEST = 48  # characters of a line


def graph_svg(graph):
    """Return the SVG text of a `minidl.insight.Graph`.

    A box stands one row below the lowest of those that lead to it. An arrow across rows goes
    through places of its own in the rows between, so that it crosses no box. Within a row, the
    order is that of the mean place of what leads there (Sugiyama, Tagawa, Toda, 1981).
    """
    boxes = [tuple(_printable(line) for line in lines) for lines in graph.boxes]
    sizes = [
        (max(len(line) for line in lines) * CHARACTER + 2 * PAD, len(lines) * LINE + PAD)
        for lines in boxes
    ]
    rows, paths = _rows(len(boxes), graph.arrows)
    places, width, height = _places(rows, sizes)
    drawn = [_arrow([places[k] for k in path]) for path in paths]
    drawn += [_box(places[i], lines) for i, lines in enumerate(boxes)]
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
            f"<title>{escape(_printable(graph.title))}</title>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8Z" fill="#555"/></marker></defs>',
            '<rect width="100%" height="100%" fill="#fff"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def _rows(count, arrows):
    """Return rows of numbers, and each arrow's path; numbers from `count` on are waypoints."""
    level = [0] * count
    for a, b in sorted(arrows, key=lambda arrow: arrow[1]):  # a < b, so level[a] is final
        level[b] = max(level[b], level[a] + 1)
    level = _lowered(level, arrows)
    rows = [[] for _ in range(max(level, default=0) + 1)]
    for i, row in enumerate(level):
        rows[row].append(i)
    paths, number = [], count
    for a, b in dict.fromkeys(arrows):
        between = list(range(number, number + level[b] - level[a] - 1))
        number += len(between)
        for row, waypoint in enumerate(between, level[a] + 1):
            rows[row].append(waypoint)
        paths.append([a, *between, b])
    return _ordered(rows, paths), paths


def _lowered(level, arrows):
    """Move what nothing leads to (inputs, weights) down to just above what takes it."""
    led_to = {b for _, b in arrows}
    level = list(level)
    for i in range(len(level)):
        takers = [level[b] for a, b in arrows if a == i]
        if i not in led_to and takers:
            level[i] = min(takers) - 1
    return level


def _ordered(rows, paths):
    sources = {}
    for path in paths:
        for a, b in itertools.pairwise(path):
            sources.setdefault(b, []).append(a)
    for above, row in itertools.pairwise(rows):
        place = {k: i / max(len(above) - 1, 1) for i, k in enumerate(above)}

        def mean(k, place=place):
            known = [place[s] for s in sources.get(k, ()) if s in place]
            return sum(known) / len(known) if known else 1.0

        row.sort(key=mean)
    return rows


def _places(rows, sizes):
    """Return {number: (x, y, width, height, row's top, row's bottom)}, and the picture's size."""
    size = dict(enumerate(sizes))
    widths = [sum(size.get(k, (0, 0))[0] + ACROSS for k in row) - ACROSS for row in rows]
    widest = max(widths)
    places, y = {}, MARGIN
    for row, width in zip(rows, widths, strict=True):
        tall = max((size[k][1] for k in row if k in size), default=0)
        x = MARGIN + (widest - width) / 2
        for k in row:
            w, h = size.get(k, (0, tall))
            places[k] = (x, y + (tall - h) / 2, w, h, y, y + tall)
            x += w + ACROSS
        y += tall + DOWN
    return places, widest + 2 * MARGIN, y - DOWN + MARGIN


def _box(place, lines):
    x, y, width, height, _, _ = place
    text = [
        f'<text x="{x + width / 2:.1f}" y="{y + PAD / 2 + LINE * (i + 0.75):.1f}"'
        f"{' font-weight=' + chr(34) + 'bold' + chr(34) if i == 0 else ''}>{escape(line)}</text>"
        for i, line in enumerate(lines)
    ]
    return (
        '<g font-family="monospace" font-size="12" text-anchor="middle">'
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="5" '
        f'fill="#eef3fa" stroke="#4a6a94"/>{"".join(text)}</g>'
    )


def _arrow(places):
    """Return straight pieces: down the waypoints' rows, slanting only between rows."""
    points = []
    for x, y, width, height, top, bottom in places:
        centre = x + width / 2
        points += [(centre, top), (centre, y), (centre, y + height), (centre, bottom)]
    points = list(dict.fromkeys(points[2:-2]))  # from the first's lower edge to the last's upper
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="#555" marker-end="url(#tip)"/>'


def _printable(text):
    """Return a line that XML can hold and a box can show."""
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
