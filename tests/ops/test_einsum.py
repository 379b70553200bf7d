"""einsum where axes of length 1 or 0 are broadcast; the rest is in the table."""

import numpy as np
import pytest

from minidl import Tensor, ops


@pytest.mark.parametrize("shapes", [((0,), (1,)), ((1,), (0,)), ((3,), (1,)), ((1,), (3,))])
def test_gradients_where_one_operand_is_repeated(shapes):
    x, y = (
        Tensor(np.full(s, v), requires_grad=True) for s, v in zip(shapes, (2.0, 5.0), strict=True)
    )
    product = ops.einsum("i,i->i", x, y)
    assert product.shape == np.einsum("i,i->i", x.data, y.data).shape
    product.sum().backward()
    n = product.size
    for tensor, other in ((x, 5.0), (y, 2.0)):
        repeated = n if tensor.shape == (1,) else 1
        np.testing.assert_array_equal(tensor.grad.data, np.full(tensor.shape, other * repeated))


@pytest.mark.parametrize("shapes", [((2, 0), (1,)), ((2, 1), (0,)), ((2, 0), (0,))])
def test_gradients_of_a_sum_of_no_numbers(shapes):
    x, y = (Tensor(np.ones(s), requires_grad=True) for s in shapes)
    ops.einsum("ij,j->i", x, y).sum().backward()
    for tensor in (x, y):
        np.testing.assert_array_equal(tensor.grad.data, np.zeros(tensor.shape))
