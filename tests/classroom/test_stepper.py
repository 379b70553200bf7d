"""`minidl.classroom.stepper`: a lesson stepped through by keys."""

import io

import pytest
from rich.console import Console

from minidl.classroom.progress import Place
from minidl.classroom.running import Run
from minidl.classroom.stepper import Stepper


class Session:
    """A lesson stepped through with these keys; what is shown after each, and the places kept."""

    def __init__(self, path, folder, *keys, place=None):
        self.run = Run(path, folder)
        self.places = []
        self.shown = []
        self._screen = io.StringIO()
        self._keys = iter(keys)
        console = Console(file=self._screen, width=80, highlight=False, markup=False)
        stepper = Stepper(self.run, console, self.places.append, self._read)
        self.finished = stepper.go(place or Place())
        self._read_screen()

    def _read(self, prompt):
        self._read_screen()
        key = next(self._keys, None)
        if key is None:
            raise EOFError
        if isinstance(key, BaseException):
            raise key
        return key

    def _read_screen(self):
        self.shown.append(self._screen.getvalue())
        self._screen.seek(0)
        self._screen.truncate()


@pytest.fixture
def step(lesson, tmp_path, monkeypatch):
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    (tmp_path / "figures").mkdir()
    return lambda *keys, **more: Session(lesson, tmp_path / "figures", *keys, **more)


def test_enter_goes_from_the_first_cell_to_the_end(step, tmp_path):
    session = step("", "", "", "")
    text, code, second, figure, _ = session.shown
    assert "7 · Two cells" in text
    assert "A sum x₀ + x₁." in text
    assert " 9 x = [1, 2]" in code  # the file's own line number
    assert code.rstrip().endswith("\n3")
    assert "Now a figure." in second
    assert f"len 3\nfigure: {tmp_path / 'figures' / '07_two.png'}\n" in figure
    assert session.finished
    assert session.places == [Place(0), Place(1), Place(2), Place(3), Place(0, True)]


def test_back_shows_a_cell_as_it_was_and_runs_nothing(step):
    session = step("", "", "", "b", "b", "p x", "b", "b", "q")
    assert session.shown[5] == session.shown[1]  # the first code, with its output
    assert "list, 3 items\n[1, 2, 3]" in session.shown[6]
    assert "as it is after cell 4" in session.shown[6]
    assert session.shown[7] == session.shown[0]
    assert "This is the first cell." in session.shown[8]
    assert session.run.namespace["x"] == [1, 2, 3]
    assert not session.finished


def test_running_a_cell_again_begins_from_the_same_variables(step):
    session = step("", "", "", "r", "r")
    assert session.run.namespace["x"] == [1, 2, 3]
    assert "Running the code before this cell" in session.shown[4]
    assert "len 3" in session.shown[4]


def test_a_text_run_again_is_shown_again(step):
    session = step("r")
    assert session.shown[1] == session.shown[0]


def test_an_edited_cell_changes_those_after_it(step):
    session = step("", "", "", "b", "b", "e", "9 x = [1, 2, 5]", "", "", "", "q")
    assert session.run.edited == [1]
    assert "3 x = [1, 2, 5]" in session.shown[8]
    assert session.shown[8].rstrip().endswith("\n8")
    assert "len 4" in session.shown[10]  # it was run anew
    assert session.run.namespace["x"] == [1, 2, 5, 3]


def test_an_editor_changes_the_cell(step, monkeypatch):
    monkeypatch.setenv("EDITOR", "ed it")
    monkeypatch.setattr(
        "minidl.classroom.editing.in_editor", lambda command, source: f"print({command!r})"
    )
    assert step("", "e").shown[2].rstrip().endswith("\ned it")


def test_an_editor_that_fails_leaves_the_cell_as_it_was(step, monkeypatch):
    monkeypatch.setenv("EDITOR", "no-such-editor")
    session = step("", "e")
    assert "the editor 'no-such-editor' failed" in session.shown[2]
    assert session.run.edited == []


@pytest.mark.parametrize("keys", [("",), (KeyboardInterrupt(),), ("9 y = 1", EOFError())])
def test_editing_that_is_given_up_changes_nothing(step, keys):
    session = step("", "e", *keys, "q")
    assert "The cell is unchanged." in session.shown[2 + len(keys)]
    assert session.run.edited == []


def test_text_is_not_edited(step):
    assert "only code can be edited" in step("e").shown[1]


def test_an_error_is_shown_and_one_can_go_on(step):
    session = step("", "e", "9 x = [1, 2, '3']", "", "", "", "")
    assert "07_two.py, cell 2 as edited, line 4\n    print(sum(x))\nTypeError" in session.shown[4]
    assert "len 4" in session.shown[6]
    assert session.finished


def test_ctrl_c_ends_a_cell_and_not_the_lesson(step):
    session = step("", "e", "10 raise KeyboardInterrupt", "", "", "")
    assert "interrupted: the cell did not end" in session.shown[4]
    assert "len 3" in session.shown[6]


def test_print_without_a_name_or_with_a_wrong_one(step):
    session = step("p", "", "p", "p y")
    assert "prints one of: none yet" in session.shown[1]
    assert "prints one of: x" in session.shown[3]
    assert "unknown variable 'y'" in session.shown[4]


def test_a_key_that_is_none(step):
    assert "'hello' is not a key here." in step("hello world").shown[1]


@pytest.mark.parametrize("leave", ["q", EOFError(), KeyboardInterrupt()])
def test_left_and_gone_on_with(step, leave):
    left = step("", "", leave)
    assert not left.finished
    again = step("", "", place=left.places[-1])
    assert again.shown[0].startswith("Going on at cell 3 of 4; b goes back.\n")
    assert "Now a figure." in again.shown[0]
    assert "len 3" in again.shown[1]
    assert again.finished


def test_what_was_finished_stays_so(step):
    assert step("", "q", place=Place(0, True)).places[-1] == Place(1, True)


def test_a_place_beyond_the_end_of_a_lesson_that_became_shorter(step):
    assert step("q", place=Place(50)).places == [Place(3)]


def test_an_error_in_the_code_before_is_told(write_lesson, tmp_path):
    path = write_lesson("# %% [markdown]\n# # 7 · A title", "# %%\n1 / 0", "# %%\nprint(2)")
    session = Session(path, tmp_path, "q", place=Place(2))
    assert "cell 2: ZeroDivisionError: division by zero" in session.shown[0]
