"""Formulas as MathML, made while the site is built: a browser draws them with no script."""


def setup(app):
    """Let Sphinx know of the way to draw formulas."""
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def convert(latex, display):
    """Return the MathML of a formula in LaTeX, as text; `display` is "inline" or "block"."""
    from latex2mathml.converter import convert

    # Signs in a Chinese page are taken from Chinese fonts, unless the formula says otherwise.
    return convert(latex, display=display).replace("<math ", '<math lang="en" ', 1)


def _inline(writer, node):
    """Write a formula that stands in a line."""
    from docutils import nodes

    writer.body.append(convert(node.astext(), "inline"))
    raise nodes.SkipNode


def _display(writer, node):
    """Write a formula that stands by itself; a wide one scrolls in its own box."""
    from docutils import nodes

    writer.body.append(f'<div class="formula">{convert(node.astext(), "block")}</div>\n')
    raise nodes.SkipNode
