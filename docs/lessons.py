"""Pages of the lessons, from the record of the run that checks them.

``python -m minidl.classroom.running --out DIR`` has run the lessons; nothing is run again here.
sphinx-gallery would, and reads texts in reStructuredText only: the lessons' are in Markdown.
"""

import base64
import json
import pathlib
import shutil

from minidl.classroom.cells import read

ROOT = pathlib.Path(__file__).resolve().parents[1]
LESSONS = """# Lessons

Each lesson is one idea: the formula, the code, the figure. `minidl lesson 2` steps through the
second one in the terminal; the files run as scripts, and open as notebooks.

"""


def stage(folder, runs):
    """Write the lessons' pages, notebooks and figures, and a gallery.

    Parameters
    ----------
    folder : pathlib.Path
    runs : pathlib.Path
        The record: ``NN_name.json`` and figures.

    Raises
    ------
    FileNotFoundError
        If a lesson has no record, or one of another text: the message has the command for it.
    """
    folder.mkdir(parents=True)
    cards, names = [], []
    for path in sorted((ROOT / "lessons").glob("[0-9][0-9]_*.py")):
        recorded = _record(path, runs)
        for name in _figures(recorded):
            shutil.copy2(runs / name, folder / name)
        (folder / f"{path.stem}.md").write_text(_page(recorded), encoding="utf-8")
        shutil.copy2(path, folder / path.name)
        (folder / f"{path.stem}.ipynb").write_text(_notebook(recorded, runs), encoding="utf-8")
        cards.append(_card(recorded))
        names.append(path.stem)
    gallery = "::::{grid} 1 2 3 3\n:gutter: 3\n\n" + "\n".join(cards) + "\n::::\n"
    (folder / "index.md").write_text(LESSONS + gallery + tree(names), encoding="utf-8")


def _record(path, runs):
    """Return the record of a lesson, if it is of the lesson as it is now."""
    file = runs / f"{path.stem}.json"
    recorded = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"cells": []}
    sources = [cell["source"] for cell in recorded["cells"]]
    if sources != [cell.source for cell in read(path)]:
        raise FileNotFoundError(
            f"{path.name} has no record of a run of its present text: "
            f"python -m minidl.classroom.running --out {runs}"
        )
    return recorded


def _figures(recorded):
    """Return the names of a lesson's figures."""
    return [name for cell in recorded["cells"] for name in cell.get("figures", ())]


def _title(recorded):
    """Return the heading of a lesson, with its number."""
    return recorded["cells"][0]["source"].partition("\n")[0].removeprefix("# ")


def _page(recorded):
    """Return a lesson's page: texts as they are, code, what it printed, its figures."""
    parts = []
    for cell in recorded["cells"]:
        if cell["kind"] == "markdown":
            parts.append(cell["source"])
            continue
        parts.append(f"```python\n{cell['source']}\n```")
        if cell["output"].strip():
            output = cell["output"].strip("\n")
            parts.append(f"```{{code-block}} text\n:class: output\n\n{output}\n```")
        for name in cell["figures"]:
            parts.append(f"```{{image}} {name}\n:alt: {_title(recorded)}\n```")
    return "\n\n".join(parts) + "\n"


def _card(recorded):
    """Return a lesson's card in the gallery: its first figure, or else its formula."""
    figures = _figures(recorded)
    title, first = _title(recorded), recorded["cells"][0]["source"]
    lines = [":::{grid-item-card}", f":link: {recorded['name']}", ":link-type: doc"]
    lines += [f":img-top: {figures[0]}", f":img-alt: {title}"] if figures else []
    lines += ["", f"[]({recorded['name']}.md)", ""]
    if not figures and "$$" in first:
        lines += [f"$${first.split('$$')[1]}$$", ""]
    return "\n".join([*lines, ":::"])


def _notebook(recorded, runs):
    """Return a lesson as a notebook, with what its cells printed and drew."""
    from nbformat import v4

    cells = []
    for number, cell in enumerate(recorded["cells"]):
        common = {"source": cell["source"], "id": f"cell-{number}"}
        if cell["kind"] == "markdown":
            cells.append(v4.new_markdown_cell(**common))
            continue
        outputs = [v4.new_output("stream", text=cell["output"])] if cell["output"] else []
        for name in cell["figures"]:
            picture = base64.b64encode((runs / name).read_bytes()).decode("ascii")
            outputs.append(v4.new_output("display_data", {"image/png": picture}))
        cells.append(v4.new_code_cell(**common, outputs=outputs))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return v4.writes(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})) + "\n"


def tree(names):
    """Return the table of contents that puts pages into the sidebar."""
    return "\n```{toctree}\n:hidden:\n\n" + "\n".join(names) + "\n```\n"
