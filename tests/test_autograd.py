"""Tensor, the graph and its gradients; `minidl.ops` has its own tests."""

import gc
import operator
import threading
import weakref

import numpy as np
import pytest

import minidl
from minidl import Tensor, ops
from minidl.autograd import Primitive, primitive


def leaf(data, dtype="float64"):
    return Tensor(np.array(data, dtype), requires_grad=True)


class TestTensor:
    @pytest.mark.parametrize(
        ("data", "dtype"),
        [
            (1.5, "float32"),
            ([1.0, 2.0], "float32"),
            ([[1, 2]], "int64"),
            (True, "bool"),
            (np.float64(1.5), "float64"),
            (np.ones(2), "float64"),
            (np.ones(2, "float16"), "float16"),
            (np.ones(2, "uint8"), "uint8"),
        ],
    )
    def test_dtype(self, data, dtype):
        assert Tensor(data).dtype == dtype

    def test_an_array_is_kept_not_copied(self):
        array = np.ones(3)
        assert Tensor(array).data is array
        assert Tensor(Tensor(array)).data is array
        assert Tensor(array).numpy() is array
        assert Tensor(array).detach().data is array

    @pytest.mark.parametrize("data", ["text", [1j], [None], {}, [object()], np.array("2020", "M8")])
    def test_refuses_what_are_no_real_numbers(self, data):
        with pytest.raises(TypeError, match="Tensor: needs real numbers or booleans, got"):
            Tensor(data)

    @pytest.mark.parametrize("data", [1, [True], np.ones(2, "int8")])
    def test_only_floats_require_gradients(self, data):
        with pytest.raises(TypeError, match="only floating-point data can require a gradient"):
            Tensor(data, requires_grad=True)

    def test_looks_like_an_array(self):
        t = Tensor(np.arange(6.0).reshape(2, 3))
        assert (t.shape, t.ndim, t.size, len(t), t.dtype) == ((2, 3), 2, 6, 2, "float64")
        assert np.asarray(t) is t.data
        assert np.array(t, "float32").dtype == "float32"
        assert [row.data.tolist() for row in t] == [[0, 1, 2], [3, 4, 5]]
        assert t.T.shape == (3, 2)
        assert t.reshape(3, 2).shape == t.reshape((3, 2)).shape == t.reshape(-1, 2).shape
        assert t.transpose().shape == t.transpose(1, 0).shape == t.transpose((1, 0)).shape
        assert repr(Tensor([1.0])) == "Tensor([1.], dtype=float32)"

    def test_single_numbers(self):
        t = Tensor([2.5])
        assert (t.item(), bool(t)) == (2.5, True)
        assert (float(Tensor(2.5)), int(Tensor(2.5))) == (2.5, 2)
        with pytest.raises(TypeError, match="without axes"):
            len(Tensor(2.5))
        with pytest.raises(ValueError, match="ambiguous"):
            bool(Tensor([1.0, 2.0]))

    def test_can_be_a_key(self):
        t = Tensor([1.0, 2.0])
        assert {t: 1}[t] == 1


OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow,
             operator.eq, operator.ne, operator.lt, operator.le, operator.gt,
             operator.ge]  # fmt: skip


@pytest.mark.parametrize("f", OPERATORS)
@pytest.mark.parametrize("other", [2, 1.5, np.float64(1.5), np.array([1.0, 2.0, 3.0]),
                                   Tensor(np.array([1.0, 2.0, 3.0]))])  # fmt: skip
def test_operators_on_both_sides(f, other):
    x = np.array([1.0, 2.0, 4.0])
    plain = np.asarray(other) if isinstance(other, Tensor) else other
    for found, expected in ((f(Tensor(x), other), f(x, plain)), (f(other, Tensor(x)), f(plain, x))):
        assert isinstance(found, Tensor)
        assert found.dtype == expected.dtype
        assert np.array_equal(found.data, expected)


