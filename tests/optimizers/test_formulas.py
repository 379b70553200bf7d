"""Each optimizer's formula, written out number by number, with any arguments at any step."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import minidl
from minidl import optimizers
from minidl.optimizers import schedules


def sign(x):
    return (x > 0) - (x < 0)


def sgd(o, w, g, t, s):
    s["v"] = o.momentum * s.get("v", 0.0) - o.learning_rate * g
    return w + (o.momentum * s["v"] - o.learning_rate * g if o.nesterov else s["v"])


def adagrad(o, w, g, t, s):
    s["G"] = s.get("G", o.initial_accumulator_value) + g * g
    return w - o.learning_rate * g / math.sqrt(s["G"] + o.epsilon)


def rmsprop(o, w, g, t, s):
    s["v"] = o.rho * s.get("v", 0.0) + (1 - o.rho) * g * g
    s["a"] = o.rho * s.get("a", 0.0) + (1 - o.rho) * g
    v = s["v"] - s["a"] ** 2 if o.centered else s["v"]
    s["u"] = o.momentum * s.get("u", 0.0) + o.learning_rate * g / math.sqrt(v + o.epsilon)
    return w - s["u"]


def adam(o, w, g, t, s):
    s["m"] = o.beta_1 * s.get("m", 0.0) + (1 - o.beta_1) * g
    s["v"] = o.beta_2 * s.get("v", 0.0) + (1 - o.beta_2) * g * g
    s["most"] = max(s.get("most", 0.0), s["v"])
    root = math.sqrt(s["most"] if o.amsgrad else s["v"])
    rate = o.learning_rate * math.sqrt(1 - o.beta_2**t) / (1 - o.beta_1**t)
    return w - rate * s["m"] / (root + o.epsilon)


def nadam(o, w, g, t, s):
    mu = [o.beta_1 * (1 - 0.5 * 0.96**i) for i in range(t + 2)]
    s["m"] = o.beta_1 * s.get("m", 0.0) + (1 - o.beta_1) * g
    s["v"] = o.beta_2 * s.get("v", 0.0) + (1 - o.beta_2) * g * g
    mean = mu[t + 1] * s["m"] / (1 - math.prod(mu[1:])) + (1 - mu[t]) * g / (
        1 - math.prod(mu[1:-1])
    )
    return w - o.learning_rate * mean / (math.sqrt(s["v"] / (1 - o.beta_2**t)) + o.epsilon)


def lion(o, w, g, t, s):
    m = s.get("m", 0.0)
    s["m"] = o.beta_2 * m + (1 - o.beta_2) * g
    return w - o.learning_rate * sign(o.beta_1 * m + (1 - o.beta_1) * g)


share, below_1 = st.floats(0, 1), st.floats(0, 0.999)
rate = st.floats(0.01, 2)
epsilon = st.floats(1e-3, 0.5)  # so large that it matters
kin = {"learning_rate": rate, "beta_1": below_1, "beta_2": below_1, "epsilon": epsilon}
FORMULAS = {
    "SGD": (sgd, {"learning_rate": rate, "momentum": share, "nesterov": st.booleans()}),
    "Adagrad": (adagrad, {"learning_rate": rate, "initial_accumulator_value": st.floats(0, 2),
                          "epsilon": epsilon}),
    "RMSprop": (rmsprop, {"learning_rate": rate, "rho": share, "momentum": share,
                          "epsilon": epsilon, "centered": st.booleans()}),
    "Adam": (adam, {**kin, "amsgrad": st.booleans()}),
    "AdamW": (adam, {**kin, "amsgrad": st.booleans()}),
    "Nadam": (nadam, kin),
    "Lion": (lion, {"learning_rate": rate, "beta_1": st.floats(0.01, 1), "beta_2": share}),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
@given(data=st.data())
def test_steps(name, data):
    formula, arguments = FORMULAS[name]
    decay = data.draw(st.sampled_from([0.0, 0.25]))
    given_arguments = {key: data.draw(value) for key, value in arguments.items()}
    optimizer = getattr(optimizers, name)(**given_arguments, weight_decay=decay)
    start = np.array([[0.5, -2.0], [3.0, 0.125]])
    tensor = minidl.Tensor(start.copy(), requires_grad=True)
    optimizer.build([tensor])
    weights, states = start.ravel().tolist(), [{} for _ in range(start.size)]
    numbers = st.integers(-8, 8).map(lambda n: n / 4)
    steps = st.lists(st.lists(numbers, min_size=4, max_size=4), min_size=1, max_size=6)
    for t, gradient in enumerate(data.draw(steps), 1):
        tensor.grad = minidl.Tensor(np.reshape(gradient, (2, 2)).astype(float))
        optimizer.step()
        assert optimizer.iterations == t
        weights = [
            formula(optimizer, w - optimizer.learning_rate * decay * w, g, t, state)
            for w, g, state in zip(weights, gradient, states, strict=True)
        ]
        np.testing.assert_allclose(tensor.data.ravel(), weights, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("t", [1, 2, 10, 999, 1000, 1001, 5000])
def test_nadams_momenta_multiply_up(t):
    optimizer = optimizers.Nadam(beta_1=0.999)
    factors = [0.999 * (1 - 0.5 * 0.96**i) for i in range(1, t + 1)]
    assert optimizer._momentum(t) == pytest.approx(factors[-1], rel=1e-15)
    assert optimizer._product(t) == pytest.approx(math.prod(factors), rel=1e-11)


@pytest.mark.parametrize("every", [1, 2, 3])
def test_averages_replace_weights_after_every_so_many_steps(every):
    w = minidl.Tensor(np.array([5.0]), requires_grad=True)
    options = {"use_ema": True, "ema_momentum": 0.75, "ema_overwrite_frequency": every}
    optimizer = optimizers.SGD(1.0, **options)
    optimizer.build([w])
    assert optimizer.state_names == ("velocity", "average")
    weight = average = 5.0
    for step in range(1, 8):
        w.grad = minidl.Tensor(np.ones(1))
        optimizer.step()
        weight -= 1
        average = weight if step == 1 else 0.75 * average + 0.25 * weight
        if step % every == 0:
            weight = average
        assert w.item() == pytest.approx(weight, rel=1e-14)
        assert optimizer.slots["average"][0].item() == pytest.approx(average, rel=1e-14)


def test_averages_are_put_in_their_own_weights_places():
    weights = [minidl.Tensor(np.array([float(i)]), requires_grad=True) for i in range(3)]
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    optimizer.finalize_variable_values(weights)  # not built: nothing to put
    optimizer.build(weights[:2])
    for _ in range(2):
        for w in weights:
            w.grad = minidl.Tensor(np.ones(1))
        optimizer.step()
    optimizer.finalize_variable_values(weights[1:])
    assert [w.item() for w in weights] == [-2, -0.5, 2]
    optimizer.zero_grad()
    assert [w.grad is None for w in weights] == [True, True, False]
    plain = optimizers.SGD(1.0)
    plain.build(weights[:1])
    plain.finalize_variable_values(weights)
    assert (weights[0].item(), plain.state_names) == (-2, ("velocity",))


def test_what_is_remembered_has_the_weights_shapes_and_types():
    names = {
        "SGD": ["velocity"], "Adagrad": ["accumulator"], "RMSprop": ["velocity"],
        "Adam": ["momentum", "velocity"], "AdamW": ["momentum", "velocity"],
        "Nadam": ["momentum", "velocity"], "Lion": ["momentum"],
    }  # fmt: skip
    weights = [minidl.Tensor(np.ones((2, 3), dtype)) for dtype in ("float32", "float64")]
    for name, expected in names.items():
        optimizer = getattr(optimizers, name)()
        optimizer.build(weights)
        assert list(optimizer.slots) == [*expected, "begun"]
        first = optimizer.initial_accumulator_value if name == "Adagrad" else 0
        for slots in map(optimizer.slots.get, expected):
            assert [(s.shape, s.dtype) for s in slots] == [(w.shape, w.dtype) for w in weights]
            assert all((s == s.dtype.type(first)).all() for s in slots)
    for options in ({"momentum": 0.5}, {"centered": True}):
        assert optimizers.RMSprop(**options).slot_names[1:] == ("momentum", "average_gradient")
    assert optimizers.Adam(amsgrad=True).slot_names[2:] == ("velocity_hat",)


def test_shared_options_are_off():
    expected = {
        "weight_decay": None, "clipnorm": None, "clipvalue": None, "global_clipnorm": None,
        "use_ema": False, "ema_momentum": 0.99, "ema_overwrite_frequency": None,
    }  # fmt: skip
    for name in FORMULAS:
        config = getattr(optimizers, name)().get_config()
        config["weight_decay"] = None if name == "AdamW" else config["weight_decay"]
        assert {key: config[key] for key in expected} == expected
        assert config.get("amsgrad", False) is config.get("nesterov", False) is False


@pytest.mark.parametrize(
    ("kind", "name", "right", "wrong"),
    [
        ("SGD", "learning_rate", [1e-300, 1e300], [0, -1, np.inf, np.nan]),
        ("SGD", "momentum", [0, 1], [-0.01, 1.01]),
        ("SGD", "weight_decay", [0, np.inf], [-0.01]),
        ("SGD", "clipnorm", [1e-300, 1e300], [0, -0.01, np.inf]),
        ("SGD", "clipvalue", [1e-300, 1e300], [0, -0.01, np.inf]),
        ("SGD", "global_clipnorm", [1e-300, 1e300], [0, -0.01, np.inf]),
        ("SGD", "ema_momentum", [0, 1], [-0.01, 1.01]),
        ("SGD", "ema_overwrite_frequency", [1], [0, -1]),
        ("Adagrad", "initial_accumulator_value", [0, np.inf], [-0.01]),
        ("Adagrad", "epsilon", [0, np.inf], [-0.01]),
        ("RMSprop", "rho", [0, 1], [-0.01, 1.01]),
        ("RMSprop", "momentum", [0, 1], [-0.01, 1.01]),
        ("RMSprop", "epsilon", [0, np.inf], [-0.01]),
        ("Adam", "beta_1", [0, 0.999], [-0.01, 1, 1.01]),
        ("Adam", "beta_2", [0, 0.999], [-0.01, 1, 1.01]),
        ("Adam", "epsilon", [0, np.inf], [-0.01]),
        ("AdamW", "weight_decay", [0, np.inf], [-0.01]),
        ("Nadam", "beta_1", [0, 0.999], [-0.01, 1, 1.01]),
        ("Nadam", "beta_2", [0, 0.999], [-0.01, 1, 1.01]),
        ("Nadam", "epsilon", [0, np.inf], [-0.01]),
        ("Lion", "beta_1", [1e-300, 1], [0, -0.01, 1.01]),
        ("Lion", "beta_2", [0, 1], [-0.01, 1.01]),
    ],
)
def test_limits(kind, name, right, wrong):
    make = getattr(optimizers, kind)
    for value in right:
        assert getattr(make(**{name: value}), name) == value
    for value in wrong:
        with pytest.raises(ValueError, match=f"^{kind}: {name} needs a .*, got {value}"):
            make(**{name: value})


@pytest.mark.parametrize(
    ("kind", "needed", "defaults", "limits"),
    [
        ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 9, "decay_rate": 0.5},
         {"staircase": False},
         {"initial_learning_rate": (0, -0.01), "decay_steps": (1, 0), "decay_rate": (0, -0.01)}),
        ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 9, "decay_rate": 0.5},
         {"staircase": False},
         {"initial_learning_rate": (0, -0.01), "decay_steps": (1, 0), "decay_rate": (0, -0.01)}),
        ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 9},
         {"end_learning_rate": 1e-4, "power": 1.0, "cycle": False},
         {"initial_learning_rate": (0, -0.01), "decay_steps": (1, 0),
          "end_learning_rate": (0, -0.01), "power": (0, -0.01)}),
        ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 9},
         {"alpha": 0.0, "warmup_target": None, "warmup_steps": 0},
         {"initial_learning_rate": (0, -0.01), "decay_steps": (1, 0), "alpha": (0, -0.01),
          "warmup_target": (0, -0.01), "warmup_steps": (0, -1)}),
        ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 9}, {},
         {"alpha": (1, 1.01)}),
        ("OneCycle", {"max_learning_rate": 0.1, "total_steps": 9},
         {"pct_start": 0.3, "div_factor": 25.0, "final_div_factor": 1e4},
         {"max_learning_rate": (0, -0.01), "total_steps": (2, 1), "pct_start": (0, -0.01),
          "div_factor": (1e-300, 0), "final_div_factor": (1e-300, 0)}),
        ("OneCycle", {"max_learning_rate": 0.1, "total_steps": 9}, {},
         {"pct_start": (1, 1.01), "div_factor": (1e300, np.inf),
          "final_div_factor": (1e300, np.inf)}),
    ],
)  # fmt: skip
def test_defaults_and_limits_of_schedules(kind, needed, defaults, limits):
    make = getattr(schedules, kind)
    assert make(**needed).get_config() == needed | defaults or not defaults
    for name, (right, wrong) in limits.items():
        assert getattr(make(**(needed | {name: right})), name) == right
        with pytest.raises(ValueError, match=f"^{kind}: {name} needs a .*, got {wrong}"):
            make(**(needed | {name: wrong}))


@pytest.mark.parametrize(
    ("boundaries", "values", "message"),
    [
        ([], [0.1], "0 boundaries need 1 values, one boundary at least; got 1"),
        ([], [], "0 boundaries need 1 values"),
        ([1], [0.1], "1 boundaries need 2 values"),
        ([1], [0.1, 0.2, 0.3], "1 boundaries need 2 values"),
        ([1, 1], [0.1, 0.2, 0.3], r"boundaries need to rise, got \[1, 1\]"),
        ([-1], [0.1, 0.2], "boundaries needs a whole number of at least 0, got -1"),
        ([1], [0.1, -0.2], r"values needs a number in \[0, inf\], got -0.2"),
    ],
)
def test_steps_that_do_not_fit_their_values(boundaries, values, message):
    with pytest.raises(ValueError, match=f"PiecewiseConstantDecay: {message}"):
        schedules.PiecewiseConstantDecay(boundaries, values)
    kept = schedules.PiecewiseConstantDecay([0, 3], [1, 0, 0.5])
    assert [kept(step) for step in range(5)] == [1, 0, 0, 0, 0.5]


STEPS = st.integers(1, 30)


@given(STEPS, st.integers(0, 90), st.floats(0, 1), st.floats(0, 3), st.booleans())
def test_schedules_are_their_formulas(n, step, low, power, flag):
    """Keras's, from its documentation, number by number."""
    passed = math.floor(step / n) if flag else step / n
    found = schedules.ExponentialDecay(0.5, n, low, flag)(step)
    assert found == pytest.approx(0.5 * low**passed, abs=1e-15)
    found = schedules.InverseTimeDecay(0.5, n, power, flag)(step)
    assert found == pytest.approx(0.5 / (1 + power * passed))
    length = n * max(1, math.ceil(step / n)) if flag else n
    left = 1 - min(step, length) / length
    found = schedules.PolynomialDecay(0.5, n, low, power, flag)(step)
    assert found == pytest.approx((0.5 - low) * left**power + low)
    warm = n // 2
    found = schedules.CosineDecay(0.25, n, low, warmup_target=0.5, warmup_steps=warm)(step)
    wave = (1 + math.cos(math.pi * min(step - warm, n) / n)) / 2
    expected = 0.25 + 0.25 * step / warm if step < warm else 0.5 * ((1 - low) * wave + low)
    assert found == pytest.approx(expected)


