import numpy as np
import pytest

from minidl import Tensor, ops
from minidl.runtime import arrays


@pytest.mark.parametrize("x", [0.5, 2, True, np.float64(2.5), -(2**62), 2**63])
def test_numbers_stay_numbers(x):
    assert arrays.operand(x) is x


def test_arrays_and_tensors_are_not_copied():
    x = np.ones(3, "float16")
    assert arrays.operand(x) is x
    assert arrays.operand(t := Tensor(x)) is t
    assert arrays.real_array(x, "f") is x


@pytest.mark.parametrize(
    ("x", "dtype"),
    [([1, 2], "int64"), ([[0.5], [1.0]], "float64"), ((True, False), "bool"), (np.int8(3), "int8")],
)
def test_all_else_becomes_the_array_that_numpy_makes(x, dtype):
    found = arrays.operand(x)
    assert isinstance(found, np.ndarray)
    assert found.dtype == dtype
    assert np.array_equal(found, x)


@pytest.mark.parametrize("x", ["text", None, 1j, [1j], [None], 2**64, np.array("2020", "M8")])
def test_what_are_no_real_numbers_is_refused(x):
    with pytest.raises(TypeError, match="needs real numbers or booleans, got"):
        arrays.operand(x)
    with pytest.raises(TypeError, match=r"f: needs real numbers or booleans, got an array of"):
        arrays.real_array(x, "f")


def test_a_number_adapts_to_the_tensor_beside_it_a_list_does_not():
    x = Tensor(np.ones(2, "float32"), requires_grad=True)
    assert ops.multiply(x, 0.5).dtype == "float32"
    y = ops.multiply(x, [0.5, 2.0])
    assert y.dtype == "float64"
    y.sum().backward()
    assert x.grad.dtype == "float32"
    assert x.grad.data.tolist() == [0.5, 2.0]


def test_memory_is_that_of_the_array_that_owns_it():
    x = np.zeros((4, 6))
    assert arrays.memory(x[1:, ::2].T) == arrays.memory(x)
    assert arrays.memory(x.copy()) != arrays.memory(x)
