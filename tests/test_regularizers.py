import json

import numpy as np
import pytest

import minidl
from minidl import check_grads, layers, regularizers

X = np.array([[1.0, -2.0], [0.5, 4.0]])


def test_penalties_are_the_formulas():
    assert regularizers.L1(0.1)(X).item() == pytest.approx(0.75)
    assert regularizers.L2(0.1)(X).item() == pytest.approx(2.125)
    assert regularizers.L1L2(0.1, 0.1)(X).item() == pytest.approx(2.875)
    assert regularizers.L1L2()(X).item() == 0


@pytest.mark.parametrize("name", ["l1", "l2", "l1_l2", "L1L2"])
def test_gradients(name):
    check_grads(regularizers.get(name), X, order=2)


def test_only_trainable_weights_are_penalised():
    model = minidl.Sequential(
        [
            layers.Dense(3, kernel_regularizer="l2", bias_regularizer="l1", input_shape=(2,)),
            layers.Dense(1, kernel_regularizer="l1"),
        ]
    )
    assert len(model.losses) == 3
    model.layers[0].trainable = False
    (penalty,) = model.losses
    assert penalty.item() == pytest.approx(0.01 * np.abs(model.layers[1].kernel.data).sum())


@pytest.mark.parametrize(
    "regularizer", [regularizers.L1(0.5), regularizers.L2(0.25), regularizers.L1L2(0.5, 2.0)]
)
def test_regularizers_come_back_from_their_config(regularizer):
    again = regularizers.get(json.loads(json.dumps(regularizers.serialize(regularizer))))
    assert type(again) is type(regularizer)
    assert again.get_config() == regularizer.get_config()


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match=r"L2: l2 needs a number in \[0, .*got -1"):
        regularizers.L2(-1)
    with pytest.raises(ValueError, match="unknown regularizer 'l3': did you mean"):
        layers.Dense(3, kernel_regularizer="l3")
    assert regularizers.get(None) is None