@example(total=5, share=1.0, div=25.0, final=4.0)
@example(total=2, share=0.0, div=0.5, final=0.5)
@given(st.integers(2, 40), st.floats(0, 1), st.floats(0.5, 50), st.floats(0.5, 50))
def test_one_cycle_is_its_formula(total, share, div, final):
    schedule = schedules.OneCycle(2.0, total, share, div, final)
    top, last = max(share * total - 1, 0), total - 1
    for step in range(total + 2):
        if step < top:
            start, end, part = 2 / div, 2, step / top
        else:
            start, end = 2, 2 / div / final
            part = min((step - top) / (last - top), 1) if last > top else step > last
        expected = end + (start - end) * (1 + math.cos(math.pi * part)) / 2
        assert schedule(step) == pytest.approx(expected, abs=1e-12)


def test_a_schedule_is_what_an_optimizer_made_from_a_config_has():
    schedule = schedules.ExponentialDecay(0.5, 2, 0.5)
    optimizer = optimizers.SGD(schedules.serialize(schedule))
    assert optimizer.learning_rate == 0.5
    optimizer.iterations = 2
    assert optimizer.learning_rate == 0.25
    optimizer.learning_rate = schedules.ExponentialDecay(0.25, 2, 0.5)
    assert optimizer.get_config()["learning_rate"]["config"]["initial_learning_rate"] == 0.25
    with pytest.raises(TypeError, match="AdamW: weight_decay needs a number, got None"):
        optimizers.AdamW(weight_decay=None)
    with pytest.raises(NotImplementedError, match="LearningRateSchedule needs a method __call__"):
        schedules.LearningRateSchedule()(0)