def test_other_operators():
    a, b = np.array([[1.0, -2.0], [3.0, 4.0]]), np.array([[1.0, 1.0], [0.0, 2.0]])
    for found, expected in (
        (-Tensor(a), -a),
        (abs(Tensor(a)), abs(a)),
        (Tensor(a) @ b, a @ b),
        (a @ Tensor(b), a @ b),
        (Tensor(a)[1], a[1]),
        (Tensor(a)[Tensor(a) > 0], a[a > 0]),
        (Tensor(a).max(axis=0), a.max(axis=0)),
        (Tensor(a).clip(0, 1), a.clip(0, 1)),
    ):
        assert isinstance(found, Tensor)
        assert np.array_equal(found.data, expected)


def test_python_numbers_do_not_widen_float32():
    x = Tensor([1.0, 2.0], requires_grad=True)
    y = ((2 * x - 1.5) / 3.0 + x**2).sum()
    assert y.dtype == "float32"
    y.backward()
    assert x.grad.dtype == "float32"


class TestBackward:
    def test_twice_in_one_operation(self):
        x = leaf(3)
        (x * x).backward()
        assert x.grad.item() == 6

    def test_diamond(self):
        x = leaf(2)
        a = x * 3
        (a * a + a * x).backward()  # 9x² + 3x²
        assert x.grad.item() == 48

    def test_ladder_of_diamonds_takes_one_visit_a_node(self):
        x = leaf(1)
        y = x
        for _ in range(60):  # 2⁶⁰ paths
            y = y + y
        y.backward()
        assert x.grad.item() == 2**60

    def test_adds_up_over_calls(self):
        x = leaf([1, 2])
        for times in (1, 2, 3):
            (x * [3.0, 4.0]).sum().backward()
            assert x.grad.data.tolist() == [3 * times, 4 * times]
        x.grad = None
        (x * 2).sum().backward()
        assert x.grad.data.tolist() == [2, 2]

    def test_the_same_graph_twice(self):
        x = leaf(3)
        y = x * x
        y.backward()
        y.backward()
        assert x.grad.item() == 12

    def test_of_a_leaf(self):
        x = leaf(3)
        x.backward()
        assert x.grad.item() == 1

    def test_given_gradient(self):
        x = leaf([1, 2, 3])
        (x * 2).backward([1, 0, -1])
        assert x.grad.data.tolist() == [2, 0, -2]
        assert x.grad.dtype == "float64"

    def test_only_leaves_that_ask(self):
        x, constant = leaf(2), Tensor(np.array(3.0))
        y = x * constant
        y.backward()
        assert x.grad.item() == 3
        assert constant.grad is None
        assert y.grad is None

    def test_gradient_has_the_leafs_dtype(self):
        x, y = leaf(2, "float32"), leaf(3, "float64")
        (x * y).backward()
        assert (x.grad.dtype, y.grad.dtype) == ("float32", "float64")

    def test_a_long_chain(self):
        x = leaf(0)
        y = x
        for _ in range(100_000):
            y = y + 1
        assert y.item() == 100_000
        y.backward()
        assert x.grad.item() == 1
        node = weakref.ref(y)
        del y
        gc.collect()
        assert node() is None

    def test_no_graph(self):
        for t in (Tensor(1.0), Tensor(1.0) * 2, leaf(1).detach() * 2, leaf(1) > 0):
            with pytest.raises(RuntimeError, match="does not depend on any Tensor with"):
                t.backward()

    def test_not_one_number(self):
        with pytest.raises(ValueError, match=r"the result has shape \(3,\), not one number"):
            (leaf([1, 2, 3]) * 2).backward()

    def test_gradient_of_another_shape(self):
        with pytest.raises(ValueError, match=r"gradient has shape \(2,\), the result \(3,\)"):
            (leaf([1, 2, 3]) * 2).backward(np.ones(2))

    def test_an_integer_result_has_no_gradient(self):
        x = leaf([1.5, 2.5])
        whole = x.astype("int64")
        assert not whole.requires_grad
        (x + whole.astype("float64")).sum().backward()
        assert x.grad.data.tolist() == [1, 1]


