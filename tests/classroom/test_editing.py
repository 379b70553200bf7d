"""`minidl.classroom.editing`."""

import shlex
import sys

import pytest

from minidl.classroom import editing


def edit_lines(source, *typed):
    said = []
    typed = iter([*typed, ""])
    return editing.in_lines(source, 10, lambda prompt: next(typed), said.append), said[1:]


@pytest.mark.parametrize(
    ("typed", "result"),
    [
        ((), "for i in x:\n    f(i)\ng()"),
        (("11     h(i)",), "for i in x:\n    h(i)\ng()"),
        (("  11     h(i)", "12"), "for i in x:\n    h(i)"),
        (("10+     e(i)", "11", "11+     h(i)"), "for i in x:\n    e(i)\n    h(i)\ng()"),
    ],
)
def test_line_by_line(typed, result):
    assert edit_lines("for i in x:\n    f(i)\ng()", *typed) == (result, [])


def test_a_line_without_a_number_of_the_cell():
    source, said = edit_lines("a\nb", "c", "12 c")
    assert source == "a\nb"
    assert said == ["A line begins with a number from 10 to 11."] * 2


def command(code):
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def test_in_an_editor():
    code = "import sys, pathlib; p = pathlib.Path(sys.argv[1]); "
    code += (
        "p.write_text(p.read_text(encoding='utf-8').replace('é', 'è') + '\\n', encoding='utf-8')"
    )
    assert editing.in_editor(command(code), "'é'\n1") == "'è'\n1"


@pytest.mark.parametrize(
    "editor", ["no-such-editor", "an 'open quote", command("raise SystemExit(3)")]
)
def test_an_editor_that_fails(editor):
    with pytest.raises(ValueError, match=r"the editor .* failed"):
        editing.in_editor(editor, "1")


def test_which_editor(monkeypatch):
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "")
    assert editing.editor() is None
    monkeypatch.setenv("EDITOR", "vi")
    assert editing.editor() == "vi"
    monkeypatch.setenv("VISUAL", "code --wait")
    assert editing.editor() == "code --wait"
