"""`minidl.classroom.answers`: whether answers agree, and in what they differ."""

import numpy as np
import pytest

from minidl.classroom.answers import agree, difference

A = np.array([[1.0, 2.0]])


@pytest.mark.parametrize(
    ("expected", "came"),
    [
        (A, A.astype(np.float32) * (1 + 1e-6)),
        (A, A.astype(int)),
        (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
        (2.0, 2),
        (2.0, np.float32(2)),
        (2, np.array(2.0)),
        ((A, 1.0), [A, 1]),
        ([], ()),
        (True, np.True_),
        ("same", "same"),
        (None, None),
        (np.zeros(3), np.full(3, 1e-9)),
    ],
)
def test_what_agrees(expected, came):
    assert agree(expected, came)


@pytest.mark.parametrize(
    ("expected", "came", "words"),
    [
        (A, None, "Nothing is returned."),
        (A, [[1.0, 2.0]], "It is a list, and should be an array of shape (1, 2)."),
        (A, A[0], "The shape is (2,), and should be (1, 2)."),
        (A, A * [[1, 1.5]], "At [0, 1]: it is 3, and should be 2."),
        (A, A * np.nan, "At [0, 0]: it is nan, and should be 1."),
        (2.0, 2.01, "It is 2.01, and should be 2."),
        (2.0, True + 0j, "It is a complex, and should be a number."),
        ((A, 1.0), A, "It is a ndarray, and should be 2 values."),
        ((A, 1.0), (A,), "It is 1 values, and should be 2."),
        ((A, 1.0), (A, 2), "Value 2: it is 2, and should be 1."),
        ((A, 1.0), None, "Nothing is returned."),
        (True, 1, "It is 1, and should be True."),
        ("same", None, "It is None, and should be 'same'."),
    ],
)
def test_what_differs(expected, came, words):
    assert difference(expected, came) == words


def test_a_dtype_that_is_part_of_the_task():
    assert agree(A.astype(np.float32), A.astype(np.float32), dtype="float32")
    found = difference(A.astype(np.float32), A, dtype="float32")
    assert found == "The dtype is float64, and should be float32."
