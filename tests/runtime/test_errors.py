import numpy as np
import pytest

from minidl.runtime.errors import explain


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError("wrong"), ValueError),
        (TypeError("wrong"), TypeError),
        (IndexError("wrong"), ValueError),
        (AttributeError("wrong"), TypeError),
        (ZeroDivisionError("wrong"), ValueError),
    ],
)
def test_errors_become_value_or_type_errors_with_what_was_given(error, kind):
    explained = explain("add", error, [np.ones((2, 3), np.float32), 7])
    assert type(explained) is kind
    assert str(explained) == "add: wrong (given float32 (2, 3), 7)"


def test_an_error_that_names_the_operation_stays():
    error = ValueError("add: wrong")
    assert explain("add", error, []) is error


def test_the_first_cause_is_told():
    inner, outer = ValueError("the cause"), ValueError("multiply: the cause (given 1)")
    outer.__cause__ = inner
    assert str(explain("var", outer, [])) == "var: the cause (given )"


def test_an_error_that_is_its_own_cause_ends():
    error = ValueError("multiply: wrong")
    error.__cause__ = error
    assert str(explain("var", error, [])) == "var: multiply: wrong (given )"
