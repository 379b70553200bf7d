"""What all optimizers share: the step, learning rates, clipping, decay and averaging."""

import math
from typing import NamedTuple

import numpy as np

from minidl.optimizers import schedules
from minidl.runtime import checks


class Step(NamedTuple):
    """What `Optimizer.update` is told of a step: the weight's own rate, and its number from 1."""

    learning_rate: float
    number: int


class Optimizer:
    """Changes weights against their gradients.

    ``build(weights)`` once (`Model.compile` and `fit` do it), then, at each step:
    ``loss.backward()``, ``step()``, ``zero_grad()``.

    Parameters
    ----------
    learning_rate : float or schedule
        Length of the steps, larger than 0; or a schedule from `minidl.optimizers.schedules`,
        which is asked for it at every step.
    weight_decay : float, optional
        λ: before each step every weight shrinks, w ← w − α λ w, apart from the gradient and so
        from the optimizer's moments (Loshchilov and Hutter, 2019).
    clipnorm : float, optional
        Longest norm √Σg² of each weight's gradient; a longer one is scaled down to it.
    clipvalue : float, optional
        Largest absolute value of each number in a gradient.
    global_clipnorm : float, optional
        Longest norm of all gradients together (Pascanu et al., 2013). At most one of the three.
    use_ema : bool
        Whether to keep an average of every weight, a ← m a + (1 − m) w after each step, and to
        put it in the weight's place when `fit` ends (Polyak and Juditsky, 1992).
    ema_momentum : float in [0, 1]
        m
    ema_overwrite_frequency : int, optional
        After every so many steps the averages replace the weights; otherwise only at the end.
    gradient_accumulation_steps : int of at least 2, optional
        Change the weights at every so many calls of `step` only, by the mean of the gradients
        since the last change: as a batch so many times as large would. The learning rate of a
        schedule, and the averages, go on call by call, as in Keras.

    >>> import minidl
    >>> w = minidl.Tensor([1.0], requires_grad=True)
    >>> optimizer = minidl.optimizers.SGD(learning_rate=0.1)
    >>> optimizer.build([w])
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.data
    array([0.8], dtype=float32)
    """

    name = None
    #: Constructor arguments that a model file keeps; attributes of the same name.
    fields = ("learning_rate",)
    shared_fields = (
        "weight_decay",
        "clipnorm",
        "clipvalue",
        "global_clipnorm",
        "use_ema",
        "ema_momentum",
        "ema_overwrite_frequency",
        "gradient_accumulation_steps",
    )
    #: Names of the arrays, one as large as each weight, that `update` is given.
    slot_names = ()

    def __init__(
        self,
        learning_rate,
        *,
        weight_decay=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        use_ema=False,
        ema_momentum=0.99,
        ema_overwrite_frequency=None,
        gradient_accumulation_steps=None,
    ):
        kind = type(self).__name__
        self._learning_rate = None
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        if weight_decay is not None:
            self.weight_decay = checks.real(weight_decay, f"{kind}: weight_decay", 0)
        clipping = {
            "clipnorm": clipnorm,
            "clipvalue": clipvalue,
            "global_clipnorm": global_clipnorm,
        }
        for name, value in clipping.items():
            if value is not None:
                value = checks.real(value, f"{kind}: {name}", 0, np.inf, exclusive=True)
            setattr(self, name, value)
        given = [f"{name}={value}" for name, value in clipping.items() if value is not None]
        if len(given) > 1:
            raise ValueError(f"{kind}: takes one way of clipping, got {' and '.join(given)}")
        self.use_ema = bool(use_ema)
        self.ema_momentum = checks.real(ema_momentum, f"{kind}: ema_momentum", 0, 1)
        if ema_overwrite_frequency is not None:
            what = f"{kind}: ema_overwrite_frequency"
            ema_overwrite_frequency = checks.integer(ema_overwrite_frequency, what)
        self.ema_overwrite_frequency = ema_overwrite_frequency
        if gradient_accumulation_steps is not None:
            what = f"{kind}: gradient_accumulation_steps"
            gradient_accumulation_steps = checks.integer(gradient_accumulation_steps, what, 2)
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.calls = 0
        self.weights = []
        self.slots = {}
        #: Called as ``observer(weight, gradient)``, an array, before it is clipped and used.
        self.observers = []
        self._multipliers = {}

    @property
    def iterations(self):
        """How often the weights have been changed; with accumulation less often than `calls`."""
        return self.calls // (self.gradient_accumulation_steps or 1)

    @iterations.setter
    def iterations(self, value):
        self.calls = value * (self.gradient_accumulation_steps or 1)

    @property
    def learning_rate(self):
        """Length of the next step; a number may be set at any time, unless there is a schedule."""
        if isinstance(self._learning_rate, schedules.LearningRateSchedule):
            return self._learning_rate(self.calls)
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        what = f"{type(self).__name__}: learning_rate"
        if isinstance(value, dict | schedules.LearningRateSchedule):
            self._learning_rate = schedules.get(value)
        elif isinstance(self._learning_rate, schedules.LearningRateSchedule):
            raise TypeError(
                f"{what} cannot be set to a number: the schedule "
                f"{type(self._learning_rate).__name__} gives it"
            )
        else:
            self._learning_rate = checks.real(value, what, 0, np.inf, exclusive=True)

    @property
    def state_names(self):
        """Names of all arrays, as large as each weight, that are remembered between steps."""
        return (
            *self.slot_names,
            *(("average",) if self.use_ema else ()),
            *(("gradient_sum",) if self.gradient_accumulation_steps else ()),
        )

    def build(self, weights):
        """Say which weights (Tensors) to change.

        What is remembered of weights that were there before is kept, of others it is dropped. A
        weight that is new, as one that is unfrozen, starts as at the first step.
        """
        known = {id(weight): i for i, weight in enumerate(self.weights)}
        before, self.weights = self.slots, list(weights)
        self.slots = {
            name: [
                before[name][known[id(weight)]]
                if id(weight) in known
                else self.new_slot(name, weight)
                for weight in self.weights
            ]
            for name in (*self.state_names, "begun")
        }

    def new_slot(self, name, weight):
        """Return what is remembered of a weight before its first step, by the slot's name."""
        if name == "begun":  # the number of steps before it was there
            return np.array(self.iterations)
        return weight.data.copy() if name == "average" else np.zeros(weight.shape, weight.dtype)

    def multiply_learning_rate(self, weights, multiplier):
        """Let some weights learn at a rate of their own: the multiplier times `learning_rate`.

        Discriminative learning rates (Howard and Ruder, 2018): layers near the input, whose
        features are general, change less than those near the output. It holds whatever `build`
        is called with later, and is not part of `get_config`.

        Parameters
        ----------
        weights : sequence of Tensor
            As of ``layer.weights``.
        multiplier : float larger than 0
            To keep weights as they are, set ``layer.trainable = False``.

        >>> import minidl
        >>> a, b = (minidl.Tensor([1.0], requires_grad=True) for _ in range(2))
        >>> optimizer = minidl.optimizers.SGD(0.1)
        >>> optimizer.build([a, b])
        >>> optimizer.multiply_learning_rate([a], 0.5)
        >>> (a + b).sum().backward()
        >>> optimizer.step()
        >>> round(a.item(), 3), round(b.item(), 3)
        (0.95, 0.9)
        """
        what = f"{type(self).__name__}: multiplier"
        multiplier = checks.real(multiplier, what, 0, np.inf, exclusive=True)
        self._multipliers |= dict.fromkeys(weights, multiplier)

    def step(self):
        """Change every weight that has a gradient, in place; with accumulation at its turn."""
        if not self.weights:
            raise RuntimeError(f"{type(self).__name__}: call build(weights) before step()")
        changed = [i for i, weight in enumerate(self.weights) if weight.grad is not None]
        gradients = [self.weights[i].grad.data for i in changed]
        for i, gradient in zip(changed, gradients, strict=True):
            self.show(i, gradient)
        if self.gradient_accumulation_steps:
            changed, gradients = self._accumulated(changed, gradients)
        for i, gradient in zip(changed, self.clip(gradients), strict=True):
            self.change(i, gradient)
        self.end_step()

    def show(self, i, gradient):
        """Let the observers see the gradient of one of the weights."""
        for observer in self.observers:
            observer(self.weights[i], gradient)

    def change(self, i, gradient):
        """Change one of the weights by its gradient, an array, within a step."""
        weight = self.weights[i]
        rate = self.learning_rate * self._multipliers.get(weight, 1.0)
        if self.weight_decay:
            share = rate * self.weight_decay
            weight.data -= weight.data * weight.dtype.type(share)
        data = weight.data
        if not data.flags.c_contiguous:  # kernels go through memory in order
            data = data.copy()
        step = Step(rate, self.iterations - int(self.slots["begun"][i]) + 1)
        self.update(data, gradient, step, *[self.slots[name][i] for name in self.slot_names])
        if data is not weight.data:
            weight.data[...] = data

    def end_step(self):
        """Count a step, all weights of which have been changed."""
        if self.use_ema:
            self._average()
        self.calls += 1

    def update(self, weight, gradient, step, *slots):
        """Change one weight array in place, by a `Step`; defined by each optimizer."""
        raise NotImplementedError(f"{type(self).__name__} needs a method update")

    def clip(self, gradients):
        """Return gradients, arrays, held within the limits that were asked for."""
        if self.clipvalue is not None:
            return [np.clip(g, -self.clipvalue, self.clipvalue) for g in gradients]
        if self.clipnorm is not None:
            return [_scaled(g, self.clipnorm, math.sqrt(_square_sum(g))) for g in gradients]
        if self.global_clipnorm is not None:
            norm = math.sqrt(sum(map(_square_sum, gradients)))
            return [_scaled(g, self.global_clipnorm, norm) for g in gradients]
        return gradients

    def finalize_variable_values(self, weights):
        """Put the averages in the weights' place, if there are any; `fit` does it at its end."""
        if not self.use_ema:
            return
        averages = {
            id(w): a for w, a in zip(self.weights, self.slots.get("average", ()), strict=True)
        }
        for weight in weights:
            if id(weight) in averages:
                weight.data[...] = averages[id(weight)]

    def zero_grad(self):
        """Forget the gradients, before the next `backward`."""
        for weight in self.weights:
            weight.grad = None

    def get_config(self):
        """Return the constructor's arguments, in types that JSON knows."""
        config = {field: getattr(self, field) for field in (*self.fields, *self.shared_fields)}
        if isinstance(self._learning_rate, schedules.LearningRateSchedule):
            config["learning_rate"] = schedules.serialize(self._learning_rate)
        return config

    def get_state(self):
        """Return what is remembered between steps: numbers, and arrays in `slots`."""
        scheduled = isinstance(self._learning_rate, schedules.LearningRateSchedule)
        return {
            "class": type(self).__name__,
            "calls": self.calls,
            "learning_rate": None if scheduled else self._learning_rate,
            "slots": self.slots,
        }

    def check_state(self, state, weights=None):
        """Refuse what another kind of optimizer, or one of other weights, has remembered.

        The weights are by default those that it was built for.
        """
        weights = self.weights if weights is None else weights
        names = (*self.state_names, "begun")
        slots = {name: [self.new_slot(name, weight) for weight in weights] for name in names}
        mine = type(self).__name__, _shapes(slots)
        theirs = state["class"], _shapes(state["slots"])
        if mine != theirs:
            raise ValueError(
                f"the optimizer is {theirs[0]} with {sorted(theirs[1])}, needed is {mine[0]} "
                f"with {sorted(mine[1])} for the same weights"
            )
        checks.integer(state["calls"], "calls", 0)

    def set_state(self, state):
        """Go on from what `get_state` of an optimizer with the same settings returned."""
        self.check_state(state)
        self.calls = state["calls"]
        if state["learning_rate"] is not None:
            self.learning_rate = state["learning_rate"]
        for name, arrays in state["slots"].items():
            for mine, array in zip(self.slots[name], arrays, strict=True):
                mine[...] = array

    def _accumulated(self, changed, gradients):
        """Return the weights to change now, and their mean gradients; mostly there are none."""
        sums = self.slots["gradient_sum"]
        for i, gradient in zip(changed, gradients, strict=True):
            sums[i] += gradient
        steps = self.gradient_accumulation_steps
        if (self.calls + 1) % steps:
            return [], []
        means = [sums[i] / steps for i in changed]
        for array in sums:
            array[...] = 0
        return changed, means

    def _average(self):
        momentum = self.ema_momentum if self.iterations else 0.0
        for average, weight in zip(self.slots["average"], self.weights, strict=True):
            average += (weight.data - average) * weight.dtype.type(1 - momentum)
        every = self.ema_overwrite_frequency
        if every and (self.iterations + 1) % every == 0:
            self.finalize_variable_values(self.weights)


def _shapes(slots):
    return {
        name: [(array.shape, array.dtype) for array in arrays] for name, arrays in slots.items()
    }


def _square_sum(gradient):
    return float(np.sum(np.square(gradient, dtype=np.float64)))


def _scaled(gradient, limit, norm):
    """Return the gradient, scaled down to `limit` if its norm is larger."""
    return gradient if norm <= limit else gradient * gradient.dtype.type(limit / norm)
