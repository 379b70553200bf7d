"""`minidl lesson`."""

import io
import json
import os
import pathlib
import subprocess
import sys

import lesson_files
import pytest

from minidl import cli
from minidl.classroom import places

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def lessons(tmp_path, monkeypatch):
    """A folder with a lesson 7, from which the command runs."""
    monkeypatch.setenv("MINIDL_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(places, "folder", lambda: tmp_path / "lessons")
    monkeypatch.chdir(tmp_path)
    lesson_files.write(tmp_path / "lessons")
    return tmp_path / "lessons"


def write_progress(tmp_path, text):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "lessons.json").write_text(text, encoding="utf-8")


def test_the_list(run):
    code, out, err = run("lesson")
    assert (code, err) == (0, "")
    assert out.splitlines()[1].split() == ["7", "Two", "cells", "–"]


@pytest.mark.parametrize(
    ("place", "state"),
    [
        ({"cell": 2, "finished": False}, "left at cell 3 of 4"),
        ({"cell": 0, "finished": True}, "finished"),
        ({"cell": 1, "finished": True}, "finished, left at cell 2 of 4"),
    ],
)
def test_the_list_says_what_was_finished(run, tmp_path, place, state):
    write_progress(tmp_path, json.dumps({"07_two": place}))
    assert run("lesson").out.splitlines()[1].endswith(f"Two cells  {state}")


def test_a_damaged_file_of_progress_is_told(run, tmp_path):
    write_progress(tmp_path, "{")
    code, out, err = run("lesson")
    assert code == 0
    assert "Two cells" in out
    assert "lessons.json could not be read; it is now lessons.damaged.json" in err
    assert run("lesson").err == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("3",), "there is no lesson 3; there are: 7"),
        (("two",), "[N]"),
        (("--html",), "--html and --out need the number of a lesson"),
        (("7", "--out", "lessons/07_two.py"), "lessons/07_two.py"),
    ],
)
def test_misuse_is_one_line(fails, tmp_path, arguments, message):
    assert message in fails("lesson", *arguments)
    assert not (tmp_path / "runs").exists()


def test_in_a_pipe_it_runs_straight_through(run, tmp_path):
    code, out, err = run("lesson", "7")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].strip() == "7 · Two cells"
    assert "A sum x₀ + x₁." in lines
    assert "   9 x = [1, 2]" in lines
    assert lines[-3:-1] == ["len 3", "figure: runs/lessons/07_two/07_two.png"]
    assert (tmp_path / "runs" / "lessons" / "07_two" / "07_two.png").is_file()
    assert not (tmp_path / "home").exists()  # nobody has stepped through it


