"""Range tests of learning rates, and searches: what is tried, how often, and what is found."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minidl
from minidl import layers, tuning
from minidl.tuning import LogUniform, Search, Trial, Uniform

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 4)).astype(np.float32)
Y = (X @ np.array([[1.0], [2], [3], [4]])).astype(np.float32)


def regression(optimizer="sgd"):
    minidl.set_random_seed(1)
    model = minidl.Sequential([layers.Input((4,)), layers.BatchNormalization(), layers.Dense(1)])
    model.compile(optimizer, "mse")
    return model


def test_rates_grow_by_a_factor_and_losses_fall_and_explode():
    found = tuning.learning_rate_range_test(regression(), X, Y, 1e-4, 100, steps=120)
    np.testing.assert_allclose(np.diff(np.log(found.rates)), np.log(1e6) / 119, rtol=1e-6)
    assert found.rates[0] == pytest.approx(1e-4)
    assert len(found.rates) < 120  # it ended when the loss had exploded
    assert len(found.rates) == len(found.losses) == len(found.smoothed)
    assert found.smoothed.min() < found.smoothed[0] / 2 < found.smoothed[-1]
    assert 1e-3 < found.suggestion < 1  # a quadratic with curvatures of about 2


def test_the_suggestion_trains_better_than_rates_far_from_it():
    suggestion = tuning.learning_rate_range_test(regression(), X, Y, 1e-5, 100).suggestion
    final = []
    for rate in (suggestion, suggestion / 100):
        model = regression(minidl.optimizers.SGD(rate))
        final.append(model.fit(X, Y, epochs=5, verbose=0).history["loss"][-1])
    assert final[0] < final[1] / 2


def test_everything_is_as_it_was():
    model = regression("adam")
    model.fit(X, Y, verbose=0)
    before, optimizer, steps = model.get_weights(), model.optimizer, model.optimizer.iterations
    minidl.set_random_seed(5)
    first = tuning.learning_rate_range_test(model, X, Y, seed=3)
    drawn = minidl.initializers.GlorotUniform()((2,))
    assert all((a == b).all() for a, b in zip(model.get_weights(), before, strict=True))
    assert model.optimizer is optimizer
    assert optimizer.iterations == steps
    again = tuning.learning_rate_range_test(model, X, Y, seed=3)
    np.testing.assert_array_equal(first.losses, again.losses)
    minidl.set_random_seed(5)
    np.testing.assert_array_equal(drawn, minidl.initializers.GlorotUniform()((2,)))


def test_what_a_range_test_refuses():
    with pytest.raises(ValueError, match=r"high needs a number in \(0.1, inf\)"):
        tuning.learning_rate_range_test(regression(), X, Y, 0.1, 0.1)
    with pytest.raises(ValueError, match="steps needs a whole number of at least 20"):
        tuning.learning_rate_range_test(regression(), X, Y, steps=19)
    with pytest.raises(RuntimeError, match="call compile"):
        tuning.learning_rate_range_test(minidl.Sequential([layers.Dense(1)]), X, Y)
    model = regression()
    model.layers[1].kernel.data[...] = np.inf
    with pytest.raises(ValueError, match="the loss became"):
        tuning.learning_rate_range_test(model, X, Y)
    assert np.isinf(model.layers[1].kernel.data).all()


@given(st.floats(1e-6, 1), st.floats(1.5, 1e6), st.integers(0, 100))
def test_samples_lie_within_and_log_uniform_ones_by_magnitude(low, ratio, seed):
    rng = np.random.default_rng(seed)
    for kind in (Uniform, LogUniform):
        values = [kind(low, low * ratio).sample(rng) for _ in range(400)]
        assert low * 0.999 <= min(values) <= max(values) <= low * ratio * 1.001
        middle = low * math.sqrt(ratio) if kind is LogUniform else low * (1 + ratio) / 2
        assert 0.38 < np.mean(np.array(values) < middle) < 0.62


SPACE = {"x": Uniform(0, 1), "kind": ["a", "b"]}


def test_random_search_draws_the_same_first_trials_whatever_the_count():
    def score(settings, budget):
        return settings["x"] + minidl.runtime.random.generator().random()

    few, many = (tuning.random_search(score, SPACE, n, budget=4, seed=9) for n in (3, 10))
    assert few.trials == many.trials[:3]
    assert {trial.budget for trial in many.trials} == {4}
    assert {trial.settings["kind"] for trial in many.trials} == {"a", "b"}
    assert many.best.score == max(trial.score for trial in many.trials)
    assert tuning.random_search(score, SPACE, 3, seed=8).trials != few.trials


@given(st.integers(1, 40), st.integers(2, 4), st.integers(1, 3))
def test_successive_halving(trials, factor, least):
    found = tuning.successive_halving(lambda s, b: s["x"], SPACE, trials, least, factor).trials
    rounds, entrants, budget = [], trials, least
    while entrants:
        rounds += [budget] * entrants
        entrants, budget = entrants // factor, budget * factor
    assert [trial.budget for trial in found] == rounds
    last = [trial for trial in found if trial.budget == rounds[-1]]
    first = sorted((t.score for t in found if t.budget == least), reverse=True)
    assert sorted((t.score for t in last), reverse=True) == first[: len(last)]  # the best went on
    by_number = {trial.number: trial.settings for trial in found}
    assert all(by_number[trial.number] == trial.settings for trial in found)


def test_hyperband_is_the_papers_table():
    """Li et al., 2018, table 1: R = 81, η = 3."""
    found = tuning.hyperband(lambda s, b: s["x"], {"x": Uniform(0, 1)}, most=81).trials
    counts = {b: sum(trial.budget == b for trial in found) for b in (1, 3, 9, 27, 81)}
    assert counts == {1: 81, 3: 27 + 34, 9: 9 + 11 + 15, 27: 3 + 3 + 5 + 8, 81: 1 + 1 + 1 + 2 + 5}


def test_settings_that_fail_rank_last():
    def score(settings, budget):
        if settings["x"] > 0.5:
            raise ValueError("the loss became nan")
        return math.nan if settings["x"] > 0.3 else -settings["x"]

    found = tuning.successive_halving(score, SPACE, trials=40, factor=2, seed=1)
    failed = [trial for trial in found.trials if trial.error]
    assert {trial.error for trial in failed} == {"the loss became nan", "the score was nan"}
    assert {trial.budget for trial in failed} == {1}
    assert all(trial.score == -math.inf for trial in failed)
    assert found.best.settings["x"] <= 0.3


def test_the_best_has_the_largest_budget():
    trials = [Trial(0, {}, 1, 0.9), Trial(1, {}, 2, 0.5), Trial(2, {}, 2, 0.7)]
    assert Search(trials).best.number == 2


@pytest.mark.parametrize(
    ("run", "error", "message"),
    [
        (lambda f: tuning.random_search(f, {}), TypeError, "space needs a dict"),
        (lambda f: tuning.random_search(f, {"x": 3}), TypeError, "'x' needs Uniform, LogUniform"),
        (lambda f: tuning.random_search(f, SPACE, 0), ValueError, "trials needs"),
        (lambda f: tuning.random_search(f, SPACE, budget=0), ValueError, "budget needs"),
        (lambda f: tuning.random_search(f, SPACE, seed=-1), ValueError, "seed needs"),
        (lambda f: tuning.successive_halving(f, SPACE, factor=1), ValueError, "factor needs"),
        (lambda f: tuning.hyperband(f, SPACE, most=0), ValueError, "most needs"),
        (lambda f: Uniform(1, 1), ValueError, r"Uniform: high needs a number in \(1, inf\)"),
        (lambda f: LogUniform(0, 1), ValueError, r"LogUniform: low needs a number in \(0, inf\)"),
        (lambda f: Search([]).best, ValueError, "there was no trial"),
        (lambda f: Search([Trial(0, {}, 1, -math.inf, "no")]).best, ValueError, "trained: no"),
    ],
)
def test_what_a_search_refuses(run, error, message):
    with pytest.raises(error, match=message):
        run(lambda settings, budget: 0.0)


def test_a_search_for_a_learning_rate():
    def score(settings, epochs):
        model = minidl.Sequential([layers.Input((4,)), layers.Dense(1)])
        model.compile(minidl.optimizers.SGD(settings["learning_rate"]), "mse")
        model.fit(X, Y, epochs=epochs, verbose=0)
        return -model.evaluate(X, Y, verbose=0)

    space = {"learning_rate": LogUniform(1e-5, 1e5)}
    found = tuning.successive_halving(score, space, trials=12, factor=3)
    assert 0.001 < found.best.settings["learning_rate"] < 1
    assert any("the loss became" in trial.error for trial in found.trials)
