import itertools
import json
import pathlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minidl
from minidl import optimizers
from minidl.optimizers import schedules

REFERENCE = pathlib.Path(__file__).parents[1] / "reference"
GOLDEN = np.load(REFERENCE / "keras_training.npz")
CASES = json.loads((REFERENCE / "cases.json").read_text())["schedules"]


@pytest.mark.parametrize("key", CASES)
def test_schedules_are_keras(key):
    name, config = CASES[key]
    schedule = getattr(schedules, name)(**config)
    found = [schedule(step) for step in range(60)]
    # Keras computes schedules in float32, whatever its floatx.
    np.testing.assert_allclose(found, GOLDEN[f"schedules/{key}"], rtol=1e-6, atol=1e-8)


@given(st.integers(2, 200), st.floats(0, 1), st.floats(1.01, 100), st.floats(1.01, 1e5))
def test_one_cycle_goes_up_then_down_and_stays(total, share, div, final):
    schedule = schedules.OneCycle(0.5, total, share, div, final)
    rates = [schedule(step) for step in range(total + 3)]
    top = int(np.argmax(rates))
    assert all(a <= b for a, b in itertools.pairwise(rates[: top + 1]))
    assert all(a >= b for a, b in itertools.pairwise(rates[top:]))
    assert max(rates) <= 0.5
    if share * total > 2:
        assert rates[0] == pytest.approx(0.5 / div)
    assert rates[-1] == pytest.approx(0.5 / div / final)


@pytest.mark.parametrize(
    ("total", "share", "expected"),
    [
        (10, 0.3, "0.04 0.52 1 0.9504846 0.8117457 0.6112620 0.3887420 0.1882583 0.0495194 4e-6"),
        (9, 0.5, "0.04 0.2207249 0.6268100 0.9524651 0.9698464 0.750001 0.4131783 0.1169813 4e-6"),
    ],
)
def test_one_cycle_is_that_of_pytorch(total, share, expected):
    """`OneCycleLR(optimizer, 1.0, total_steps=total, pct_start=share)` of PyTorch 2.13."""
    schedule = schedules.OneCycle(1.0, total, share)
    found = [schedule(step) for step in range(total)]
    np.testing.assert_allclose(found, [float(rate) for rate in expected.split()], atol=1e-7)


def test_an_optimizer_asks_its_schedule_at_every_step():
    w = minidl.Tensor([0.0], requires_grad=True)
    optimizer = optimizers.SGD(schedules.PiecewiseConstantDecay([1], [1.0, 0.25]))
    optimizer.build([w])
    for _ in range(3):
        w.sum().backward()
        optimizer.step()
        optimizer.zero_grad()
    assert w.item() == -2.25
    assert optimizer.learning_rate == 0.25
    with pytest.raises(TypeError, match="PiecewiseConstantDecay gives it"):
        optimizer.learning_rate = 0.5


@pytest.mark.parametrize("key", CASES)
def test_schedules_come_back_from_their_config(key):
    name, config = CASES[key]
    schedule = getattr(schedules, name)(**config)
    again = schedules.get(json.loads(json.dumps(schedules.serialize(schedule))))
    assert type(again) is type(schedule)
    assert again.get_config() == schedule.get_config()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: schedules.ExponentialDecay(-1, 10, 0.5), "initial_learning_rate needs a number"),
        (lambda: schedules.CosineDecay(0.1, 0), "decay_steps needs a whole number of at least 1"),
        (lambda: schedules.CosineDecay(0.1, 9, alpha=2), r"alpha needs a number in \[0, 1\]"),
        (lambda: schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2]), "2 boundaries need 3 val"),
        (lambda: schedules.PiecewiseConstantDecay([2, 1], [1, 2, 3]), "boundaries need to rise"),
        (lambda: schedules.OneCycle(0.1, 1), "total_steps needs a whole number of at least 2"),
        (lambda: schedules.OneCycle(0.1, 9, div_factor=0), r"div_factor needs a number in \(0"),
        (lambda: schedules.get("CosineDecy"), "unknown schedule 'CosineDecy': did you mean"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
