"""Without arguments, optimizers are Keras's without arguments."""

import pytest

from minidl import optimizers

KERAS = {
    "SGD": {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False},
    "Adagrad": {"learning_rate": 0.001, "initial_accumulator_value": 0.1, "epsilon": 1e-7},
    "RMSprop": {
        "learning_rate": 0.001,
        "rho": 0.9,
        "momentum": 0.0,
        "epsilon": 1e-7,
        "centered": False,
    },
    "Adam": {
        "learning_rate": 0.001,
        "beta_1": 0.9,
        "beta_2": 0.999,
        "epsilon": 1e-7,
        "amsgrad": False,
    },
    "AdamW": {
        "learning_rate": 0.001,
        "weight_decay": 0.004,
        "beta_1": 0.9,
        "beta_2": 0.999,
        "epsilon": 1e-7,
    },
    "Nadam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    "Lion": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.99},
}


@pytest.mark.parametrize("name", KERAS)
def test_defaults(name):
    optimizer = getattr(optimizers, name)()
    assert {key: getattr(optimizer, key) for key in KERAS[name]} == KERAS[name]


def test_every_optimizer_is_here():
    kinds = {n for n in optimizers.__all__ if n[0].isupper()} - {"Optimizer"}
    assert kinds == set(KERAS)
