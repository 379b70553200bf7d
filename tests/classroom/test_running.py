"""`minidl.classroom.running`: a lesson cell by cell, and the check of all."""

import json
import os

import pytest

from minidl.classroom import places, running

TITLE = "# %% [markdown]\n# # 7 · A title"


@pytest.fixture
def run(lesson, tmp_path):
    (tmp_path / "figures").mkdir()
    return running.Run(lesson, tmp_path / "figures")


def test_cells_share_their_variables_and_leave_output_and_figures(run, tmp_path, capsys):
    before = os.getcwd()
    first = run.execute(1)
    assert (first.output, first.figures, first.error) == ("3\n", [], None)
    assert first.seconds > 0
    second = run.execute(3)
    assert (second.output, second.figures, second.error) == ("len 3\n", ["07_two.png"], None)
    assert (tmp_path / "figures" / "07_two.png").is_file()
    assert run.results == {1: first, 3: second}
    assert os.getcwd() == before
    assert capsys.readouterr() == ("", "")


def test_the_code_cells(run):
    assert run.code() == [1, 3]
    assert run.code(2) == [3]
    assert run.code(0, 3) == [1]


def test_reset_forgets_variables_and_results(run):
    run.execute(1)
    run.reset()
    assert run.results == {}
    assert "NameError: name 'x' is not defined" in run.execute(3).error


def test_what_goes_to_stderr_is_output_too(run):
    run.edit(1, "import sys\nprint('careful', file=sys.stderr)")
    assert run.execute(1).output == "careful\n"


def test_an_error_names_the_lessons_own_lines(write_lesson, tmp_path):
    path = write_lesson(
        TITLE,
        "# %%\nimport json\n\ndef read(text):\n    return json.loads(text)",
        '# %%\nread("{")',
    )
    run = running.Run(path, tmp_path)
    run.execute(1)
    lines = run.execute(2).error.splitlines()
    assert lines[:-1] == [
        "07_two.py, line 11",
        '    read("{")',
        "07_two.py, line 8, in read",
        "    return json.loads(text)",
    ]
    assert lines[-1].startswith("json.decoder.JSONDecodeError: ")


def test_a_mistake_of_syntax_names_its_line(write_lesson, tmp_path):
    error = running.Run(write_lesson(TITLE, "# %%\n1\nx = (2"), tmp_path).execute(1).error
    assert 'File "07_two.py", line 6' in error
    assert error.endswith("SyntaxError: '(' was never closed")


def test_an_edited_cell_is_run_and_named_as_such(run):
    run.edit(1, "y = 1\n\ny / 0")
    assert run.source(1) == "y = 1\n\ny / 0"
    assert run.edited == [1]
    assert run.execute(1).error.splitlines() == [
        "07_two.py, cell 2 as edited, line 3",
        "    y / 0",
        "ZeroDivisionError: division by zero",
    ]


def test_exit_is_an_error_of_the_cell(run):
    run.edit(1, "raise SystemExit(3)")
    assert run.execute(1).error.endswith("SystemExit: 3")


def test_ctrl_c_gets_out_and_the_cell_counts_as_not_run(run):
    run.edit(1, "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        run.execute(1)
    assert run.results == {}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("07_two_3.png", "has not written it: 07_two_3.png"),
        ("two.png", "a figure's name is 07_two.png or 07_two_2.png, got two.png"),
        ("../07_two.png", "got ../07_two.png"),
    ],
)
def test_a_figure_that_was_not_written_or_has_a_foreign_name_is_an_error(run, name, message):
    run.edit(1, f'print("figure: {name}")')
    assert message in run.execute(1).error


def test_a_record_is_what_there_is_to_show(lesson, tmp_path):
    recorded = json.loads(json.dumps(running.record(lesson, tmp_path)))
    assert (recorded["name"], recorded["title"]) == ("07_two", "Two cells")
    assert [cell["kind"] for cell in recorded["cells"]] == ["markdown", "code"] * 2
    assert recorded["cells"][3]["output"] == "len 3\n"
    assert recorded["cells"][3]["figures"] == ["07_two.png"]
    assert recorded["seconds"] == recorded["cells"][1]["seconds"] + recorded["cells"][3]["seconds"]


def test_a_record_ends_with_the_first_error(write_lesson, tmp_path):
    path = write_lesson(TITLE, "# %%\n1 / 0", "# %%\nprint(1)")
    cells = running.record(path, tmp_path)["cells"]
    assert cells[1]["error"].endswith("ZeroDivisionError: division by zero")
    assert "output" not in cells[2]


@pytest.fixture
def check(monkeypatch, tmp_path, capsys):
    """Run the check on the lessons of a folder; return its code, its output and the results."""

    def check(*arguments):
        monkeypatch.setattr(places, "folder", lambda: tmp_path / "lessons")
        code = running.main([*arguments, "--out", str(tmp_path / "out")])
        return code, capsys.readouterr().out, tmp_path / "out"

    return check


def test_the_check_writes_what_lessons_leave_behind(check, lesson):
    code, printed, out = check()
    assert code == 0
    assert printed.split()[:2] == ["07_two", "passed"]
    assert sorted(path.name for path in out.iterdir()) == ["07_two.json", "07_two.png"]
    recorded = json.loads((out / "07_two.json").read_text(encoding="utf-8"))
    assert recorded["title"] == "Two cells"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1 / 0", "line 5\n    1 / 0\nZeroDivisionError"),
        ("import os\nos._exit(7)", "its process ended with 7"),
        ("while True:\n    pass", "it has not ended after 0 s"),
        ('open("07_two.txt", "w").close()', "does not name: 07_two.txt"),
    ],
)
def test_the_check_says_what_is_wrong(check, write_lesson, monkeypatch, code, message):
    write_lesson(TITLE, f"# %%\n{code}")
    if "while" in code:
        monkeypatch.setattr(running, "HANGING", 0)
    result, printed, _ = check("7")
    assert result == 1
    assert printed.split()[:2] == ["07_two", "FAILED"]
    assert message in printed


def test_the_check_is_strict_about_time(check, lesson, monkeypatch):
    monkeypatch.setattr(running, "LIMIT", 0)
    code, printed, out = check()
    assert code == 1
    assert "0 s are allowed" in printed
    assert (out / "07_two.json").is_file()


def test_the_check_refuses_a_number_that_is_not_there(check, lesson, capsys):
    with pytest.raises(SystemExit) as ended:
        check("3")
    assert ended.value.code == 2
    assert "there is no lesson 3; there are: 7" in capsys.readouterr().err
