"""`minidl.classroom.variables`."""

import numpy as np
import pytest

import minidl
from minidl.classroom import variables


def describe(value):
    return variables.describe({"v": value}, "v")


def test_arrays_and_tensors():
    assert describe(np.array([[1, 2], [3, 6]], np.int8)) == (
        "v: array, shape (2, 2), int8, min 1, mean 3, max 6\n[[1 2]\n [3 6]]"
    )
    tensor = minidl.Tensor(np.ones(2, np.float32), requires_grad=True)
    assert describe(tensor).splitlines()[0] == (
        "v: tensor, shape (2,), float32, min 1, mean 1, max 1"
    )


@pytest.mark.parametrize(
    ("array", "facts"),
    [
        (np.zeros((0, 3)), "v: array, shape (0, 3), float64"),
        (np.array(["a"]), "v: array, shape (1,), <U1"),
        (np.array([np.nan, 1.0]), "v: array, shape (2,), float64, not all finite"),
        (np.array(True), "v: array, shape (), bool, min 1, mean 1, max 1"),
    ],
)
def test_arrays_that_have_no_mean(array, facts):
    assert describe(array).splitlines()[0] == facts


def test_large_values_are_shown_in_part():
    assert len(describe(np.zeros((60_000, 28, 28))).splitlines()) < 60
    assert len(describe(["long"] * 10_000)) < 200
    assert describe(["long"] * 10_000).startswith("v: list, 10000 items\n")


def test_functions_have_their_arguments():
    assert describe(minidl.formulas.max_pooling).startswith("v(A, k)\n")


def test_names_are_those_of_values():
    assert variables.names({"_": 1, "np": np, "x": 2, "f": len}) == ["x", "f"]


def test_a_name_that_is_not_there():
    with pytest.raises(ValueError, match="unknown variable 'kernal': did you mean 'kernel'"):
        variables.describe({"kernel": 1}, "kernal")
