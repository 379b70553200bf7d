"""Learning rates that change as training goes on, by Keras's names.

Every schedule is called with the number of steps made so far, 0 before the first, and returns
a float. ``optimizers.Adam(schedules.CosineDecay(0.001, 1000))`` asks it at each step.
"""

import bisect
import math

from minidl.runtime import checks
from minidl.runtime.registry import Registry


class LearningRateSchedule:
    """A learning rate for each step; subclass it with ``__call__(self, step)``."""

    #: Constructor arguments that a model file keeps; attributes of the same name.
    fields = ()

    def __call__(self, step):
        """Return the learning rate after `step` steps, a float."""
        raise NotImplementedError(f"{type(self).__name__} needs a method __call__(step)")

    def get_config(self):
        """Return the constructor's arguments."""
        return {field: getattr(self, field) for field in self.fields}

    def _rate(self, value, name):
        return checks.real(value, f"{type(self).__name__}: {name}", 0, math.inf)

    def _steps(self, value, name="decay_steps", minimum=1):
        return checks.integer(value, f"{type(self).__name__}: {name}", minimum)


class ExponentialDecay(LearningRateSchedule):
    """initial_learning_rate · decay_rate^(step / decay_steps).

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : int
    decay_rate : float
    staircase : bool
        Whether step / decay_steps is rounded down: the rate falls at once every decay_steps.

    >>> ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)
    0.025
    """

    fields = ("initial_learning_rate", "decay_steps", "decay_rate", "staircase")

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False):
        self.initial_learning_rate = self._rate(initial_learning_rate, "initial_learning_rate")
        self.decay_steps = self._steps(decay_steps)
        self.decay_rate = self._rate(decay_rate, "decay_rate")
        self.staircase = bool(staircase)

    def __call__(self, step):
        """Return the learning rate after `step` steps."""
        return self.initial_learning_rate * self.decay_rate ** _periods(self, step)


class InverseTimeDecay(ExponentialDecay):
    """initial_learning_rate / (1 + decay_rate · step / decay_steps).

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : int
    decay_rate : float
    staircase : bool
        Whether step / decay_steps is rounded down.

    >>> InverseTimeDecay(0.1, decay_steps=10, decay_rate=1)(30)
    0.025
    """

    def __call__(self, step):
        """Return the learning rate after `step` steps."""
        return self.initial_learning_rate / (1 + self.decay_rate * _periods(self, step))


class PolynomialDecay(LearningRateSchedule):
    """(initial − end) · (1 − step / decay_steps)^power + end, and `end` from then on.

    Parameters
    ----------
    initial_learning_rate : float
    decay_steps : int
    end_learning_rate : float
    power : float
        1 is a straight line.
    cycle : bool
        Whether to start again after decay_steps: each time decay_steps grows to the next
        multiple that `step` has not passed.

    >>> PolynomialDecay(0.5, decay_steps=10, end_learning_rate=0.25)(5)
    0.375
    """

    fields = ("initial_learning_rate", "decay_steps", "end_learning_rate", "power", "cycle")

    def __init__(
        self, initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False
    ):
        self.initial_learning_rate = self._rate(initial_learning_rate, "initial_learning_rate")
        self.decay_steps = self._steps(decay_steps)
        self.end_learning_rate = self._rate(end_learning_rate, "end_learning_rate")
        self.power = self._rate(power, "power")
        self.cycle = bool(cycle)

    def __call__(self, step):
        """Return the learning rate after `step` steps."""
        steps = self.decay_steps
        if self.cycle:
            steps *= max(1, math.ceil(step / steps))
        left = 1 - min(step, steps) / steps
        span = self.initial_learning_rate - self.end_learning_rate
        return span * left**self.power + self.end_learning_rate


class CosineDecay(LearningRateSchedule):
    """Down along half a cosine, after an optional warm-up along a straight line.

    Parameters
    ----------
    initial_learning_rate : float
        At the first step.
    decay_steps : int
        How long the way down takes.
    alpha : float in [0, 1]
        Share of the highest rate that is left at the end.
    warmup_target : float, optional
        Highest rate, which the warm-up reaches; without it there is no warm-up.
    warmup_steps : int

    Notes
    -----
    Loshchilov and Hutter, 2017, "SGDR", equation 5, without restarts; the warm-up is from
    Goyal et al., 2017.

    >>> schedule = CosineDecay(0.0, decay_steps=20, warmup_target=0.1, warmup_steps=10)
    >>> [round(schedule(step), 4) for step in (0, 5, 10, 20, 30, 40)]
    [0.0, 0.05, 0.1, 0.05, 0.0, 0.0]
    """

    fields = ("initial_learning_rate", "decay_steps", "alpha", "warmup_target", "warmup_steps")

    def __init__(
        self, initial_learning_rate, decay_steps, alpha=0.0, *, warmup_target=None, warmup_steps=0
    ):
        self.initial_learning_rate = self._rate(initial_learning_rate, "initial_learning_rate")
        self.decay_steps = self._steps(decay_steps)
        self.alpha = checks.real(alpha, "CosineDecay: alpha", 0, 1)
        if warmup_target is not None:
            warmup_target = self._rate(warmup_target, "warmup_target")
        self.warmup_target = warmup_target
        self.warmup_steps = self._steps(warmup_steps, "warmup_steps", 0)

    def __call__(self, step):
        """Return the learning rate after `step` steps."""
        if self.warmup_target is None:
            return self._decayed(self.initial_learning_rate, step)
        if step < self.warmup_steps:
            rise = self.warmup_target - self.initial_learning_rate
            return self.initial_learning_rate + rise * step / self.warmup_steps
        return self._decayed(self.warmup_target, step - self.warmup_steps)

    def _decayed(self, highest, step):
        share = min(step, self.decay_steps) / self.decay_steps
        cosine = 0.5 * (1 + math.cos(math.pi * share))
        return highest * ((1 - self.alpha) * cosine + self.alpha)


