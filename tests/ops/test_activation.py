"""What the table does not say of activations: their defaults, in the gradient too."""

import numpy as np
import pytest

import minidl
from minidl import ops


@pytest.mark.parametrize("name", ["elu", "gelu", "leaky_relu", "log_softmax", "softmax"])
def test_gradients_with_the_defaults(name):
    x = np.array([[-2.0, -0.5, 0.7, 1.5]])
    minidl.check_grads(getattr(ops, name), x, order=2)
