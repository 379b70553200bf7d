"""`minidl.classroom.grader` on a small exercise: failures, their smallest input, their names."""

import numpy as np
import pytest

from minidl.classroom import grader, inputs
from minidl.classroom.task import Exercise, Task


def _numbers(draw):
    return draw.array(draw.integer(1, 4)), draw.integer(1, 3)


TOTAL = Task(
    "total",
    inputs=_numbers,
    judge=lambda x, k: float(x.sum() * k),
    mistakes={
        "k is left out": lambda x, k: float(x.sum()),
        "the last number is left out": lambda x, k: float(x[:-1].sum() * k),
        "always wrong, but different nowhere": lambda x, k: float(x.sum() * k),
        "raises where x is long": lambda x, k: float(x.sum() * k) if len(x) < 3 else x[9],
    },
)
EXERCISE = Exercise(7, "sums", (TOTAL,), ("", "", ""))


@pytest.fixture
def check(tmp_path):
    """Check a solution whose function `total` has this body; return the task's result."""

    def check(body, exercise=EXERCISE):
        path = tmp_path / "07_sums.py"
        path.write_text(f"import numpy as np\n\ndef total(x, k):\n    {body}\n", encoding="utf-8")
        (result,) = grader.check(exercise, path)
        return result

    return check


def test_a_right_solution_passes(check):
    result = check("return np.dot(x, np.full(len(x), k))")
    assert (result.passed, result.mistake, result.message, result.case) == (True, "", "", None)
    assert (result.exercise, result.task) == ("07_sums", "total")


def test_a_known_mistake_has_its_name_and_the_smallest_input(check):
    result = check("return x.sum()")
    assert (result.passed, result.mistake) == (False, "k is left out")
    x, k = result.case.arguments
    assert (abs(x).tolist(), k) == ([1], 2)
    assert (result.case.expected, result.case.came) == (2 * x[0], x[0])
    assert result.message == f"It is {x[0]:g}, and should be {2 * x[0]:g}."


def test_an_unknown_mistake_has_none(check):
    result = check("return x.sum() * k + (k == 2)")
    assert (result.passed, result.mistake) == (False, "")
    assert result.case.arguments[1] == 2


def test_a_mistake_that_is_made_only_at_times_is_not_named(check):
    assert check("return x.sum() * (k if k < 3 else 1)").mistake == ""


def test_what_a_mistake_raises_is_compared_too(check):
    assert check("return x.sum() * k if len(x) < 3 else x[9]").mistake == "raises where x is long"
    result = check("return x.sum() * k if len(x) < 3 else {}[9]")
    assert (result.mistake, result.message) == ("raises KeyError", "Line 4: KeyError: 9")
    assert len(result.case.arguments[0]) == 3


@pytest.mark.parametrize(
    ("body", "mistake", "message"),
    [
        ("pass", "returns None", "Nothing is returned."),
        ("return [1]", "", "It is a list, and should be a number."),
        ("return np.array([1])", "", "The shape is (1,), and should be ()."),
        ("return '1'", "", "It is a str, and should be a number."),
        ("return object()", "", "It is a object, and should be a number."),
        ("return 1j", "", "It is a complex, and should be a number."),
        ("raise NotImplementedError", "not written yet", "Line 4: It is not written yet."),
        ("x *= k; return x.sum()", "changes its argument x", "It changes its argument x; "),
        ("import os", "refused", "Line 4: it imports 'os'; only NumPy and modules like math may"),
    ],
)
def test_answers_of_another_kind(check, body, mistake, message):
    result = check(body)
    assert (result.passed, result.mistake) == (False, mistake)
    assert result.message.startswith(message)


def test_what_was_printed_for_the_smallest_input_is_kept(check):
    result = check("print('k is', k); return x.sum() * min(k, 2)")
    assert result.case.printed == "k is 3\n"


def test_a_solution_that_differs_from_call_to_call(check):
    result = check("total.n = getattr(total, 'n', 0) + 1; return x.sum() * k + total.n % 2")
    assert not result.passed
    assert result.case.difference


def test_the_result_is_the_same_every_time(check):
    first, again = check("return x.max() * k"), check("return x.max() * k")
    assert first.message == again.message
    np.testing.assert_equal(first.case.arguments, again.case.arguments)


def test_inputs_are_the_same_whatever_modules_are_loaded(tmp_path, monkeypatch):
    def drawn():
        seen = []
        inputs.explore(lambda draw: (draw.integers(5, -9, 9), draw.choice(1, 2, 3)), seen.append)
        return seen

    before = drawn()
    (tmp_path / "constants.py").write_text("X = [8, 7, -6]\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    __import__("constants")
    assert drawn() == before
    assert len(before) == 50


def test_exploring_raises_what_goes_wrong_here():
    def look(arguments):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        inputs.explore(lambda draw: (draw.integer(1, 2),), look)


def test_drawn_arrays():
    seen = []
    inputs.explore(
        lambda draw: (draw.array(2, 3, low=1, high=2, dtype="uint8"), draw.distinct(2, 2)),
        seen.append,
        examples=5,
    )
    for array, distinct in seen:
        assert (array.shape, array.dtype) == ((2, 3), np.uint8)
        assert set(array.ravel()) <= {1, 2}
        assert sorted(distinct.ravel()) == [-9, -8, -7, -6]
