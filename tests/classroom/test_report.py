"""`minidl.classroom.report`: small arrays side by side, and the table of marks."""

import numpy as np

from minidl.classroom import report
from minidl.classroom.grader import Case, Result
from minidl.classroom.sandbox import LearnerError

CASE = Case(
    (np.arange(6.0).reshape(1, 2, 3, 1), 2),
    np.array([[1.5, -2.0]]),
    np.array([[1.5, np.nan]]),
    difference="At [0, 1]: it is nan, and should be -2.",
    printed="one\ntwo\n",
)


def test_a_failure_shows_input_answers_and_the_mistakes_name():
    result = Result(
        "02_convolution", "conv2d", False, "the kernel is flipped", CASE.difference, CASE
    )
    assert report.lines(result, ("x", "k")) == [
        "conv2d: not yet",
        "  The smallest failing input:",
        "    x (1, 2, 3, 1)    k",
        "    0 1 2             2",
        "    3 4 5",
        "  Expected, and what came:",
        "    expected (1, 2)    came (1, 2)",
        "    1.5  -2            1.5 nan",
        "  At [0, 1]: it is nan, and should be -2.",
        "  The mistake: the kernel is flipped.",
        "  It printed:",
        "    one",
        "    two",
    ]


def test_an_error_has_no_answers_beside_it():
    error = LearnerError("raises ValueError", "Line 3: ValueError: no")
    case = Case((1,), 2, None, error, str(error))
    result = Result("01_images", "grey", False, error.name, str(error), case)
    assert report.lines(result) == [
        "grey: not yet",
        "  The smallest failing input:",
        "    argument 1",
        "    1",
        "  Line 3: ValueError: no",
    ]
    known = Result("01_images", "grey", False, "the channels come first", str(error), case)
    assert report.lines(known)[-1] == "  The mistake: the channels come first."


def test_what_has_no_case_is_one_sentence():
    assert report.lines(Result("a", "f", True)) == ["f: passed"]
    stopped = Result("a", "f", False, "takes too long", "It takes more than 2 s.")
    assert report.lines(stopped) == ["f: not yet", "  It takes more than 2 s."]


def test_values_of_every_kind_have_a_text():
    def square(x):
        """x²"""

    shown = report.beside(
        [
            ("a", np.arange(8).reshape(2, 2, 2)),
            ("b", np.zeros((0, 2))),
            ("c", [1.0, np.array([True, False])]),
            ("d", square),
            ("e", ()),
            ("f", np.array(7.0)),
        ]
    )
    assert shown == [
        "a (2, 2, 2)    b (0, 2)    c              d     e     f",
        "0 1            (empty)     1              x²    ()    7",
        "2 3                         True False",
        "",
        "4 5",
        "6 7",
    ]


def test_wide_arrays_stand_below_each_other_and_tall_ones_are_cut():
    shown = report.beside([("a", np.arange(40)), ("b", np.zeros((99, 1, 3)))])
    assert shown[2] == "b (99, 1, 3)"
    assert len(shown) == 3 + report.MOST_LINES


def test_the_table_is_csv_that_a_spreadsheet_takes_for_text():
    rows = [
        ("=cmd()", Result("01_images", "grey", True)),
        ("ann, b", Result("01_images", "grey", False, "-1", 'Line 1:\n"x"')),
    ]
    assert report.table(rows) == (
        "student,exercise,task,passed,mistake,message\n"
        "'=cmd(),01_images,grey,yes,,\n"
        '"ann, b",01_images,grey,no,\'-1,"Line 1: ""x"""\n'
    )
