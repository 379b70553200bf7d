"""Contact sheets of what an audit found: a figure for each kind of finding."""

from pathlib import Path

from minidl import plots
from minidl.cli import terminal
from minidl.data.audit import KINDS
from minidl.data.decode import thumbnail

SIDE = 160  # pixels to which the larger side of a picture is reduced
ROWS, COLUMNS = 8, 6


def write(audit, folder):
    """Write a PNG file for every kind of finding that has images, and return their paths."""
    facts = {file.path: file for file in audit.files}
    written = []
    for kind, (_, heading) in KINDS.items():
        found = [finding for finding in audit.of(kind) if finding.paths]
        if found:
            # A row a group; of single files, several in a row.
            single = all(len(finding.paths) == 1 for finding in found)
            groups = [f.paths[:COLUMNS] for f in found[: ROWS * (COLUMNS if single else 1)]]
            shown = sum(map(len, groups))
            total = sum(len(finding.paths) for finding in found)
            title = f"{heading}: {shown:,} of {total:,} files" if shown < total else heading
            tiles = [[_tile(audit.root, facts.get(path), path) for path in g] for g in groups]
            path = Path(folder, f"{kind}.png")
            plots.save(plots.contact_sheet(tiles, title, COLUMNS), path)
            written.append(path)
    return written


def _tile(root, facts, path):
    """Return the picture of a file, None if it has none, and its caption."""
    name = terminal.printable(Path(path).name)
    if facts is None:
        return None, name
    place = "/".join(part for part in (facts.split, facts.label) if part)
    size = facts.reason or f"{facts.width} × {facts.height} {facts.format}"
    caption = "\n".join((name, terminal.printable(place), size))
    try:
        return thumbnail(root / path, SIDE), caption
    except (ValueError, OSError):
        return None, caption
