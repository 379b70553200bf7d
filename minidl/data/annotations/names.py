"""Lists of classes' names: classes.txt, and the little of YAML that data.yaml needs.

A YAML library could be asked to make any Python object; this reads names, and nothing else.
Tested by ``tests/data/annotations/test_names.py``.
"""

import json
import os
import re

from minidl.data.annotations import reading
from minidl.runtime import checks

QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^']|'')*'"""
#: One item of ``[a, 'b', "c"]`` or ``{0: a, 1: b}``.
ITEM = re.compile(rf"\s*(?:(\d+)\s*:\s+)?({QUOTED}|[^,\[\]{{}}\"'][^,\[\]{{}}]*?)\s*(?:,|$)")


def read_names(path):
    r"""Return the names in a file: a line each in a .txt file, "names" in a .yaml file.

    In YAML, the names are a list, or a mapping from 0, 1, …, in either of the two notations:
    ``names: [cat, dog]``, ``names: {0: cat, 1: dog}``, or a line each, behind "- " or "0: ".
    Quotes and comments are understood; everything else in the file is passed over.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it holds no names, one twice, or a notation that is not known: with file and line.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "data.yaml")
    ...     _ = path.write_text("nc: 2\nnames:\n  0: cat  # tame\n  1: 'dog'\n")
    ...     read_names(path)
    ['cat', 'dog']
    """
    where = os.fspath(path)
    lines = list(enumerate(reading.text_of(path, "list of names").splitlines(), 1))
    if where.lower().endswith((".yaml", ".yml")):
        found = _yaml_names(lines, where)
    else:
        found = [(line.strip(), number) for number, line in lines if line.strip()]
    if not found:
        raise ValueError(f"{where}: holds no names of classes")
    known = {}
    for name, number in found:
        checks.line(name, f"{where}, line {number}: a name")
        if name in known:
            raise ValueError(f"{where}, line {number}: the name {name!r} is there twice")
        known[name] = number
    return list(known)


def _yaml_names(lines, where):
    """Return [(name, line)] of the key "names" at the top."""
    start = next((i for i, (_, line) in enumerate(lines) if re.match(r"names\s*:", line)), None)
    if start is None:
        raise ValueError(f"{where}: no key 'names' at the beginning of a line")
    number, line = lines[start]
    rest = _without_comment(line.split(":", 1)[1]).strip()
    following = lines[start + 1 :]
    if rest:
        if rest[0] not in "[{":
            raise ValueError(f"{where}, line {number}: 'names' needs a list, got {rest!r:.40}")
        return _flow(rest, number, following, where)
    return _block(following, where)


def _flow(text, number, following, where):
    """Read ``[…]`` or ``{…}``, which may go on in the lines that follow."""
    end = {"[": "]", "{": "}"}[text[0]]
    following = iter(following)
    while not text.endswith(end):
        _, line = next(following, (0, None))
        if line is None:
            raise ValueError(f"{where}, line {number}: {text[0]!r} is never closed")
        text = f"{text} {_without_comment(line).strip()}"
    inside, position, items = text[1:-1].strip(), 0, []
    while position < len(inside):
        match = ITEM.match(inside, position)
        if match is None:
            raise ValueError(f"{where}, line {number}: cannot read {inside[position:]!r:.40}")
        items.append((match[1], _scalar(match[2], where, number), number))
        position = match.end()
    return _in_order(items, end == "}", where)


def _block(lines, where):
    """Read a line a name, behind "- " or a number and a colon."""
    items = []
    for number, line in lines:
        text = _without_comment(line).strip()
        if not text:
            continue
        match = re.fullmatch(r"(?:-|(\d+)\s*:)\s+(.*)", text)
        if match is None or (match[1] and not line.startswith(" ")):
            if not line.startswith((" ", "-")):
                break  # the next key
            raise ValueError(
                f"{where}, line {number}: needs '- name' or 'number: name', got {text!r:.40}"
            )
        items.append((match[1], _scalar(match[2], where, number), number))
    mapping = bool(items) and items[0][0] is not None
    return _in_order(items, mapping, where)


def _in_order(items, mapping, where):
    """Sort the items of a mapping by their numbers, which must count from 0."""
    if any((key is not None) != mapping for key, _, _ in items):
        raise ValueError(f"{where}: 'names' is a list in one place and a mapping in another")
    if mapping:
        items = sorted(items, key=lambda item: int(item[0]))
        for expected, (key, _, number) in enumerate(items):
            if int(key) != expected:
                raise ValueError(f"{where}, line {number}: class {key}, where {expected} is next")
    return [(name, number) for _, name, number in items]


def _scalar(text, where, number):
    """Return a name without its quotes."""
    text = text.strip()
    if re.fullmatch(QUOTED, text) is None:
        if text[:1] in tuple("\"'&*!|>%@`[{"):
            raise ValueError(f"{where}, line {number}: cannot read the name {text!r:.40}")
        return text
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(f"{where}, line {number}: cannot read the name {text!r:.40}") from None


def _without_comment(line):
    """Cut off what stands behind "#", unless it is in quotes or in a word."""
    match = re.match(rf"(?:{QUOTED}|[^#]|(?<=\S)#)*", line)
    return match[0]
