"""Wrong arguments, thrown at random at every operation.

Whatever comes, an operation returns numbers or raises ValueError or TypeError with a message:
never an IndexError from the depths, never another error, never a crash of the process.
"""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl import Tensor, ops

NAMES = [name for name in ops.__all__ if name not in ("abs",)]
DTYPES = ["float32", "float64", "int64", "uint8", "bool", "<U2", "complex64", "object"]
SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)
SMALL = st.integers(-5, 5)


@st.composite
def arrays(draw):
    dtype, shape = draw(st.sampled_from(DTYPES[:2] * 4 + DTYPES)), draw(SHAPES)
    array = np.ones(shape).astype(dtype)
    return Tensor(array, requires_grad=True) if draw(st.booleans()) and dtype[0] == "f" else array


ARGUMENTS = st.one_of(
    arrays(),
    SMALL,
    st.sampled_from(
        [
            None,
            True,
            "same",
            "valid",
            "ij->i",
            "bilinear",
            1j,
            object,
            0.5,
            -0.5,
            10**30,
            "complex64",
        ]
    ),
    st.lists(SMALL, max_size=4).map(tuple),
    st.tuples(st.tuples(SMALL, SMALL), st.tuples(SMALL, SMALL)),
    st.lists(arrays(), max_size=3),
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's, of 0 / 0 and the like
@given(data=st.data())
def test_an_operation_returns_numbers_or_says_what_is_wrong(name, data):
    operation = getattr(ops, name)
    parameters = list(inspect.signature(operation).parameters.values())
    arguments = []
    for parameter in parameters:
        needed = parameter.default is inspect.Parameter.empty
        if not needed and data.draw(st.booleans()):
            break
        first = arrays() if parameter.name in ("x", "y", "kernel", "g") else ARGUMENTS
        arguments.append(data.draw(st.one_of(first, ARGUMENTS)))
    result = result_or_message(lambda: operation(*arguments))
    if isinstance(result, str):
        assert name in result or "Tensor" in result
        return
    for each in result if isinstance(result, list | tuple) else [result]:
        assert isinstance(each, np.ndarray | np.generic | Tensor | int | float | bool)
        assert np.asarray(each).dtype.kind in "fiub"


def result_or_message(compute):
    """Return what `compute` returns, or the message of the error that is allowed."""
    try:
        return compute()
    except (ValueError, TypeError) as error:
        return "" if isinstance(error, IndexError) else str(error)
