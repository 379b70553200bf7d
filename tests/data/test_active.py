"""Choosing what to label: against the definitions, and whole games on data that are understood."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import minidl
from minidl.data import active

PROBABILITIES = st.builds(
    lambda seed, n, classes: np.random.default_rng(seed).dirichlet(np.full(classes, 0.5), n),
    st.integers(0, 1000),
    st.integers(1, 20),
    st.integers(2, 6),
)


class Known:
    """A model whose answers are given: row i of `p` for the example [i]."""

    def __init__(self, p):
        self.p = np.asarray(p)

    def predict(self, x, **options):
        return self.p[x[:, 0].astype(int)]


@given(PROBABILITIES)
def test_the_measures_of_doubt(p):
    for row, least, margin, entropy in zip(
        p, active.least_confidence(p), active.margin(p), active.entropy(p), strict=True
    ):
        *_, second, first = sorted(row)
        assert least == 1 - first
        assert margin == pytest.approx(1 - (first - second))
        assert entropy == pytest.approx(-sum(q * np.log(q) for q in row if q > 0))


@given(PROBABILITIES, st.sampled_from(list(active.UNCERTAINTY)), st.data())
def test_the_most_doubtful_are_chosen(p, strategy, data):
    n = len(p)
    labelled = data.draw(st.sets(st.integers(0, n - 1), max_size=n - 1))
    count = data.draw(st.integers(1, n - len(labelled)))
    x = np.arange(n)[:, None]
    chosen = active.choose(strategy, count, Known(p), x, np.array(sorted(labelled), int))
    doubt = active.UNCERTAINTY[strategy](p)
    left = [i for i in range(n) if i not in labelled]
    assert sorted(doubt[chosen], reverse=True) == sorted(doubt[left], reverse=True)[:count]
    assert not set(chosen) & labelled
    assert (np.diff(doubt[chosen]) <= 0).all()


def test_mix_chooses_doubtful_examples_that_differ():
    """Five groups of six doubtful twins, and sure ones far away: one of each group."""
    group = np.repeat(np.arange(5), 6)
    x = np.concatenate([group * 10.0, np.full(30, 1000.0) + np.arange(30)])[:, None]
    doubtful = np.arange(60) < 30
    p = np.where(doubtful[:, None], [[0.5, 0.5]], [[1.0, 0.0]])

    class Model:
        def predict(self, part, **options):
            return p[[int(np.flatnonzero(x[:, 0] == value)[0]) for value in part[:, 0]]]

    chosen = active.choose("mix", 5, Model(), x, [], features=active.pixels)
    assert sorted(x[chosen, 0]) == [0, 10, 20, 30, 40]


@pytest.mark.parametrize("strategy", active.STRATEGIES)
def test_every_strategy_returns_distinct_unlabelled_examples(strategy):
    x = np.random.default_rng(0).normal(size=(60, 3)).astype(np.float32)
    model = network()
    labelled = np.arange(0, 60, 3)
    first, second = (
        active.choose(strategy, 15, model, x, labelled, rng=np.random.default_rng(5))
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    assert len(set(first)) == 15
    assert not np.isin(first, labelled).any()
    everything = active.choose(strategy, 40, model, x, labelled)
    assert set(everything) == set(range(60)) - set(labelled)


def test_equals_are_taken_at_random():
    x, model = np.arange(100)[:, None], Known(np.full((100, 2), 0.5))
    counts = np.zeros(100)
    for seed in range(400):
        counts[active.choose("margin", 5, model, x, [], rng=np.random.default_rng(seed))] += 1
    # Binomial(400, 0.05): mean 20, standard deviation 4.4.
    assert np.abs(counts - 20).max() < 5 * 4.4


def network():
    model = minidl.Sequential(
        [
            minidl.Input((3,)),
            minidl.layers.Dense(8, activation="relu"),
            minidl.layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile(minidl.optimizers.Adam(0.05), "sparse_categorical_crossentropy")
    return model


def lopsided(n, seed):
    """One class is rare: whoever labels at random hardly sees its border."""
    x = np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32)
    return x, (x[:, 0] + 0.5 * x[:, 1] > 1.2).astype(int)


def test_a_game_is_what_it_says():
    x, y = lopsided(200, 0)
    calls = []
    curve = active.run(
        network,
        x,
        y,
        *lopsided(100, 1),
        start=10,
        step=7,
        rounds=3,
        seed=2,
        on_round=lambda *call: calls.append(call),
    )
    assert curve.strategy == "margin"
    np.testing.assert_array_equal(curve.labels, [10, 17, 24, 31])
    assert len(set(curve.chosen)) == len(curve.chosen) == 31
    assert calls == list(zip(curve.labels, curve.accuracy, strict=True))
    assert ((curve.accuracy >= 0) & (curve.accuracy <= 1)).all()


def test_the_same_seed_gives_the_same_game_and_the_same_start():
    x, y = lopsided(100, 0)
    options = {"start": 10, "step": 5, "rounds": 2, "epochs": 2}
    state = minidl.runtime.random.generator().bit_generator.state
    games = {
        (name, seed): active.run(network, x, y, x, y, strategy=name, seed=seed, **options)
        for name in active.STRATEGIES
        for seed in (0, 1)
    }
    again = active.run(network, x, y, x, y, strategy="mix", seed=0, **options)
    np.testing.assert_array_equal(again.chosen, games["mix", 0].chosen)
    np.testing.assert_array_equal(again.accuracy, games["mix", 0].accuracy)
    for name in active.STRATEGIES:
        np.testing.assert_array_equal(games[name, 0].chosen[:10], games["random", 0].chosen[:10])
        assert not np.array_equal(games[name, 0].chosen[:10], games[name, 1].chosen[:10])
        assert games[name, 0].accuracy[0] == games["random", 0].accuracy[0]
    assert minidl.runtime.random.generator().bit_generator.state == state


def test_labels_that_were_not_asked_for_are_not_used():
    x, y = lopsided(100, 0)
    options = {"start": 10, "step": 5, "rounds": 2, "epochs": 2}
    first = active.run(network, x, y, x, y, **options)
    hidden = y.copy()
    unasked = np.setdiff1d(np.arange(100), first.chosen)
    hidden[unasked] = 1 - hidden[unasked]
    second = active.run(network, x, hidden, x, y, **options)
    np.testing.assert_array_equal(first.chosen, second.chosen)
    np.testing.assert_array_equal(first.accuracy, second.accuracy)


def test_margin_beats_random_where_one_class_is_rare():
    x, y = lopsided(600, 0)
    test = lopsided(1000, 1)
    mean = {
        name: np.mean(
            [
                active.run(
                    network,
                    x,
                    y,
                    *test,
                    strategy=name,
                    start=20,
                    step=10,
                    rounds=4,
                    epochs=25,
                    batch_size=16,
                    seed=seed,
                ).accuracy[-1]
                for seed in range(3)
            ]
        )
        for name in ("margin", "random")
    }
    assert mean["margin"] > mean["random"] + 0.01


def test_penultimate_is_what_goes_into_the_last_layer():
    model, x = network(), np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    hidden = active.penultimate(model, x)
    assert hidden.shape == (5, 8)
    last = model.layers[-1]
    logits = hidden @ last.kernel.data + last.bias.data
    e = np.exp(logits)
    np.testing.assert_allclose(e / e.sum(axis=1, keepdims=True), model.predict(x, verbose=0), 1e-5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"strategy": "margn"}, "did you mean 'margin'"),
        ({"start": 0}, "start"),
        ({"step": 0}, "step"),
        ({"rounds": -1}, "rounds"),
        ({"rounds": 20}, "110 labels, but the pool holds 20"),
        ({"seed": -1}, "seed"),
        ({"y": [0] * 19}, "x holds 20 examples, y 19 labels"),
        ({"y_test": [0] * 19}, "x_test holds 20 examples, y_test 19 labels"),
        ({"y": [-1] * 20}, "class numbers"),
    ],
)
def test_run_refuses(change, message):
    x = np.zeros((20, 3), np.float32)
    options = {"x": x, "y": [0, 1] * 10, "x_test": x, "y_test": [0, 1] * 10, "start": 10, "step": 5}
    with pytest.raises(ValueError, match=message):
        active.run(network, **(options | {"rounds": 1} | change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"strategy": "entropie"}, "did you mean 'entropy'"),
        ({"count": 18}, "18 examples are wanted, but 17 are not labelled"),
        ({"count": 0}, "count"),
        ({"labelled": [20]}, "from 0 to 19, got 20"),
    ],
)
def test_choose_refuses(change, message):
    options = {"strategy": "random", "count": 1, "labelled": [0, 1, 2]} | change
    with pytest.raises(ValueError, match=message):
        active.choose(model=network(), x=np.zeros((20, 3)), **options)


def test_features_of_a_model_that_has_no_row_of_layers():
    class Net(minidl.Model):
        def __init__(self):
            super().__init__()
            self.out = minidl.layers.Dense(2, activation="softmax")

        def call(self, x, training=False):
            return self.out(x)

    x = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    with pytest.raises(TypeError, match="features=pixels"):
        active.choose("k_center", 3, Net(), x, [])
    assert len(active.choose("k_center", 3, Net(), x, [], features=active.pixels)) == 3