class PiecewiseConstantDecay(LearningRateSchedule):
    """values[0] up to and with step boundaries[0], then values[1], and so on.

    Parameters
    ----------
    boundaries : sequence of int, rising
    values : sequence of float, one more

    >>> schedule = PiecewiseConstantDecay([100, 200], [0.1, 0.01, 0.001])
    >>> schedule(100), schedule(101), schedule(500)
    (0.1, 0.01, 0.001)
    """

    fields = ("boundaries", "values")

    def __init__(self, boundaries, values):
        self.boundaries = [self._steps(step, "boundaries", 0) for step in boundaries]
        self.values = [self._rate(value, "values") for value in values]
        if len(self.values) != len(self.boundaries) + 1 or not self.boundaries:
            raise ValueError(
                f"PiecewiseConstantDecay: {len(self.boundaries)} boundaries need "
                f"{len(self.boundaries) + 1} values, one boundary at least; got {len(self.values)}"
            )
        if sorted(set(self.boundaries)) != self.boundaries:
            raise ValueError(f"PiecewiseConstantDecay: boundaries need to rise, got {boundaries}")

    def __call__(self, step):
        """Return the learning rate after `step` steps."""
        return self.values[bisect.bisect_left(self.boundaries, step)]


class OneCycle(LearningRateSchedule):
    """Up to `max_learning_rate` and down to almost nothing, both along half a cosine.

    Smith and Topin, 2019, "Super-convergence"; Keras has no such schedule. This is the form of
    fastai, and of PyTorch's ``OneCycleLR`` with its defaults: from max / div_factor at step 0
    up to max at step pct_start · total_steps − 1, then down to
    max / div_factor / final_div_factor at the last step, total_steps − 1, and that from then on.
    Only the learning rate changes, not the momentum.

    Parameters
    ----------
    max_learning_rate : float
    total_steps : int, at least 2
        How many steps training takes: epochs times batches an epoch.
    pct_start : float in [0, 1]
        Share of the steps on the way up.
    div_factor, final_div_factor : float larger than 0

    >>> schedule = OneCycle(0.1, total_steps=11, pct_start=0.5, div_factor=10)
    >>> [round(schedule(step), 4) for step in (0, 4, 5, 10)]
    [0.01, 0.0973, 0.098, 0.0]
    """

    fields = ("max_learning_rate", "total_steps", "pct_start", "div_factor", "final_div_factor")

    def __init__(
        self,
        max_learning_rate,
        total_steps,
        pct_start=0.3,
        div_factor=25.0,
        final_div_factor=1e4,
    ):
        self.max_learning_rate = self._rate(max_learning_rate, "max_learning_rate")
        self.total_steps = self._steps(total_steps, "total_steps", 2)
        self.pct_start = checks.real(pct_start, "OneCycle: pct_start", 0, 1)
        what, positive = "OneCycle: div_factor", {"exclusive": True}
        self.div_factor = checks.real(div_factor, what, 0, math.inf, **positive)
        what = "OneCycle: final_div_factor"
        self.final_div_factor = checks.real(final_div_factor, what, 0, math.inf, **positive)

    def __call__(self, step):
        """Return the learning rate after `step` steps."""
        top, last = max(self.pct_start * self.total_steps - 1, 0), self.total_steps - 1
        highest = self.max_learning_rate
        first = highest / self.div_factor
        if step < top:
            return _along_cosine(first, highest, step / top)
        share = min((step - top) / ((last - top) or 1), 1.0)
        return _along_cosine(highest, first / self.final_div_factor, share)


def _periods(schedule, step):
    periods = step / schedule.decay_steps
    return math.floor(periods) if schedule.staircase else periods


def _along_cosine(start, end, share):
    return end + (start - end) * 0.5 * (1 + math.cos(math.pi * share))


_REGISTRY = Registry(
    "schedule",
    LearningRateSchedule,
    [
        CosineDecay,
        ExponentialDecay,
        InverseTimeDecay,
        OneCycle,
        PiecewiseConstantDecay,
        PolynomialDecay,
    ],
)


def get(identifier):
    """Return a schedule, or make one of what `serialize` returned."""
    return _REGISTRY.get(identifier)


def serialize(schedule):
    """Return a schedule as ``{"class_name": …, "config": …}``, which `get` takes."""
    return _REGISTRY.serialize(schedule)
