import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minidl
from minidl import optimizers
from minidl.optimizers import schedules

ALL = [
    optimizers.SGD(0.1),
    optimizers.SGD(0.05, 0.9, nesterov=True),
    optimizers.Adagrad(1.0),
    optimizers.RMSprop(0.02),
    optimizers.RMSprop(0.02, momentum=0.5, centered=True),
    optimizers.Adam(0.1),
    optimizers.Adam(0.1, amsgrad=True),
    optimizers.AdamW(0.1, weight_decay=1e-6),
    optimizers.Nadam(0.1),
    optimizers.Lion(schedules.ExponentialDecay(0.1, 50, 0.5)),
]


def named(optimizer):
    return type(optimizer).__name__


@pytest.mark.parametrize("optimizer", ALL, ids=named)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_loop_by_hand_makes_the_loss_small(optimizer, dtype):
    target = np.array([1.0, -2.0, 3.0], dtype)
    w = minidl.Tensor(np.zeros(3, dtype), requires_grad=True)
    optimizer.iterations = 0
    optimizer.build([w])
    for _ in range(600):
        loss = ((w - target) ** 2).sum()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    np.testing.assert_allclose(w.data, target, atol=0.02)
    assert w.dtype == dtype


@pytest.mark.parametrize("optimizer", ALL, ids=named)
def test_the_layout_of_a_weight_does_not_matter(optimizer):
    start = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32)
    results = []
    for layout in (start.copy(), np.asfortranarray(start), np.repeat(start, 2, axis=0)[::2]):
        w = minidl.Tensor(layout, requires_grad=True)
        optimizer.iterations = 0
        optimizer.build([w])
        for _ in range(3):
            (w**2).sum().backward()
            optimizer.step()
            optimizer.zero_grad()
        assert w.data is layout
        results.append(layout)
    for result in results:
        np.testing.assert_array_equal(result, results[0])
        assert (result != start).any()


@pytest.mark.parametrize("optimizer", ALL, ids=named)
def test_any_number_of_threads_gives_the_same_bits(optimizer, set_num_threads):
    rng = np.random.default_rng(0)
    start, g = rng.normal(size=(2, 300_007)).astype(np.float32)
    results = []
    for threads in (1, 2, 3):
        set_num_threads(threads)
        w = minidl.Tensor(start.copy(), requires_grad=True)
        optimizer.iterations = 0
        optimizer.build([w])
        for _ in range(2):
            w.grad = minidl.Tensor(g)
            optimizer.step()
        results.append(w.data)
    for result in results[1:]:
        np.testing.assert_array_equal(result, results[0])


@pytest.mark.parametrize(
    "optimizer",
    [
        *ALL,
        optimizers.Adam(clipnorm=1.0, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=3),
        optimizers.SGD(schedules.OneCycle(0.1, 100), clipvalue=0.5, weight_decay=0.1),
        optimizers.SGD(global_clipnorm=2.0),
    ],
    ids=named,
)
def test_optimizers_come_back_from_their_config(optimizer):
    again = optimizers.get(json.loads(json.dumps(optimizers.serialize(optimizer))))
    assert type(again) is type(optimizer)
    assert again.get_config() == optimizer.get_config()
    assert type(optimizers.get(optimizer.name)) is type(optimizer)


def test_names_are_keras():
    for name in ("SGD", "Adam", "AdamW", "Adagrad", "RMSprop", "Nadam", "Lion"):
        assert type(optimizers.get(name.lower())).__name__ == name
        assert type(optimizers.get(name)).__name__ == name


arrays = st.lists(
    st.lists(st.floats(-100, 100, width=32), min_size=1, max_size=5), min_size=1, max_size=3
).map(lambda rows: [np.array(row, np.float32) for row in rows])


@given(arrays, st.floats(0.01, 1000))
def test_clipped_gradients_keep_their_direction_and_the_limit(gradients, limit):
    each = optimizers.SGD(clipnorm=limit).clip(gradients)
    together = optimizers.SGD(global_clipnorm=limit).clip(gradients)
    values = optimizers.SGD(clipvalue=limit).clip(gradients)
    for before, after in zip(gradients, each, strict=True):
        norm = float(np.linalg.norm(before.astype(float)))
        scale = min(1, limit / norm) if norm else 1
        np.testing.assert_allclose(after, before * scale, rtol=1e-5, atol=1e-30)
    norm = float(np.linalg.norm(np.concatenate(gradients).astype(float)))
    scale = min(1, limit / norm) if norm else 1
    for before, after, held in zip(gradients, together, values, strict=True):
        np.testing.assert_allclose(after, before * scale, rtol=1e-5, atol=1e-30)
        np.testing.assert_array_equal(held, np.clip(before, -limit, limit).astype(np.float32))
        assert after.dtype == held.dtype == np.float32