SHARING = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "reshape": lambda x, y: x.reshape(3, 2).reshape(2, 3) + y.reshape(2, 3),
    "transpose": lambda x, y: (x.T + y.T).T,
    "getitem": lambda x, y: x[:] + y[...],
    "concatenate": lambda x, y: ops.concatenate([x, y])[:2] + ops.concatenate([x, y])[2:],
    "one": lambda x, y: x * 1 + y / 1,
    "where": lambda x, y: ops.where(np.ones((2, 3), bool), x, y),
}


@pytest.mark.parametrize("create_graph", [False, True])
@pytest.mark.parametrize("name", SHARING)
def test_gradients_share_no_memory(name, create_graph):
    x, y = leaf(np.arange(6).reshape(2, 3)), leaf(np.ones((2, 3)))
    given = np.full((2, 3), 2.0)
    SHARING[name](x, y).backward(given, create_graph=create_graph)
    arrays = [x.data, y.data, given, x.grad.data, y.grad.data]
    for i, a in enumerate(arrays):
        assert a.flags.writeable
        assert not any(np.shares_memory(a, b) for b in arrays[:i])


def test_gradients_of_a_sum_can_be_written():
    x = leaf(np.ones((2, 3)))
    x.sum().backward()
    x.grad.data[0] = 5
    assert x.grad.data.tolist() == [[5, 5, 5], [1, 1, 1]]


def test_results_of_earlier_steps_never_change():
    """Buffers are used again: not those that a user still holds."""
    rng = np.random.default_rng(0)
    x, w = rng.normal(size=(64, 40, 40)), leaf(rng.normal(size=(40, 40)), "float32")
    kept = []
    for _ in range(3):
        hidden = ops.relu(Tensor(x.astype("float32")) @ w + 1)
        w.grad = None
        (hidden * hidden).mean().backward()
        kept += [(a, a.copy()) for a in (hidden.data, hidden.data[3:], w.grad.data)]
    assert all(np.array_equal(a, copy) for a, copy in kept)


class TestGrad:
    def test_zeros_for_what_was_not_used(self):
        x, unused = leaf([1, 2]), leaf(np.ones((2, 3)), "float32")
        gx, gu = minidl.grad((x * x).sum(), [x, unused])
        assert gx.data.tolist() == [2, 4]
        assert (gu.shape, gu.dtype, gu.data.any()) == ((2, 3), "float32", False)

    def test_of_intermediate_results(self):
        x = leaf(2)
        a = x * 3
        y = a * a
        assert [g.item() for g in minidl.grad(y, (y, a, x))] == [1, 12, 36]

    def test_leaves_grad_alone(self):
        x = leaf(2)
        minidl.grad(x * x, x)
        assert x.grad is None

    def test_the_same_input_twice(self):
        x = leaf(2)
        first, second = minidl.grad(x * x, [x, x])
        assert first.item() == second.item() == 4
        assert not np.shares_memory(first.data, second.data)

    def test_given_gradient(self):
        x = leaf([1, 2])
        (g,) = minidl.grad(x * x, x, gradient=[1, 10])
        assert g.data.tolist() == [2, 40]

    @pytest.mark.parametrize("bad", [Tensor(1.0), 3.0, None])
    def test_refuses_inputs_without_gradient(self, bad):
        x = leaf(2)
        with pytest.raises(TypeError, match="grad: input 1 is not a Tensor with requires_grad"):
            minidl.grad(x * x, [x, bad])

    def test_derivatives_of_derivatives(self):
        x = leaf(2)
        y = x**4
        for expected in (32, 48, 48, 24):
            (y,) = minidl.grad(y, x, create_graph=True)
            assert y.item() == pytest.approx(expected, rel=1e-14)

    def test_without_create_graph_the_gradient_is_a_constant(self):
        x = leaf(2)
        (g,) = minidl.grad(x * x, x)
        assert not g.requires_grad

    def test_penalty_on_the_gradient(self):
        x = leaf([1, 2])
        (g,) = minidl.grad((x * x * x).sum(), x, create_graph=True)
        (g * g).sum().backward()  # Σ 9x⁴
        assert x.grad.data.tolist() == [36, 288]


