"""A step that changes weights one by one, against backward, step and zero_grad: bit for bit."""

import copy

import numpy as np
import pytest

import minidl
from minidl import Tensor, layers, ops, optimizers
from minidl.models import step

OPTIMIZERS = {
    "sgd": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "adam": lambda: optimizers.Adam(0.01),
    "weight decay": lambda: optimizers.AdamW(0.01, weight_decay=0.1),
    "clipvalue": lambda: optimizers.Adam(0.01, clipvalue=0.01),
    "clipnorm": lambda: optimizers.RMSprop(0.01, clipnorm=0.1),
    "global_clipnorm": lambda: optimizers.SGD(0.1, global_clipnorm=0.1),
    "averages": lambda: optimizers.Lion(0.01, use_ema=True, ema_overwrite_frequency=2),
}


def by_hand(loss, optimizer):
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()


def network():
    """Return a model with weights of all kinds: shared, penalised, small and large."""
    minidl.set_random_seed(3)
    image = layers.Input((9, 9, 2))
    x = layers.Conv2D(4, 3, activation="relu", kernel_regularizer="l2")(image)
    x = layers.MaxPooling2D()(x)
    x = layers.BatchNormalization()(x)
    x = layers.Flatten()(x)
    shared = layers.Dense(36, activation="tanh")
    x = shared(shared(x))
    return minidl.Model(image, layers.Dense(3)(x))


def losses(model, count=3):
    rng = np.random.default_rng(1)
    for _ in range(count):
        x = Tensor(rng.normal(size=(5, 9, 9, 2)).astype("float32"))
        difference = ops.subtract(model(x, training=True), rng.normal(size=(5, 3)))
        loss = ops.mean(ops.multiply(difference, difference))
        for penalty in model.losses:
            loss = ops.add(loss, penalty)
        yield loss


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_same_bits_as_by_hand(name):
    results = []
    for train in (by_hand, step.train):
        model, optimizer = network(), OPTIMIZERS[name]()
        optimizer.build(model.trainable_weights)
        for loss in losses(model):
            train(loss, optimizer)
        slots = [array for arrays in optimizer.slots.values() for array in arrays]
        results.append([*model.get_weights(), *slots])
        assert optimizer.iterations == 3
        assert all(weight.grad is None for weight in model.weights)
    for a, b in zip(*results, strict=True):
        assert a.tobytes() == b.tobytes()


#: Functions that read a weight in places where it is not differentiated.
EXPRESSIONS = [
    lambda x, w: ops.multiply(ops.multiply(x, w.detach()), w),
    lambda x, w: ops.multiply(ops.multiply(x, w), w.detach()),
    lambda x, w: ops.multiply(ops.multiply(x, w.data), w),
    lambda x, w: ops.multiply(ops.multiply(x, w), ops.reshape(w.detach(), (1, 3))[0]),
    lambda x, w: ops.multiply(w, ops.exp(ops.multiply(w, x))),
    lambda x, w: ops.where(np.array([True, False, True]), x, ops.multiply(w, x)),
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_weight_stays_until_nobody_reads_it(expression):
    results = []
    for train in (by_hand, step.train):
        x, w = (Tensor(np.array(data), requires_grad=True) for data in ([1.0, -2, 3], [0.5, 2, 1]))
        optimizer = optimizers.SGD(0.5)
        optimizer.build([x, w])
        for _ in range(2):
            train(ops.sum(expression(x, w)), optimizer)
        results.append((x.data, w.data))
    np.testing.assert_array_equal(results[0], results[1])


def test_weights_that_share_memory():
    results = []
    for train in (by_hand, step.train):
        both = np.array([1.0, 2.0, 3.0, 4.0])
        a, b = (Tensor(part, requires_grad=True) for part in (both[:2], both[2:]))
        optimizer = optimizers.SGD(0.1)
        optimizer.build([a, b])
        train(ops.sum(ops.multiply(ops.multiply(a, b), a)), optimizer)
        results.append(both)
    np.testing.assert_array_equal(results[0], results[1])


def test_an_optimizer_with_a_step_of_its_own_takes_it():
    class Counting(optimizers.SGD):
        steps = 0

        def step(self):
            self.steps += 1
            super().step()

    w = Tensor([1.0], requires_grad=True)
    optimizer = Counting(0.5)
    optimizer.build([w])
    step.train(ops.sum(w), optimizer)
    assert optimizer.steps == 1
    assert w.data == 0.5


def test_an_old_gradient_is_not_counted():
    for make in (OPTIMIZERS["adam"], OPTIMIZERS["global_clipnorm"]):
        fresh = Tensor([1.0, -1.0], requires_grad=True)
        stale = copy.deepcopy(fresh)
        stale.grad = Tensor([5.0, 5.0])
        for w in (fresh, stale):
            optimizer = make()
            optimizer.build([w])
            step.train(ops.sum(ops.multiply(w, w)), optimizer)
        np.testing.assert_array_equal(fresh.data, stale.data)


def test_weights_that_the_loss_does_not_depend_on_stay():
    used, unused = (Tensor([1.0], requires_grad=True) for _ in range(2))
    optimizer = optimizers.Adam(0.1, weight_decay=0.5)
    optimizer.build([used, unused])
    step.train(ops.sum(used), optimizer)
    assert used.data != 1
    assert unused.data == 1


def test_a_loss_of_nothing_is_refused():
    optimizer = optimizers.SGD(0.1)
    optimizer.build([Tensor([1.0], requires_grad=True)])
    with pytest.raises(RuntimeError, match="does not depend on any Tensor"):
        step.train(Tensor(1.0), optimizer)
