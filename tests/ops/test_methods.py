"""Tensor's operators and methods are NumPy's, on either side and in every spelling."""

import operator

import numpy as np
import pytest

from minidl import Tensor, grad, ops

A, B = np.random.default_rng(0).uniform(0.5, 2, (2, 2, 3, 4))
METHODS = [
    lambda x: x.argmax(), lambda x: x.argmax(1), lambda x: x.argmin(axis=-1, keepdims=True),
    lambda x: x.astype("int64"), lambda x: x.clip(0.7, 1.5), lambda x: x.max(0),
    lambda x: x.mean((0, 2)), lambda x: x.mean(keepdims=True), lambda x: x.min(-1),
    lambda x: x.prod(1), lambda x: x.repeat(2), lambda x: x.repeat(2, 1),
    lambda x: x.reshape(4, 6), lambda x: x.reshape((4, 6)), lambda x: x.reshape(-1),
    lambda x: x.reshape([6, -1]), lambda x: x.round(1), lambda x: x.round(),
    lambda x: x[:1].squeeze(), lambda x: x[:, :1].squeeze(1), lambda x: x.std(1),
    lambda x: x.sum(), lambda x: x.sum((0, -1), keepdims=True), lambda x: x.take([3, 1], 2),
    lambda x: x.take([5]), lambda x: x.var(2), lambda x: x.transpose(),
    lambda x: x.transpose(1, 0, 2), lambda x: x.transpose((1, 0, 2)),
    lambda x: x.transpose([0, -1, 1]), lambda x: x.transpose(None), lambda x: x.T,
    lambda x: -x, abs, lambda x: x[1], lambda x: x[..., None, ::2], lambda x: x[[0, 1], :, 1],
    lambda x: x[x > 1], lambda x: x @ x[0].T, lambda x: x[0] @ x[0, 0], lambda x: x ** 2,
    lambda x: 2 ** x, lambda x: x ** x,
]  # fmt: skip


@pytest.mark.parametrize("method", METHODS)
def test_methods_are_numpys(method):
    found, expected = method(Tensor(A)), method(A)
    assert isinstance(found, Tensor)
    assert (found.shape, found.dtype) == (np.shape(expected), np.asarray(expected).dtype)
    np.testing.assert_allclose(found.data, expected, rtol=1e-13)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "pow", "eq", "ne", "lt", "le",
                                  "gt", "ge", "matmul"])  # fmt: skip
def test_operators_are_numpys_on_either_side(name):
    f = getattr(operator, name)
    a, b = (A, B.transpose(0, 2, 1)) if name == "matmul" else (A, np.where(B > 1, B, A))
    for found in (f(Tensor(a), Tensor(b)), f(Tensor(a), b), f(a, Tensor(b))):
        assert isinstance(found, Tensor)
        np.testing.assert_allclose(found.data, f(a, b), rtol=1e-14)
    if name != "matmul":
        np.testing.assert_array_equal(f(2, Tensor(a)).data, f(2, a))
        np.testing.assert_array_equal(f(Tensor(a), 2).data, f(a, 2))


def test_a_tensor_is_a_key_and_repeats_itself():
    x = Tensor(A)
    assert {x: 1}[x] == 1
    assert [row.data.tolist() for row in x] == A.tolist()
    assert ops.abs is ops.absolute


def test_every_operation_says_its_name_when_it_fails():
    """Those that are made of others too: the error is not that of a part."""
    for name in ops.__all__:
        operation = getattr(ops, name)
        with pytest.raises((TypeError, ValueError), match=f"^{operation.__name__}\\W") as caught:
            operation(*{
                "clip": (A, "a", 1), "concatenate": ([A, "a"],), "stack": ([A, "a"],),
                "einsum": ("ij->i", A), "getitem": (A, "a"), "moveaxis": (A, 7, 0),
                "gelu": ("a",), "mean": (A, 7), "var": (A, 7), "std": (A, 7), "prod": (A, 7),
                "where": (A, "a", A), "broadcast_to": (A, (3,)), "full_like": (A, "a", "U1"),
                "one_hot": (A, 3), "ones_like": (A, "U1"), "zeros_like": (A, "U1"),
                "astype": (A, "U1"), "take_along_axis": (A, A, 0), "take": (A, A, 0),
                "expand_dims": (A, 9), "squeeze": (A, 9), "reshape": (A, 5), "tile": (A, A),
                "transpose": (A, 5), "pad": (A, A), "repeat": (A, "a"), "roll": (A, "a"),
                "flip": (A, 7), "split": (A, "a"), "round": (A, "a"), "resize": (A, 3),
                "dropout": (A, 3), "conv2d": (A, A), "conv2d_kernel_grad": (A, A, 1),
                "conv2d_transpose": (A, A), "max_pool2d": (A, 1), "average_pool2d": (A, 1),
                "batch_norm": (A, A, A), "layer_norm": (A, A), "group_norm": (A, 3),
            }.get(name, ("a", "b")))  # fmt: skip
        assert not isinstance(caught.value, IndexError)


ROW, SQUARE, STACK = (np.random.default_rng(3).normal(size=s) for s in ((3,), (3, 3), (2, 4, 3, 3)))


@pytest.mark.parametrize("x", [ROW, SQUARE, STACK], ids=lambda a: a.ndim)
@pytest.mark.parametrize("y", [ROW, SQUARE, STACK], ids=lambda a: a.ndim)
def test_gradients_of_products(x, y):
    """Against the sum of products, letter by letter."""
    a, b = (Tensor(array, requires_grad=True) for array in (x, y))
    z = a @ b
    g = np.random.default_rng(4).normal(size=z.shape)
    stacks = "uv"
    rows = stacks[: x.ndim - 2] + "ij" if x.ndim > 1 else "j"
    columns = stacks[: y.ndim - 2] + "jk" if y.ndim > 1 else "j"
    out = stacks[: max(x.ndim, y.ndim, 2) - 2] + "i" * (x.ndim > 1) + "k" * (y.ndim > 1)
    np.testing.assert_allclose(z.data, np.einsum(f"{rows},{columns}->{out}", x, y), rtol=1e-12)
    for create_graph in (False, True):
        by_a, by_b = grad(z, [a, b], create_graph, g)
        np.testing.assert_allclose(by_a.data, np.einsum(f"{out},{columns}->{rows}", g, y),
                                   rtol=1e-10, atol=1e-14)  # fmt: skip
        np.testing.assert_allclose(by_b.data, np.einsum(f"{out},{rows}->{columns}", g, x),
                                   rtol=1e-10, atol=1e-14)  # fmt: skip