def test_formulas_are_utf8_whatever_the_locale(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252"))
    assert cli.main(["lesson", "7"]) == 0
    assert "A sum x₀ + x₁." in written.getvalue().decode("utf-8")


def test_an_error_in_a_pipe_ends_it(run, lessons):
    lesson_files.write(lessons, lesson_files.CELLS[0], "# %%\n1 / 0", "# %%\nprint('never')")
    code, out, err = run("lesson", "7", "--out", "here")
    assert code == 2
    assert "ZeroDivisionError: division by zero" in out
    assert "never" not in out.splitlines()
    assert err == "minidl: error: lesson 7 broke off in its cell 2\n"


@pytest.fixture
def opened(monkeypatch):
    """The pages that were opened in a browser."""
    addresses = []
    monkeypatch.setattr("webbrowser.open", addresses.append)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return addresses


@pytest.mark.parametrize("display", ["", ":0"])
def test_the_page_is_opened_where_there_is_a_screen(run, tmp_path, monkeypatch, opened, display):
    monkeypatch.setenv("DISPLAY", display)
    code, out, err = run("lesson", "7", "--html", "--out", "pages")
    path = tmp_path / "pages" / "07_two.html"
    assert (code, out) == (0, f"{os.path.join('pages', '07_two.html')}\n")
    assert err == "running the lesson …\n"
    assert opened == ([path.as_uri()] if display else [])
    assert "Now a figure." in path.read_text(encoding="utf-8")


def test_the_page_of_a_lesson_that_breaks_off(run, tmp_path, lessons, opened, monkeypatch):
    monkeypatch.setenv("DISPLAY", "")
    lesson_files.write(lessons, lesson_files.CELLS[0], "# %%\n1 / 0")
    code, out, err = run("lesson", "7", "--html")
    assert code == 2
    assert err.splitlines()[-1] == "minidl: error: lesson 7 broke off in its cell 2"
    assert "ZeroDivisionError" in (tmp_path / out.strip()).read_text(encoding="utf-8")


class Typed(io.StringIO):
    """What someone types at a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def step(run, monkeypatch):
    """Step through a lesson, with these lines typed."""

    def step(number, *lines):
        monkeypatch.setattr(sys, "stdin", Typed("".join(f"{line}\n" for line in lines)))
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("EDITOR", "")
        monkeypatch.delenv("VISUAL", raising=False)
        return run("lesson", number)

    return step


def progress(tmp_path):
    return json.loads((tmp_path / "home" / "lessons.json").read_text(encoding="utf-8"))


def test_a_lesson_that_is_finished_names_the_next(step, lessons, tmp_path):
    lesson_files.write(lessons, lesson_files.CELLS[0], name="08_more.py")
    code, out, err = step(7, "", "", "", "")
    assert (code, err) == (0, "")
    assert out.rpartition("> ")[2].splitlines() == [
        f"Figures are in {os.path.join('runs', 'lessons', '07_two')}.",
        "Finished. The next one: minidl lesson 8",
    ]
    assert step(8, "").out.rpartition("> ")[2] == "Finished.\n"
    assert {place["finished"] for place in progress(tmp_path).values()} == {True}


def test_edited_cells_are_not_kept_and_that_is_said(step, lessons):
    before = (lessons / "07_two.py").read_bytes()
    out = step(7, "", "e", "9 x = [5]", "", "q").out
    assert out.rpartition("> ")[2].splitlines() == [
        "The lesson's file is as it was: edited cells are not kept.",
        "Go on with it: minidl lesson 7",
    ]
    assert (lessons / "07_two.py").read_bytes() == before


def test_without_a_folder_for_progress_one_can_still_step(step, tmp_path):
    (tmp_path / "home").write_text("a file")
    code, out, err = step(7, "", "q")
    assert code == 0
    assert "[2/4]" in out
    assert err.count("\n") == 1
    assert "where you are is not remembered" in err


class Terminal:
    """The command in a process of its own, at a terminal of 80 columns."""

    def __init__(self, lessons, *arguments):
        import pty

        code = (
            "import pathlib, sys\nfrom minidl import cli\nfrom minidl.classroom import places\n"
            f"places.folder = lambda: pathlib.Path({str(lessons)!r})\n"
            f"sys.exit(cli.main({[str(each) for each in arguments]!r}))"
        )
        self._screen, end = pty.openpty()
        environment = {"COLUMNS": "80", "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=end,
            stdout=end,
            stderr=end,
            env=os.environ | environment,
        )
        os.close(end)

    def read_to(self, text=None):
        """Return what is shown up to a text, or until the command has ended."""
        shown = b""
        while text is None or text.encode() not in shown:
            try:
                some = os.read(self._screen, 4096)
            except OSError:  # how Linux says that the other side has closed
                some = b""
            if not some:
                assert text is None, shown.decode()
                break
            shown += some
        return shown.decode()

    def type(self, line):
        os.write(self._screen, f"{line}\n".encode())

    def end(self):
        os.close(self._screen)
        return self._process.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_at_a_terminal(lessons, tmp_path):
    write_progress(tmp_path, json.dumps({"07_two": {"cell": 1, "finished": False}}))
    terminal = Terminal(lessons, "lesson", "7")
    assert "Going on at cell 2 of 4" in terminal.read_to("q quit > ")
    terminal.type("")
    assert "Now a figure." in terminal.read_to("q quit > ")
    terminal.type("b")
    assert "\x1b[" in terminal.read_to("q quit > ")  # colours
    terminal.type("q")
    assert "Go on with it: minidl lesson 7" in terminal.read_to()
    assert terminal.end() == 0
    assert progress(tmp_path) == {"07_two": {"cell": 1, "finished": False}}