def test_averages_take_the_weights_place_at_the_end():
    w = minidl.Tensor([0.0], requires_grad=True)
    optimizer = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    optimizer.build([w])
    for _ in range(3):
        w.sum().backward()
        optimizer.step()
        optimizer.zero_grad()
    assert w.item() == -3
    optimizer.finalize_variable_values([w])
    # −1, then (−1 − 2) / 2, then (−1.5 − 3) / 2
    assert w.item() == -2.25


def test_decay_is_apart_from_the_gradient():
    w, still = (minidl.Tensor([1.0], requires_grad=True) for _ in range(2))
    optimizer = optimizers.SGD(0.5, weight_decay=0.1)
    optimizer.build([w, still])
    (w * 0).sum().backward()
    optimizer.step()
    assert w.item() == pytest.approx(0.95)
    assert still.item() == 1.0  # no gradient, no step


def test_tiny_moments_become_0():
    """Denormal numbers slow processors down: after many steps of gradient 0 there are none."""
    tiny = np.finfo(np.float32).tiny
    for optimizer in ALL:
        w = minidl.Tensor(np.ones(3, np.float32), requires_grad=True)
        optimizer.iterations = 0
        optimizer.build([w])
        if optimizer.name in ("sgd", "adagrad"):
            continue
        for slots in optimizer.slots.values():
            slots[0].fill(1.1 * tiny)
        for _ in range(5000):
            w.grad = minidl.Tensor(np.zeros(3, np.float32))
            optimizer.step()
        for name, (slot,) in optimizer.slots.items():
            assert name == "velocity_hat" or not ((slot != 0) & (np.abs(slot) < tiny)).any()


def test_without_zero_grad_gradients_add_up():
    w = minidl.Tensor([1.0], requires_grad=True)
    for _ in range(2):
        (w * 3).sum().backward()
    assert w.grad.item() == 6


def test_a_weight_without_a_gradient_stays():
    w, other = (minidl.Tensor([1.0], requires_grad=True) for _ in range(2))
    optimizer = optimizers.SGD(0.5)
    optimizer.build([w, other])
    w.sum().backward()
    optimizer.step()
    assert w.item() == 0.5
    assert other.item() == 1.0


def test_a_new_learning_rate_holds_from_the_next_step():
    w = minidl.Tensor([0.0], requires_grad=True)
    optimizer = optimizers.SGD(1.0)
    optimizer.build([w])
    for rate in (1.0, 0.25):
        optimizer.learning_rate = rate
        w.sum().backward()
        optimizer.step()
        optimizer.zero_grad()
    assert w.item() == -1.25


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: optimizers.SGD(0), r"SGD: learning_rate needs a number in \(0, inf\), got 0"),
        (lambda: optimizers.Adam(-1), "Adam: learning_rate"),
        (lambda: optimizers.Adam(float("nan")), "Adam: learning_rate"),
        (lambda: optimizers.SGD(0.1, momentum=1.5), "SGD: momentum"),
        (lambda: optimizers.Adam(beta_1=1), r"beta_1 needs a number in \[0, 1\)"),
        (lambda: optimizers.RMSprop(momentum=1.5), "RMSprop: momentum"),
        (lambda: optimizers.RMSprop(momentum=-0.5), "RMSprop: momentum"),
        (lambda: optimizers.Adam(epsilon=-1e-9), "Adam: epsilon"),
        (lambda: optimizers.RMSprop(rho=2), "RMSprop: rho"),
        (lambda: optimizers.Adagrad(initial_accumulator_value=-1), "initial_accumulator_value"),
        (lambda: optimizers.Lion(beta_1=0), r"Lion: beta_1 needs a number in \(0, 1\]"),
        (lambda: optimizers.AdamW(weight_decay=-1), "AdamW: weight_decay needs a number"),
        (lambda: optimizers.SGD(clipnorm=0), r"SGD: clipnorm needs a number in \(0, inf\)"),
        (
            lambda: optimizers.SGD(clipnorm=1, clipvalue=2),
            "SGD: takes one way of clipping, got clipnorm=1 and clipvalue=2",
        ),
        (lambda: optimizers.SGD(use_ema=True, ema_momentum=1.5), "SGD: ema_momentum"),
        (lambda: optimizers.SGD(ema_overwrite_frequency=0), "SGD: ema_overwrite_frequency"),
        (lambda: optimizers.get("adamm"), "unknown optimizer 'adamm': did you mean 'adam'"),
        (lambda: optimizers.get(3), "unknown optimizer 3"),
    ],
)
def test_bad_arguments_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_learning_rate_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match=r"Adam: learning_rate needs a number, got '0\.1'"):
        optimizers.Adam("0.1")


def test_step_before_build_says_what_is_missing():
    with pytest.raises(RuntimeError, match=r"call build\(weights\) before step\(\)"):
        optimizers.Adam().step()