class TestNoGrad:
    def test_block(self):
        x = leaf(1)
        with minidl.no_grad():
            inside = x * 2
            with minidl.no_grad():
                pass
            assert not (x * 2).requires_grad
        assert not inside.requires_grad
        assert (x * 2).requires_grad

    def test_decorator(self):
        @minidl.no_grad()
        def double(x):
            return x * 2

        for _ in range(2):
            assert not double(leaf(1)).requires_grad
        assert (leaf(1) * 2).requires_grad

    def test_ends_with_an_error(self):
        with pytest.raises(ValueError, match="oops"), minidl.no_grad():
            raise ValueError("oops")
        assert (leaf(1) * 2).requires_grad

    def test_other_threads_keep_their_graphs(self):
        found = []
        with minidl.no_grad():
            thread = threading.Thread(target=lambda: found.append((leaf(1) * 2).requires_grad))
            thread.start()
            thread.join()
        assert found == [True]


class TestPrimitive:
    def test_vjp_of_the_wrong_shape(self):
        @primitive
        def double(x):
            return 2 * x

        double.def_vjps(lambda g, y, x: g[:1])
        message = r"gradient of double by input 0 has shape \(1,\), but the input has shape \(3,\)"
        with pytest.raises(RuntimeError, match=message):
            double(leaf([1, 2, 3])).backward(np.ones(3))

    @pytest.mark.parametrize("other", ["float32", "float64"])
    @pytest.mark.parametrize("own", ["float32", "float64"])
    def test_gradients_are_of_the_inputs_type(self, own, other):
        @primitive
        def double(x):
            return 2 * x

        double.def_vjps(lambda g, y, x: (2 * g).astype(other))
        x = leaf([1, 2], own)
        double(x).sum().backward()
        assert x.grad.dtype == own

    def test_residuals_and_keywords(self):
        @primitive(residuals=True)
        def scale(x, by=1.0):
            return x * by, "kept"

        seen = []

        def vjp(g, y, x, by=1.0, residuals=None):
            seen.append(residuals)
            return g * by

        scale.def_vjps(vjp)
        x = leaf(2)
        scale(by=5.0, x=x).backward()
        assert (x.grad.item(), seen) == (5, ["kept"])
        assert scale(np.float64(2), by=5.0) == 10

    def test_no_gradient_by_an_argument(self):
        @primitive
        def scale(x, by):
            return x * by

        scale.def_vjps(lambda g, y, x, by: g * by)
        with pytest.raises(TypeError, match=r"^scale: by is not differentiable; give an array"):
            scale(leaf(1), leaf(2))
        with pytest.raises(TypeError, match=r"^scale: by is not differentiable; give an array"):
            scale(leaf(1), by=leaf(2))

    def test_none_is_a_zero_gradient(self):
        condition, x = leaf([1, 0]), leaf([1, 2])
        gc, gx = minidl.grad(ops.where(condition, x, 0.0).sum(), [condition, x])
        assert gc.data.tolist() == [0, 0]
        assert gx.data.tolist() == [1, 0]

    @pytest.mark.parametrize(
        ("call", "error", "message"),
        [
            (lambda x: x + np.ones(2), ValueError, r"^add: .*float64 \(3,\), float64 \(2,\)"),
            (lambda x: np.ones(2) * x, ValueError, r"^multiply: .*\(2,\), float64 \(3,\)"),
            (lambda x: x @ np.ones((2, 2)), ValueError, r"^matmul: .* shapes \(3,\) and \(2, 2\)"),
            (lambda x: x + "a", TypeError, r"^add: .*float64 \(3,\), 'a'"),
            (lambda x: x.reshape(2, 2), ValueError, r"^reshape: .*float64 \(3,\)"),
            (lambda x: x[5], ValueError, r"^getitem: .*out of bounds.*float64 \(3,\), 5"),
            (lambda x: x["a"], ValueError, r"^getitem: .*float64 \(3,\), 'a'"),
            (lambda x: x.sum(axis=4), ValueError, r"^sum: .*out of bounds.*float64 \(3,\)"),
            (lambda x: x.mean(axis=4), ValueError, r"out of bounds.*float64 \(3,\)"),
            (lambda x: x.transpose(0, 1), ValueError, r"^transpose: .*float64 \(3,\)"),
            (lambda x: ops.concatenate([x, x[None]]), ValueError, r"^concatenate: .*\(3,\).*\(1, "),
            (lambda x: ops.exp(x, 1, 2), TypeError, r"^exp: .*takes 1 positional"),
        ],
    )
    def test_errors_name_the_operation_and_the_shapes(self, call, error, message):
        with pytest.raises(error, match=message) as caught:
            call(leaf([1, 2, 3]))
        assert not isinstance(caught.value, IndexError)


