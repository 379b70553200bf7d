import numpy as np
import pytest
from scipy import stats

import minidl
from minidl import initializers


def test_glorot_uniform_fills_its_interval():
    minidl.set_random_seed(0)
    limit = (6 / (3 * 3 * 20 + 3 * 3 * 30)) ** 0.5
    numbers = initializers.GlorotUniform()((3, 3, 20, 30), "float64").ravel()
    # Under the right distribution such a p-value has a chance of 1 in 1,000.
    assert stats.kstest(numbers, stats.uniform(-limit, 2 * limit).cdf).pvalue > 1e-3


def test_he_normal_has_its_variance_and_no_outliers():
    minidl.set_random_seed(0)
    numbers = initializers.HeNormal()((500, 400), "float64").ravel()
    deviation = (2 / 500) ** 0.5
    cut = stats.truncnorm(-2, 2, scale=deviation / stats.truncnorm(-2, 2).std())
    assert stats.kstest(numbers, cut.cdf).pvalue > 1e-3


def test_names_and_classes_are_the_same():
    for name, kind in [
        ("zeros", initializers.Zeros),
        ("GlorotUniform", initializers.GlorotUniform),
    ]:
        assert type(initializers.get(name)) is kind
        assert type(initializers.get(kind)) is kind
    with pytest.raises(ValueError, match="unknown initializer 'glorot': did you mean"):
        initializers.get("glorot")


def test_deferred_weights_take_no_memory():
    with initializers.deferred():
        array = initializers.GlorotUniform()((10**6, 10**6))
    assert array.shape == (10**6, 10**6)
    assert array.strides == (0, 0)
    assert initializers.Ones()((2,)).tolist() == [1, 1]


@pytest.mark.parametrize("shape", [(5, 7), (3, 2, 5, 7)])
def test_fans(shape):
    window = int(np.prod(shape[:-2]))
    assert initializers.fans(shape) == (window * 5, window * 7)
