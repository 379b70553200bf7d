"""A dense layer's arithmetic: the same bits on any number of threads."""

import numpy as np

from minidl import Tensor, grad, ops


def test_same_bits_for_every_number_of_threads(set_num_threads):
    rng = np.random.default_rng(3)
    x, w, b = (
        Tensor(rng.normal(size=s).astype("float32"), requires_grad=True)
        for s in ((301, 701), (701, 203), (203,))
    )
    results = []
    for n in (1, 2, 3):
        set_num_threads(n)
        y = ops.relu(x @ w + b)
        results.append([a.data.tobytes() for a in (y, y.sum(axis=0), *grad(y.mean(), (x, w, b)))])
    assert results[0] == results[1] == results[2]
