import numpy as np
import pytest
from scipy import special

from minidl import activations

JUDGES = {
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "gelu": lambda x: x * special.ndtr(x),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "linear": lambda x: x,
    "log_softmax": lambda x: special.log_softmax(x, axis=-1),
    "relu": lambda x: (x + abs(x)) / 2,
    "selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * (np.exp(x) - 1)),
    "sigmoid": special.expit,
    "silu": lambda x: x * special.expit(x),
    "softmax": lambda x: special.softmax(x, axis=-1),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "swish": lambda x: x * special.expit(x),
    "tanh": lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
}


@pytest.mark.parametrize("name", JUDGES)
def test_every_name_stands_for_its_function(name):
    x = np.linspace(-3, 3, 12).reshape(3, 4)
    function = activations.get(name)
    np.testing.assert_allclose(function(x), JUDGES[name](x), rtol=1e-13, atol=1e-15)
    assert activations.serialize(function) == {"swish": "silu"}.get(name, name)


def test_every_known_name_is_tested():
    with pytest.raises(ValueError, match=r"\(known: (.*)\)") as error:
        activations.get("nothing of the kind")
    known = str(error.value).split("(known: ")[1].rstrip(")").split(", ")
    assert known == sorted(JUDGES)


def test_functions_of_your_own_are_taken_but_not_saved():
    def swish(x):
        return x

    assert activations.get(swish) is swish
    assert activations.get(None)(3) == 3
    with pytest.raises(ValueError, match="'swish' has no name"):
        activations.serialize(swish)
    with pytest.raises(ValueError, match="did you mean 'relu'"):
        activations.get("rellu")
