"""Dense products, against `numpy.matmul`; exactly, where whole numbers make sums exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl.kernels.matmul import matmul
from minidl.runtime import blas, threads

#: Around and over the size from which a product is cut: wide, tall, odd, thin.
LARGE = [
    *[(100, 700, 300), (300, 700, 101), (1000, 50, 33), (33, 64, 2001), (1, 999, 1001)],
    *[(64, 5000, 30), (7, 9001, 65)],  # cut along the inner side
]


def whole_numbers(shape, dtype, seed=0):
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@given(shape=st.tuples(*[st.integers(0, 40)] * 3))
def test_small_matrices(dtype, shape):
    n, k, m = shape
    a, b = whole_numbers((n, k), dtype, 1), whole_numbers((k, m), dtype, 2)
    found = matmul(a, b)
    assert found.dtype == dtype
    assert np.array_equal(found, np.einsum("ij,jk->ik", a, b))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", LARGE)
def test_large_matrices(shape, dtype):
    n, k, m = shape
    a, b = whole_numbers((n, k), dtype, 1), whole_numbers((k, m), dtype, 2)
    found = matmul(a, b)
    assert found.dtype == dtype
    assert np.array_equal(found, a.astype("int64") @ b.astype("int64"))


def test_real_numbers():
    rng = np.random.default_rng(3)
    a, b = (rng.normal(size=s).astype("float32") for s in ((100, 700), (700, 300)))
    exact = a.astype("float64") @ b.astype("float64")
    # k products and k sums, each rounded once, whatever their order.
    bound = 2 * 700 * np.finfo("float32").eps * (abs(a).astype("float64") @ abs(b))
    assert (abs(matmul(a, b) - exact) <= bound).all()


@pytest.mark.parametrize("shapes", [((3,), (3,)), ((3,), (3, 2)), ((2, 3), (3,)),
                                    ((4, 2, 3), (3, 5)), ((4, 1, 2, 3), (5, 3, 2))])  # fmt: skip
def test_vectors_and_stacks_as_numpy(shapes):
    a, b = (whole_numbers(s, "float64", i) for i, s in enumerate(shapes))
    assert np.array_equal(matmul(a, b), np.matmul(a, b))


def test_dtypes_promote_as_in_numpy():
    a, b = whole_numbers((100, 700), "float32"), whole_numbers((700, 300), "float64")
    assert matmul(a, b).dtype == "float64"
    assert matmul(a.astype("int64"), b.astype("int64")).dtype == "int64"


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", LARGE)
def test_same_bits_for_every_number_of_threads(set_num_threads, shape, dtype):
    n, k, m = shape
    rng = np.random.default_rng(4)
    a, b = (rng.normal(size=s).astype(dtype) for s in ((n, k), (k, m)))
    results = []
    for count in (1, 2, 3):
        set_num_threads(count)
        results.append(matmul(a, b).tobytes())
    assert results[0] == results[1] == results[2]


@pytest.mark.parametrize("shape", LARGE[:2])
def test_any_layout_and_inputs_are_left(shape):
    n, k, m = shape
    a, b = whole_numbers((k, n), "float32").T, whole_numbers((k, 2 * m), "float32")[:, ::-2]
    a.flags.writeable = b.flags.writeable = False
    before = a.copy(), b.copy()
    assert np.array_equal(matmul(a, b), matmul(*before))
    assert np.array_equal(a, before[0])
    assert np.array_equal(b, before[1])


def test_blas_threads_are_given_back():
    a, b = whole_numbers((100, 700), "float32"), whole_numbers((700, 300), "float32")
    before = blas.info()
    matmul(a, b)
    assert blas.info() == before
    with pytest.raises(ValueError, match="mismatch"):
        matmul(b, b)
    assert blas.info() == before


def test_blas_has_one_thread_meanwhile(monkeypatch):
    seen = []
    run = threads.run
    monkeypatch.setattr(
        threads,
        "run",
        lambda task, bounds: (
            seen.extend(library["num_threads"] for library in blas.info()),
            run(task, bounds),
        ),
    )
    matmul(whole_numbers((100, 700), "float32"), whole_numbers((700, 300), "float32"))
    assert seen
    assert set(seen) == {1}
