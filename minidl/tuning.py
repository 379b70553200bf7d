"""Looking for hyper-parameters: a learning-rate range test, random search, successive halving.

NumPy and models; what they find is drawn by `minidl.plots`. Tested by ``tests/test_tuning.py``.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from minidl import optimizers
from minidl.models.batches import Batches
from minidl.models.training import NotFiniteError
from minidl.runtime import checks, random

SMOOTHING = 0.9  # share of the running mean of losses that stays at each step
DIVERGED = 4  # a loss this many times the smallest ends a range test


@dataclass(frozen=True, eq=False)
class RangeTest:
    """Losses at growing learning rates.

    Attributes
    ----------
    rates : (steps,) of float64
    losses : (steps,) of float64
        Of each step's batch, before it.
    smoothed : (steps,) of float64
        Their running mean, corrected for its start.
    suggestion : float
        The rate at which the smoothed loss falls most steeply along the logarithm of the rate.
    """

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray
    suggestion: float


def learning_rate_range_test(
    model, x, y, low=1e-6, high=1.0, steps=100, batch_size=32, seed=0
) -> RangeTest:
    """Train with a learning rate that grows from step to step, and see where the loss falls.

    Smith, 2017, "Cyclical learning rates for training neural networks", section 3.3. It ends
    early when the smoothed loss has grown to four times its minimum. The model is then as it was
    before, and so are its optimizer and minidl's random numbers.

    Parameters
    ----------
    model : Model
        Compiled. Multipliers of learning rates are not heeded.
    x, y : arrays (N, …)
        As for `fit`; gone through as often as the steps need.
    low, high : float
        The first and the last rate; those between grow by a constant factor.
    steps : int
        At least 20; the first 10 have no say in the suggestion.
    batch_size : int
    seed : int
        For the order of the examples, and what layers draw.

    Raises
    ------
    ValueError
        If low is not below high, or the loss is not finite at once.

    >>> import minidl
    >>> (x, y), _ = minidl.datasets.digits8x8.load_data()
    >>> model = minidl.Sequential([minidl.Input((8, 8)), minidl.layers.Flatten(),
    ...                            minidl.layers.Dense(10, activation="softmax")])
    >>> model.compile("adam", "sparse_categorical_crossentropy")
    >>> found = learning_rate_range_test(model, x / 16, y)
    >>> 1e-4 < found.suggestion < 0.3
    True
    """
    what = "learning_rate_range_test"
    low = checks.real(low, f"{what}: low", 0, math.inf, exclusive=True)
    high = checks.real(high, f"{what}: high", low, math.inf, exclusive=True)
    steps = checks.integer(steps, f"{what}: steps", 20)
    if model.optimizer is None:
        raise RuntimeError(f"{what}: call compile(optimizer, loss) first")
    rates, losses = np.geomspace(low, high, steps), []
    described = optimizers.serialize(model.optimizer)
    described["config"]["learning_rate"] = low
    own = model.optimizer
    # A loss that overflows is an answer here: NumPy's warnings would only repeat it.
    with random.seeded(seed), np.errstate(all="ignore"):
        data = _endless(Batches(x, y, batch_size, shuffle=True, caller=what))
        model.predict_on_batch(np.asarray(x)[:1])  # builds it
        weights = model.get_weights()
        model.optimizer = optimizers.get(described)
        try:
            for rate, batch in zip(rates, data, strict=False):
                model.optimizer.learning_rate = float(rate)
                try:
                    losses.append(model.train_on_batch(*batch))
                except NotFiniteError:
                    if losses:
                        break
                    raise
                smoothed = _smoothed(losses)
                if smoothed[-1] > DIVERGED * min(smoothed):
                    break
        finally:
            model.optimizer = own
            model.set_weights(weights)
    smoothed, rates = _smoothed(losses), rates[: len(losses)]
    return RangeTest(rates, np.array(losses), smoothed, _steepest(rates, smoothed))


@dataclass(frozen=True)
class Uniform:
    """A hyper-parameter between two numbers."""

    low: float
    high: float

    def __post_init__(self):
        checks.real(self.low, f"{type(self).__name__}: low", self._least, exclusive=True)
        checks.real(self.high, f"{type(self).__name__}: high", self.low, math.inf, exclusive=True)

    _least = -math.inf

    def sample(self, rng):
        """Draw a value."""
        return float(rng.uniform(self.low, self.high))


class LogUniform(Uniform):
    """A hyper-parameter between two numbers above 0, whose magnitude is what counts."""

    _least = 0

    def sample(self, rng):
        """Draw a value, each factor of 10 being as likely as another."""
        return float(np.exp(rng.uniform(np.log(self.low), np.log(self.high))))


@dataclass(frozen=True)
class Trial:
    """Settings that were tried.

    Attributes
    ----------
    number : int
        Of the settings; those that are tried again with a larger budget keep theirs.
    settings : dict
    budget : int
        Epochs, or whatever the score function takes it for.
    score : float
        −∞ if it failed.
    error : str
        Why it failed; empty if it did not.
    """

    number: int
    settings: dict
    budget: int
    score: float
    error: str = ""


@dataclass(frozen=True, eq=False)
class Search:
    """All trials of a search, in their order."""

    trials: list = field(default_factory=list)

    @property
    def best(self):
        """The trial of the highest score among those of the largest budget that did not fail."""
        good = [trial for trial in self.trials if not trial.error]
        if not good:
            first = self.trials[0].error if self.trials else "there was no trial"
            raise ValueError(f"search: no settings can be trained: {first}")
        return max(good, key=lambda trial: (trial.budget, trial.score, -trial.number))


#: Called with settings and a budget, returns a score, of which more is better.
Score = Callable[[dict, int], float]


def random_search(score: Score, space, trials=20, budget=1, seed=0) -> Search:
    """Try settings drawn at random, each with the same budget.

    Better than a grid where few hyper-parameters matter (Bergstra and Bengio, 2012).

    Parameters
    ----------
    score : callable
        ``score(settings, budget)``, more is better. minidl's random numbers are seeded before
        each call. A ValueError, as when a loss becomes infinite, or a score that is not finite
        counts as failed.
    space : dict
        Of each hyper-parameter by name: `Uniform`, `LogUniform`, or a list to choose from.
    trials, budget, seed : int

    >>> space = {"x": Uniform(-1, 1), "method": ["a", "b"]}
    >>> found = random_search(lambda s, _: -(s["x"] - 0.5) ** 2, space, trials=100)
    >>> abs(found.best.settings["x"] - 0.5) < 0.1
    True
    """
    return Search(_tried(score, _drawn(space, trials, seed), budget, seed))


def successive_halving(score: Score, space, trials=27, least=1, factor=3, seed=0) -> Search:
    """Try many settings with a small budget, and ever fewer with ever more.

    In each round the best 1 / `factor` go on, trained anew with `factor` times the budget, until
    one is left (Jamieson and Talwalkar, 2016).

    Parameters
    ----------
    score, space, seed
        As of `random_search`.
    trials : int
        In the first round.
    least : int
        Their budget.
    factor : int of at least 2

    >>> found = successive_halving(lambda s, epochs: s["x"], {"x": Uniform(0, 1)}, trials=9)
    >>> [trial.budget for trial in found.trials].count(3), found.best.budget
    (3, 9)
    """
    least = checks.integer(least, "search: least")
    factor = checks.integer(factor, "search: factor", 2)
    return Search(_halved(score, _drawn(space, trials, seed), least, math.inf, factor, seed))


def hyperband(score: Score, space, most=27, factor=3, seed=0) -> Search:
    """Run successive halving from many small budgets to few large ones, for want of the right one.

    Li et al., 2018, "Hyperband", algorithm 1.

    Parameters
    ----------
    score, space, factor, seed
        As of `successive_halving`.
    most : int
        The largest budget.

    >>> found = hyperband(lambda s, epochs: s["x"], {"x": Uniform(0, 1)}, most=9)
    >>> [(b, sum(t.budget == b for t in found.trials)) for b in (1, 3, 9)]
    [(1, 9), (3, 8), (9, 5)]
    """
    most = checks.integer(most, "search: most")
    factor = checks.integer(factor, "search: factor", 2)
    largest = 0  # s_max in the paper: how often the largest bracket is cut
    while factor ** (largest + 1) <= most:
        largest += 1
    cuts = list(reversed(range(largest + 1)))
    counts = [-(-(largest + 1) * factor**s // (s + 1)) for s in cuts]
    drawn, trials = _drawn(space, sum(counts), seed), []
    for s, count in zip(cuts, counts, strict=True):
        entrants, drawn = drawn[:count], drawn[count:]
        trials += _halved(score, entrants, most // factor**s, most, factor, seed)
    return Search(trials)


def _halved(score, entrants, budget, most, factor, seed):
    """Return the trials of successive halving, from a first budget on, up to the largest."""
    trials = []
    while entrants and budget <= most:
        found = _tried(score, entrants, budget, seed)
        trials += found
        ranked = sorted((t for t in found if not t.error), key=lambda t: -t.score)
        entrants = [(t.number, t.settings) for t in ranked[: len(entrants) // factor]]
        budget *= factor
    return trials


def _drawn(space, trials, seed):
    """Return (number, settings) of each trial; the first ones do not depend on how many."""
    trials = checks.integer(trials, "search: trials")
    checks.integer(seed, "search: seed", 0)
    if not isinstance(space, dict) or not space:
        raise TypeError(f"search: space needs a dict of hyper-parameters, got {space!r}")
    rng = np.random.default_rng(seed)
    return [
        (number, {name: _sample(name, values, rng) for name, values in space.items()})
        for number in range(trials)
    ]


def _sample(name, values, rng):
    if isinstance(values, Uniform):
        return values.sample(rng)
    if isinstance(values, list | tuple) and values:
        return values[rng.integers(len(values))]
    raise TypeError(
        f"search: {name!r} needs Uniform, LogUniform or a list to choose from, got {values!r}"
    )


def _tried(score, entrants, budget, seed):
    budget = checks.integer(budget, "search: budget")
    trials = []
    for number, settings in entrants:
        error = ""
        own_seed = int(np.random.SeedSequence((seed, number)).generate_state(1)[0])
        with random.seeded(own_seed), np.errstate(all="ignore"):
            try:
                value = float(score(dict(settings), budget))
            except ValueError as failure:
                value, error = math.nan, str(failure) or "ValueError"
        if not math.isfinite(value):
            value, error = -math.inf, error or f"the score was {value}"
        trials.append(Trial(number, settings, budget, value, error))
    return trials


def _endless(data):
    while True:
        yield from data


def _smoothed(losses):
    """Return the running mean of losses, mₜ ← β mₜ₋₁ + (1 − β) lₜ, over 1 − βᵗ."""
    mean, means = 0.0, []
    for t, loss in enumerate(losses, 1):
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        means.append(mean / (1 - SMOOTHING**t))
    return np.array(means)


def _steepest(rates, smoothed):
    """Return the rate of the steepest fall, before the minimum; the lowest if there is none.

    The first means are of too few losses to say anything: they are left out.
    """
    start, end = round(1 / (1 - SMOOTHING)), int(np.argmin(smoothed)) + 1
    if end < start + 2:
        return float(rates[0])
    slopes = np.gradient(smoothed[start:end], np.log(rates[start:end]))
    return float(rates[start + np.argmin(slopes)])
