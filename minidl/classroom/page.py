"""A lesson as one HTML page that needs nothing else: formulas in MathML, figures within it."""

import base64
import html as escaping
import pathlib

from minidl.classroom import mathtext
from minidl.runtime import extras

_STYLE = """
:root { color-scheme: light; }
body { max-width: 54rem; margin: 2rem auto; padding: 0 1rem; }
p, ul, ol { max-width: 46rem; }
body { font: 1.05rem/1.6 system-ui, sans-serif; }
pre { padding: .7rem 1rem; overflow-x: auto; border-radius: 4px; }
pre { font-size: .88rem; line-height: 1.45; }
.highlight pre { background: #f6f8fa; margin: 0; }
.output { margin: .4rem 0 0; border-left: 3px solid #b6c2cf; border-radius: 0; }
.error { margin: .4rem 0 0; border-left: 3px solid #c62828; border-radius: 0; color: #8e1b1b; }
.cell { margin: 1.2rem 0; }
img { max-width: 100%; height: auto; margin-top: .6rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid #c8d1da; padding: .25rem .6rem; }
math { font-size: 1.12em; }
math[display="block"] { margin: 1rem 0; overflow-x: auto; overflow-y: hidden; }
"""


def html(recorded, folder):
    """Return a recorded lesson as a page.

    Parameters
    ----------
    recorded : dict
        What `minidl.classroom.running.record` returns.
    folder : path
        Where the figures are.
    """
    from pygments.formatters import HtmlFormatter

    code = HtmlFormatter(style="default").get_style_defs(".highlight")
    cells = [
        text(cell["source"]) if cell["kind"] == "markdown" else _code(cell, folder)
        for cell in recorded["cells"]
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaping.escape(recorded['title'])}</title>\n"
        f"<style>{code}{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(cells)
        + "\n</body>\n</html>\n"
    )


def text(source):
    """Return a text of a lesson, Markdown with formulas, as HTML."""
    from markdown_it import MarkdownIt

    # Markdown knows no formulas: signs of Unicode's private area stand for them.
    marked, formulas = "", {}
    for kind, piece in mathtext.split(source):
        if kind == "text":
            marked += piece
        else:
            sign = chr(0xE000 + len(formulas))
            formulas[sign] = _formula(piece, kind)
            marked += sign
    rendered = MarkdownIt("commonmark").enable("table").render(marked)
    for sign, formula in formulas.items():
        rendered = rendered.replace(sign, formula)
    return rendered


def check_packages():
    """Raise `RuntimeError` if a package is missing that pages need."""
    extras.need("a lesson's page", "classroom", "markdown_it", "latex2mathml", "pygments")


def _formula(latex, kind):
    from latex2mathml import converter

    return converter.convert(latex, display=kind)


def _code(cell, folder):
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    parts = [highlight(cell["source"], PythonLexer(), HtmlFormatter())]
    for kind in ("output", "error"):
        if (cell.get(kind) or "").strip():
            parts.append(f'<pre class="{kind}">{escaping.escape(cell[kind].rstrip())}</pre>')
    for name in cell.get("figures", ()):
        data = base64.b64encode(pathlib.Path(folder, name).read_bytes()).decode("ascii")
        parts.append(f'<img src="data:image/png;base64,{data}" alt="{escaping.escape(name)}">')
    return '<div class="cell">' + "\n".join(parts) + "</div>"