class TestWork:
    """Only what is needed is computed, and in the quickest way there is."""

    def test_the_fast_gradient_is_for_when_no_graph_is_made(self):
        @primitive
        def double(x, y):
            return 2 * x + y

        called = []

        def vjp(name, factor):
            return lambda g, z, x, y: (called.append((name, type(g))), factor * g)[1]

        double.def_vjps(vjp("x", 2), vjp("y", 1), fast={0: vjp("fast x", 2)})
        for create_graph, names in ((False, ["fast x", "y"]), (True, ["x", "y"])):
            called.clear()
            x, y = leaf([1.0]), leaf([2.0])
            slopes = minidl.grad(double(x, y), [x, y], create_graph)
            assert [slope.item() for slope in slopes] == [2, 1]
            assert called == [(name, Tensor if create_graph else np.ndarray) for name in names]
        assert ops.relu.vjp(0, False) is not ops.relu.vjp(0, True)

    def test_every_fast_gradient_gives_the_numbers_of_the_plain_one(self):
        rng = np.random.default_rng(0)
        found = [p for p in vars(ops).values() if isinstance(p, Primitive) and p._fast]
        assert ops.relu in found
        for operation in found:
            for n in (5, 100_000):
                x = rng.normal(size=n)
                y = operation(x)
                g = rng.normal(size=np.shape(y))
                for position in operation._fast:
                    np.testing.assert_array_equal(
                        operation.vjp(position, False)(g, y, x),
                        operation.vjp(position, True)(g, y, x),
                    )

    def test_what_no_wanted_input_leads_to_is_not_computed(self):
        @primitive
        def same(x):
            return x * 1.0

        called = []
        same.def_vjps(lambda g, y, x: (called.append(x), g)[1])
        a, b = leaf(2), leaf(3)
        product = a * same(b)
        assert minidl.grad(product, a)[0].item() == 3
        assert called == []
        assert minidl.grad(product, b)[0].item() == 2
        assert len(called) == 1

    @pytest.mark.parametrize("create_graph", [False, True])
    def test_a_gradient_that_is_0_ends_there(self, create_graph):
        x = leaf([0.0, 2.0])
        chosen = ops.where(x * 3, x * 5, x)
        chosen.sum().backward(create_graph=create_graph)
        assert x.grad.data.tolist() == [1, 5]
        y = leaf([1.0, 2.0])
        (slope,) = minidl.grad(ops.where(y * 3, 1.0, 0.0), y, create_graph, np.ones(2))
        assert slope.data.tolist() == [0, 0]
        assert not slope.requires_grad

    def test_every_gradient_is_kept_for_the_one_who_asked(self):
        x = leaf([1.0, 2.0])
        inner = x * 2
        outer = inner * 3
        both = (outer + inner).sum()
        for order in ([x, inner, outer], [outer, inner, x], [inner, inner, x]):
            slopes = {id(t): {x.data.tobytes(): 8, inner.data.tobytes(): 4,
                              outer.data.tobytes(): 1}[t.data.tobytes()]
                      for t in order}  # fmt: skip
            for t, slope in zip(order, minidl.grad(both, order), strict=True):
                assert slope.data.tolist() == [slopes[id(t)]] * 2
        assert minidl.grad(inner, inner, gradient=[1, 2])[0].data.tolist() == [1, 2]

    def test_gradients_that_are_alone_are_not_copied(self):
        @primitive
        def scaled(x):
            return x * 2

        made = []
        scaled.def_vjps(lambda g, y, x: made.append(g * 2) or made[-1])
        x = leaf(np.ones((3, 2)))
        scaled(x).sum().backward()
        assert x.grad.data is made[0]
        turned = leaf(np.ones((3, 2)))
        minidl.ops.transpose(scaled(turned)).backward(np.ones((2, 3)))
        assert turned.grad.data.flags.c_contiguous

    @pytest.mark.parametrize("create_graph", [False, True])
    def test_gradients_can_be_written(self, create_graph):
        @primitive
        def same(x):
            return x * 1

        def frozen(g):
            g = g * 1
            (g.data if isinstance(g, Tensor) else g).flags.writeable = False
            return g

        same.def_vjps(lambda g, y, x: frozen(g))
        x = leaf(np.ones((3, 2)))
        same(x).backward(np.arange(6.0).reshape(3, 2), create_graph)
        assert x.grad.data.flags.writeable
        assert x.grad.data.tolist() == [[0, 1], [2, 3], [4, 5]]
        assert x.grad.requires_grad is False


