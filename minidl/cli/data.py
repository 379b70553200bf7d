"""``minidl data``: look through a folder of images, share it out, and see that it stays so."""

import contextlib
import json
import pathlib
import sys
from typing import Annotated

import typer

from minidl import data
from minidl.cli import results, sheets, terminal
from minidl.cli.images import is_inside
from minidl.data.audit import KINDS
from minidl.runtime import checks

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Look through a folder of images, share it out, and see that it stays as it is.",
)
DIR = typer.Argument(
    metavar="DIR",
    help="Folder of class-named folders of images, or of train, val and test with these in them.",
)
STRICT_FAILED = 1
MOST_NAMED = 3


@app.command("audit")
def audit(
    folder: Annotated[str, DIR],
    out: Annotated[
        str | None,
        typer.Option(metavar="DIR", help="Folder for audit.json and a contact sheet per finding."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Allow a folder --out that is not empty.")
    ] = False,
    json_file: Annotated[
        str | None,
        typer.Option("--json", metavar="FILE", help="File for the report; - for the terminal."),
    ] = None,
    manifest: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Manifest that says which image is in which set."),
    ] = None,
    crops: Annotated[
        bool, typer.Option("--crops/--no-crops", help="Look for images that are part of another.")
    ] = True,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 if there is any finding.")
    ] = False,
):
    """Find what is wrong with a folder of images: nothing in it is changed.

    Damaged files, duplicates and near-duplicates, leakage between sets, images in two classes,
    blank ones, odd sizes and more. The exit code is 0, whatever is found; with --strict it is 1
    if anything is.
    """
    if out is not None and is_inside(out, folder):
        raise ValueError(f"--out: {out} lies in {folder}, which is not to be changed")
    if json_file is not None and not pathlib.Path(json_file).parent.is_dir():
        raise ValueError(f"--json: there is no folder {str(pathlib.Path(json_file).parent)!r}")
    known = data.read_manifest(manifest, folder, check=False) if manifest else None
    with contextlib.ExitStack() as stack:
        if out is not None:
            stack.enter_context(results.folder(pathlib.Path(out), overwrite))
        with terminal.progress("Reading images") as progress:
            report = data.audit(folder, known, crops, progress)
        written = []
        if out is not None:
            report.write(pathlib.Path(out, "audit.json"))
            written = [pathlib.Path(out, "audit.json"), *sheets.write(report, out)]
    if json_file not in (None, "-"):
        report.write(json_file)
        written.append(json_file)
    if json_file == "-":
        sys.stdout.write(json.dumps(report.to_dict(), indent=1) + "\n")
    else:
        _show(report, crops)
        if written:
            results.list_files(written)
    if strict and report.findings:
        raise typer.Exit(STRICT_FAILED)


@app.command("split")
def split(
    folder: Annotated[str, DIR],
    val: Annotated[float, typer.Option(help="Share of each class for validation.")] = 0.15,
    test: Annotated[float, typer.Option(help="Share of each class for the test.")] = 0.15,
    group: Annotated[
        str | None,
        typer.Option(
            metavar="REGEX",
            help="What paths of one person's pictures have in common, like '/(\\w+)-': all of a "
            "group go to one set.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same files: same sets.")] = 0,
    manifest: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help=".json or .csv file to write. [default: DIR/manifest.json]"
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace a manifest that exists.")
    ] = False,
):
    """Share out images to train, val and test, and write that down in a manifest.

    The manifest holds the path, SHA-256, class and set of every file. Copies go to one set.
    """
    fractions = {"val": val, "test": test}
    for name, share in fractions.items():
        checks.real(share, f"--{name}", 0, 1)
    path = pathlib.Path(manifest) if manifest else pathlib.Path(folder, "manifest.json")
    if path.exists() and not overwrite:
        raise ValueError(f"--manifest: {path} exists; choose another name, or add --overwrite")
    made = data.make_manifest(folder, {n: s for n, s in fractions.items() if s}, seed, group)
    made.write(path)
    sets = sorted({entry.split for entry in made.entries})
    labels = sorted({entry.label for entry in made.entries})
    counts = {(label, name): 0 for label in labels for name in sets}
    for entry in made.entries:
        counts[entry.label, entry.split] += 1
    rows = [(label, *(f"{counts[label, name]:,}" for name in sets)) for label in labels]
    terminal.table(("class", *sets), rows)
    results.list_files([path])


@app.command("check")
def check(
    manifest: Annotated[str, typer.Argument(metavar="MANIFEST", help=".json or .csv file.")],
    folder: Annotated[
        str | None,
        typer.Argument(metavar="[DIR]", help="The folder it describes. [default: its own]"),
    ] = None,
):
    """See that the files are those of a manifest: missing, changed and new ones are named."""
    known = data.read_manifest(manifest, folder)
    terminal.say(f"{len(known.entries):,} files are as {manifest} has them.")


def _show(report, wanted_crops):
    """Print the tables: sizes, classes, findings."""
    usable = report.usable
    terminal.say(f"{report.root}: {len(report.files):,} files, {len(usable):,} usable images")
    if usable:
        sides = [sorted(getattr(file, side) for file in usable) for side in ("width", "height")]
        (w, wide), (h, high) = ((each[0], each[-1]) for each in sides)
        terminal.say(f"Sizes    {_span(w, wide)} wide, {_span(h, high)} high")
        for what in ("mode", "format"):
            terminal.say(f"{what.title() + 's':8} {_shares(getattr(f, what) for f in usable)}")
        terminal.say()
        _show_classes(report)
    terminal.say()
    if not report.crops_searched:
        why = ": the images are too much alike for that" if wanted_crops else ""
        terminal.say(f"Crops were not looked for{why}.")
    rows = []
    for kind, (severity, heading) in KINDS.items():
        found = report.of(kind)
        if found:
            rows.append((severity, len(found), heading, _named(found)))
    if rows:
        terminal.table(("", "number", "finding", "for example"), rows, left=4)
    else:
        terminal.say("Nothing is wrong with it.")


def _show_classes(report):
    counts = report.class_counts()
    sets = sorted(counts, key=str)
    labels = sorted({label for of_set in counts.values() for label in of_set}, key=str)
    rows = [
        (label or "–", *(f"{counts[name].get(label, 0):,}" for name in sets)) for label in labels
    ]
    terminal.table(("class", *(name or "images" for name in sets)), rows)


def _named(found):
    """Return the paths, or the message, of a kind's first finding."""
    finding = found[0]
    if not finding.paths:
        return finding.message
    more = ", …" if len(finding.paths) > MOST_NAMED else ""
    return f"{', '.join(finding.paths[:MOST_NAMED])}{more}: {finding.message}"


def _span(low, high):
    return f"{low:,}" if low == high else f"{low:,} … {high:,}"


def _shares(values):
    values = list(values)
    counts = sorted(((values.count(v), v) for v in set(values)), reverse=True)
    return ", ".join(f"{value} {count:,}" for count, value in counts)
