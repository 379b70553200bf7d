"""The judges of exercise 10 make the steps that minidl's own optimizers make."""

import numpy as np
import pytest

from minidl import Tensor, optimizers
from minidl.classroom import checks

GRADIENTS = np.random.default_rng(0).standard_normal((4, 3))


def judge(name):
    return next(task.judge for task in checks.exercise(10).tasks if task.name == name)


def test_momentum_and_adam_take_the_same_way_as_the_library():
    start, zero = np.array([1.0, -2.0, 3.0]), np.zeros(3)
    momentum, adam = (start, zero), (start, zero, zero)
    own_momentum, own_adam = optimizers.SGD(0.1, momentum=0.9), optimizers.Adam(0.1, epsilon=0.1)
    weights = [Tensor(start.copy(), requires_grad=True) for _ in range(2)]
    own_momentum.build(weights[:1])
    own_adam.build(weights[1:])
    for t, g in enumerate(GRADIENTS, 1):
        momentum = judge("momentum_step")(*momentum, g, 0.1, 0.9)
        adam = judge("adam_step")(*adam, g, t, 0.1, 0.9, 0.999, 0.1)
        for weight, optimizer in zip(weights, (own_momentum, own_adam), strict=True):
            weight.grad = Tensor(g)
            optimizer.step()
        assert weights[0].data == pytest.approx(momentum[0], rel=1e-12)
        assert weights[1].data == pytest.approx(adam[0], rel=1e-12)