class Foreign:
    """An array of another library."""

    def __array__(self, dtype=None, copy=None):
        return np.ones(2)


class TestTracking:
    """Which results belong to a graph, and what they are called with."""

    def test_only_floating_point_results_of_inputs_that_ask(self):
        x, constant = leaf([1.0, 2.0]), Tensor(np.array([1.0, 2.0]))
        for result, expected in (
            (x * 2, True), (2 * x, True), (constant * 2, False), (x > 1, False),
            (x.argmax(), False), (x.astype("int8"), False), (x.astype("bool"), False),
            (x.astype("uint8"), False), (x.astype("float32"), True), (ops.sign(x), False),
            (constant * x, True), (ops.concatenate([constant, x]), True),
            (ops.concatenate([constant, constant]), False),
        ):  # fmt: skip
            assert result.requires_grad is expected
            assert (result._node is not None) is expected
            assert (result.grad, result.name) == (None, None)
        assert isinstance(ops.add(np.ones(2), 1), np.ndarray)

    def test_the_constructor_s_defaults(self):
        t = Tensor([1.0])
        assert (t.requires_grad, t.grad, t.name) == (False, None, None)
        named = Tensor([1.0], True, name="here")
        assert (named.requires_grad, named.name) == (True, "here")
        assert repr(named) == "Tensor([1.], dtype=float32, requires_grad=True)"
        assert not (named * 2).detach().requires_grad
        for dtype in ("float16", "float32", "float64"):
            assert Tensor(np.ones(1, dtype), requires_grad=True).dtype == dtype
        for dtype in ("bool", "int8", "uint16"):
            with pytest.raises(TypeError, match=f"can require a gradient, got {dtype}"):
                Tensor(np.ones(1, dtype), requires_grad=True)
        assert Tensor([np.float64(1)]).dtype == "float32"
        assert Tensor(Foreign()).dtype == "float64"
        assert Tensor(2**40).dtype == "int64"
        assert bool(Tensor(0.0)) is False

    def test_gradients_of_results_without_one_number(self):
        for shape in ((), (1,), (1, 1)):
            x = leaf(np.full(shape, 3.0))
            (x * x).backward()
            assert x.grad.shape == shape
            assert x.grad.item() == 6
        for shape in ((2,), (0,), (1, 2)):
            with pytest.raises(ValueError, match="not one number: sum it up, or give the grad"):
                (leaf(np.ones(shape)) * 2).backward()
        x = leaf([1, 2], "float32")
        for given in ([1, 2], np.array([1.0, 2.0]), Tensor([1.0, 2.0]), np.float32([1, 2])):
            x.grad = None
            (x * 2).backward(given)
            assert x.grad.dtype == "float32"
            assert x.grad.data.tolist() == [2, 4]

    def test_an_input_by_name_or_by_position(self):
        x, y = leaf(2), leaf(5)
        for z in (ops.subtract(x, y), ops.subtract(x, y=y), ops.subtract(x=x, y=y),
                  ops.subtract(y=y, x=x)):  # fmt: skip
            assert z.item() == -3
            assert [s.item() for s in minidl.grad(z, [x, y])] == [1, -1]
        assert ops.sum(x=x, axis=None).requires_grad
        with pytest.raises(TypeError, match=r"^sum: axis is not differentiable"):
            ops.sum(x, axis=Tensor(0))
        with pytest.raises(TypeError, match=r"^subtract: "):
            ops.subtract(x)
        with pytest.raises(TypeError, match=r"^subtract: "):
            ops.subtract(x, y, x)
        with pytest.raises(TypeError, match=r"^subtract: "):
            ops.subtract(y=y)

    def test_residuals_are_handed_on_or_left_out(self):
        @primitive(residuals=True)
        def halve(x, by=2.0):
            return x / by, "kept"

        seen = []
        halve.def_vjps(lambda g, y, x, by=2.0, **more: (seen.append(more), g / by)[1])
        assert halve(np.float64(3)) == 1.5
        assert halve(Tensor(3.0)).item() == 1.5
        x = leaf(3)
        halve(x, 4.0).backward()
        assert (x.grad.item(), seen) == (0.25, [{"residuals": "kept"}])
        assert primitive(lambda x: x).residuals is False

    def test_only_leaves_that_still_ask_are_given_a_gradient(self):
        x, frozen = leaf([1.0, 2.0]), leaf([3.0, 4.0])
        inner = x * frozen
        outer = inner * 2
        frozen.requires_grad = False
        outer.backward([1.0, 1.0])
        assert x.grad.data.tolist() == [6, 8]
        assert (frozen.grad, inner.grad, outer.grad) == (None, None, None)

    @pytest.mark.parametrize("position", [1, 2, 3])
    def test_arguments_beyond_those_with_gradients(self, position):
        @primitive
        def scaled(x, a, b, c=1.0):
            return x * a * b * c

        scaled.def_vjps(lambda g, y, x, *factors: g)
        arguments = [leaf(2), 3.0, 4.0, 5.0]
        assert scaled(*arguments).item() == 120
        arguments[position] = leaf(1)
        with pytest.raises(TypeError, match=f"^scaled: {'xabc'[position]} is not differentiable"):
            scaled(*arguments)
        with minidl.no_grad():
            assert not scaled(*arguments).requires_grad
        arguments[position] = Tensor(np.array(1.0))
        assert scaled(*arguments).requires_grad

    def test_nodes_are_numbered_as_they_are_made(self):
        x = leaf(1)
        first, second = x * 2, x * 3
        assert second._node.number == first._node.number + 1
        assert (second._node.tracked, second._node.args[1]) == ((0,), 3)

    def test_a_primitive_without_gradients(self):
        @primitive
        def whole(x):
            return np.floor(x)

        assert not whole(leaf([1.5])).requires_grad

    def test_gradients_by_all_inputs_of_any_number(self):
        @primitive
        def total(*xs):
            return sum(xs)

        total.def_vjps(every=lambda i, g, y, *xs: g * (i + 1))
        xs = [leaf(1), Tensor(np.array(2.0)), leaf(3)]
        y = total(*xs)
        assert y._node.tracked == (0, 2)
        assert [s.item() for s in minidl.grad(y, [xs[0], xs[2]])] == [1, 3]

    def test_inputs_that_are_no_numbers_are_refused(self):
        for bad in ("text", 1j, [1j], None, np.array("a")):
            with pytest.raises(TypeError, match=r"^(exp|add): "):
                ops.exp(bad)
            with pytest.raises(TypeError, match=r"^(exp|add): "):
                ops.add(1.0, bad)
