"""Docstrings as napoleon wants them: the source keeps what reads best in the source."""

import re

_RULE = re.compile(r"-{3,}")
_LITERAL = re.compile(r"(``.*?``)")


def setup(app):
    """Let docstrings pass through here before napoleon reads them."""
    app.connect("autodoc-process-docstring", _process, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def prepare(lines):
    r"""Return the lines of a docstring with its examples under a heading, and bars as bars.

    Examples that follow a section without a heading would be taken for more of its parameters,
    and |x| for a substitution.

    >>> prepare(["Return |x|.", "", "Parameters", "----------", "x : int", "", ">>> 1", "1"])
    ['Return \\|x\\|.', '', 'Parameters', '----------', 'x : int', '',
     'Examples', '--------', '>>> 1', '1']
    """
    prepared, in_section, in_example = [], False, False
    for line in lines:
        if line.startswith(">>>") and in_section and not in_example:
            prepared += ["Examples", "--------"]
        in_example = bool(line.strip()) and (in_example or line.lstrip().startswith(">>>"))
        in_section = (in_section or bool(_RULE.fullmatch(line))) and not line.startswith(">>>")
        prepared.append(line if in_example else _escape(line))
    return prepared


def _escape(line):
    """Return a line whose bars outside of code are meant as bars."""
    parts = _LITERAL.split(line)
    return "".join(part if part.startswith("``") else part.replace("|", r"\|") for part in parts)


def _process(app, what, name, obj, options, lines):
    """Prepare a docstring, in place as Sphinx wants it."""
    lines[:] = prepare(lines)
