"""einsum's dots, its output when none is named, refusals, and axes of length 1 or 0."""

import numpy as np
import pytest

from minidl import Tensor, check_grads, ops


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


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("i...->...", [(2, 3, 4)]),
        ("...i->...", [(2, 3, 4)]),
        ("...i->i...", [(2, 3, 4)]),
        ("i...j->j...i", [(2, 3, 4, 2)]),
        ("...", [(2, 3)]),
        ("...->...", [()]),
        ("...ij", [(2, 3, 4)]),
        ("...ji", [(2, 3, 4)]),
        ("...ij,...jk->...ik", [(2, 3, 4), (2, 4, 2)]),
        ("...ij,...jk->...ik", [(3, 4), (2, 4, 2)]),
        ("...ij,...jk->...ik", [(2, 3, 4), (4, 2)]),
        ("...ij,...jk", [(2, 2, 3, 4), (2, 4, 2)]),
        ("...,...", [(2, 3), (3,)]),
        ("i...,i->...i", [(2, 3, 4), (2,)]),
        ("...a,b->ba...", [(2, 3), (4,)]),
        ("...ii->...i", [(2, 3, 3)]),
        ("ba", [(2, 3)]),
        ("ab", [(2, 3)]),
        ("ij,jk", [(2, 3), (3, 4)]),
        ("kj,ji", [(2, 3), (3, 4)]),
        ("ii", [(3, 3)]),
        ("ii,i", [(3, 3), (3,)]),
        ("iii->i", [(3, 3, 3)]),
        ("iijj->ij", [(2, 2, 3, 3)]),
        (" i j , j -> i ", [(2, 3), (3,)]),
        ("ij->", [(2, 3)]),
        (",->", [(), ()]),
        ("zY,Yx->xz", [(2, 3), (3, 4)]),
    ],
)
def test_it_is_numpys_and_has_gradients(subscripts, shapes):
    arrays = [np.random.default_rng(i).normal(size=s) for i, s in enumerate(shapes)]
    found = ops.einsum(subscripts, *arrays)
    expected = np.einsum(subscripts, *arrays)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    check_grads(lambda *xs: ops.einsum(subscripts, *xs), *arrays, order=2)


SQUARE = np.ones((3, 3))


@pytest.mark.parametrize(
    ("subscripts", "operands", "message"),
    [
        (3, [SQUARE], "subscripts need a string, got 3"),
        ("ij,jk->ik", [SQUARE], "is for 2 operands, got 1"),
        ("ij->ij", [SQUARE, SQUARE], "is for 1 operands, got 2"),
        ("ij->ij", [], "is for 1 operands, got 0"),
        ("ijk->i", [SQUARE], "'ijk' in 'ijk->i' does not fit an operand of 2 axes"),
        ("i->i", [SQUARE], "'i' in 'i->i' does not fit an operand of 2 axes"),
        ("ijk...->i", [SQUARE], "'ijk...' in .* does not fit an operand of 2 axes"),
        ("i1->i", [SQUARE], "needs letters, got '1'"),
        ("ij->1", [SQUARE], "needs letters, got '1'"),
        ("ij->k", [SQUARE], "needs letters of the inputs, each once"),
        ("ij->ii", [SQUARE], "needs letters of the inputs, each once"),
        ("ij->ijk", [SQUARE], "needs letters of the inputs, each once"),
    ],
)
def test_refuses(subscripts, operands, message):
    with pytest.raises((ValueError, TypeError), match=f"^einsum: .*{message}"):
        ops.einsum(subscripts, *operands)
