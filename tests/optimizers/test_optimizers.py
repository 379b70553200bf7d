import numpy as np
import pytest

import minidl
from minidl import optimizers


def test_the_loop_by_hand_makes_the_loss_small():
    target = np.array([1.0, -2.0, 3.0], np.float32)
    for optimizer in (optimizers.SGD(0.1), optimizers.SGD(0.05, 0.9), optimizers.Adam(0.1)):
        w = minidl.Tensor(np.zeros(3, np.float32), requires_grad=True)
        optimizer.build([w])
        for _ in range(400):
            loss = ((w - target) ** 2).sum()
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
        np.testing.assert_allclose(w.data, target, atol=1e-3)


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
        (lambda: optimizers.Adam(epsilon=-1e-9), "Adam: epsilon"),
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
