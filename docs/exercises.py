"""Pages of the exercises, from the files that learners start with: their texts, not their code."""

import ast
import importlib
import pathlib
import re
import shutil

from docs.lessons import tree

ROOT = pathlib.Path(__file__).resolve().parents[1]
INTRODUCTION = """# Exercises

Each exercise is a file with functions to fill in; together they grow into a small library of your
own. None needs an earlier one: where a part is missing, minidl's own stands in.

```bash
minidl exercise start 2     # puts the file into the current folder
minidl exercise check 2     # says what is right, and shows the smallest input that fails
minidl exercise hint 2      # a nudge; asked again, the idea; then a sketch
minidl exercise status      # what is done
```

"""
#: Of hints in their modules; code has more.
_INDENT = re.compile(r"^ {8}", re.MULTILINE)
_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)


def stage(folder):
    """Write a page for each exercise, with the file itself beside it, and their list."""
    folder.mkdir(parents=True)
    names, rows = [], ["| file | exercise |", "| --- | --- |"]
    for path in sorted((ROOT / "lessons" / "exercises").glob("[0-9][0-9]_*.py")):
        page = _page(path)
        (folder / f"{path.stem}.md").write_text(page, encoding="utf-8")
        shutil.copy2(path, folder / path.name)
        names.append(path.stem)
        rows.append(f"| `{path.name}` | []({path.stem}.md) |")
    table = "\n".join(rows) + "\n" if names else ""
    (folder / "index.md").write_text(INTRODUCTION + table + tree(names), encoding="utf-8")


def text_of(docstring):
    r"""Return a numpydoc docstring as Markdown: entries of sections are lists, examples are code.

    >>> print(text_of("Add.\n\nParameters\n----------\na : (n,) array\n    The first."))
    Add.
    <BLANKLINE>
    **Parameters**
    <BLANKLINE>
    - `a`: (n,) array. The first.
    """
    body, mark, examples = docstring.partition("\n>>>")
    first, *sections = _SECTION.split(body)
    parts = [first.strip()]
    for name, entries in zip(sections[::2], sections[1::2], strict=True):
        parts += [f"**{name}**", _entries(entries)]
    if mark:
        parts.append(f"```python\n>>>{examples.rstrip()}\n```")
    return "\n\n".join(parts)


def _page(path):
    """Return an exercise's page: what is asked, function by function, and the hints."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    title, _, text = ast.get_docstring(module).partition("\n")
    parts = [f"# {title.rstrip('.')}", text.strip()]
    parts.append(f"```bash\nminidl exercise start {int(path.stem[:2])}\n```")
    for name, node in _definitions(module):
        parts += [f"## `{name}`", text_of(ast.get_docstring(node) or "")]
    for step, hint in enumerate(_hints(path.stem), 1):
        parts.append(f":::{{dropdown}} Hint {step}\n{hint}\n:::")
    return "\n\n".join(filter(None, parts)) + "\n"


def _definitions(module, within=""):
    """Yield the functions, classes and methods of a module with their headings."""
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            yield f"{within}{node.name}", node
            yield from _definitions(node, f"{within}{node.name}.")
        elif isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
            yield f"{within}{node.name}({ast.unparse(node.args)})", node


def _entries(text):
    """Return the entries of a section, ``name : type`` and indented lines, as a list."""
    entries = []
    for line in filter(str.strip, text.splitlines()):
        if line.startswith(" "):
            entries[-1].append(line.strip())
        else:
            name, colon, kind = line.partition(" : ")
            entries.append([f"`{name}`: {kind}" if colon else line])
    lines = [". ".join([head, " ".join(rest)]) if rest else head for head, *rest in entries]
    return "\n".join(f"- {line}" for line in lines)


def _hints(name):
    """Return an exercise's hints as Markdown: what is said of a function is in a list."""
    exercise = importlib.import_module(f"minidl.classroom.checks.e{name}").EXERCISE
    names = "|".join(task.name.rpartition(".")[2] for task in exercise.tasks)
    of_function = re.compile(rf"^({names}): (?=\S)", re.MULTILINE)
    hints = (_INDENT.sub("", hint).strip("\n").rstrip() for hint in exercise.hints)
    return [of_function.sub(r"- `\1`: ", hint) for hint in hints]
