"""``minidl label``: label a folder of images in the browser, by keyboard."""

import pathlib
import webbrowser
from typing import Annotated

import typer

from minidl.cli import predict, terminal
from minidl.runtime import extras

JOURNAL = ".minidl-labels.jsonl"
LAST_PORT = 65535


def label(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="A folder of images.")],
    classes: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,C",
            help="Names of the classes, or a .json file with a label set. [default: the names of "
            "the sub-folders, or else those of the model; the page can add more]",
        ),
    ] = None,
    annotator: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Who labels: each name has labels of its own. With --export: whose labels. "
            "[default: 'default'; for --export, what all agree on]",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="A model.safetensors: show its guess, and the most uncertain image first.",
        ),
    ] = None,
    retrain: Annotated[
        bool,
        typer.Option(
            "--retrain",
            help="Learn from the labels in the background, after every 10 new ones; the model is "
            "written beside the journal.",
        ),
    ] = False,
    suspects: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Images that may have wrong labels: JSON, or CSV with a column 'path'.",
        ),
    ] = None,
    journal: Annotated[
        str | None,
        typer.Option(metavar="FILE", help=f"Where labels are kept. [default: DIR/{JOURNAL}]"),
    ] = None,
    port: Annotated[int, typer.Option(help="0: any that is free.")] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open the browser.")
    ] = False,
    export: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Write the labels instead of labelling: FILE.csv (path, label), FILE.json (COCO: "
            "boxes and masks), or a new folder (masks as PNG).",
        ),
    ] = None,
):
    """Label images in the browser, by keyboard: classes, boxes and masks.

    Prints an address that only this machine can open. Every label is on disk before the page
    says 'saved', and Ctrl-C ends it at any time. Needs the extra 'label'; --export does not.
    """
    path = pathlib.Path(journal or pathlib.Path(folder, JOURNAL))
    if export is not None:
        _export(folder, path, classes, annotator, export)
        return
    if not 0 <= port <= LAST_PORT:
        raise ValueError(f"--port needs a whole number from 0 to {LAST_PORT}, got {port}")
    extras.need("minidl label", "label", "bottle", "waitress")
    _serve(_session(folder, path, classes, annotator, model, retrain, suspects), port, no_browser)


def _session(folder, path, classes, annotator, model, retrain, suspects):
    from minidl.label import lists
    from minidl.label.annotation import class_name
    from minidl.label.folder import Folder
    from minidl.label.journal import Journal
    from minidl.label.learner import Learner
    from minidl.label.session import Session

    images = Folder(folder)
    for link in images.left_out:
        terminal.notice(f"minidl: skipped {link}: a link that leads out of the folder")
    annotator = class_name("default" if annotator is None else annotator)
    suspected = lists.suspects(suspects) if suspects is not None else ()
    known = predict.load(model)[1] if model is not None else []
    names = lists.classes(classes) if classes is not None else images.classes() or known
    out = path.with_suffix(".model.safetensors") if retrain else None
    session = Session(
        images,
        Journal(path),
        names,
        annotator,
        suspected,
        Learner(model, out) if model or retrain else None,
    )
    if session.unknown_suspects:
        terminal.notice(
            f"minidl: {suspects} names {session.unknown_suspects} images that are not in {folder}"
        )
    return session


def _serve(session, port, no_browser):
    try:
        server = _listen(session, port)
        counts = session.state()["counts"]
        terminal.say(f"{counts['all']:,} images, {counts['labelled']:,} labelled")
        terminal.say(f"Labels go to {session.journal.path}")
        terminal.say(f"Label them:  {server.url}")
        terminal.say("Ctrl-C ends it.")
        if not no_browser:
            webbrowser.open(server.url)
        server.run()
    finally:
        session.close()
    counts = session.state()["counts"]
    terminal.say()
    terminal.say(f"{counts['labelled']:,} of {counts['all']:,} images labelled")


def _listen(session, port):
    from minidl.label.server import Server

    try:
        return Server(session, port)
    except OSError as error:
        raise ValueError(f"--port: cannot listen on {port} ({error.strerror})") from error


def _export(folder, journal, classes, annotator, target):
    from minidl.label import export, lists
    from minidl.label.folder import Folder

    names = lists.classes(classes).names if classes is not None else None
    report = export.write(Folder(folder), journal, pathlib.Path(target), names, annotator)
    terminal.say(f"{report.written:,} of {report.images:,} images written to {target}")
    for line in report.lost:
        terminal.notice(f"minidl: not exported: {line}")
    if report.divided:
        terminal.notice(
            f"minidl: left out {report.divided:,} images on which annotators disagree; "
            "--annotator NAME writes one's own labels"
        )
