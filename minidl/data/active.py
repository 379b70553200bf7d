"""Active learning: which examples to label next, so that a model learns most from few labels.

`choose` picks from a pool by what a model says of it. `run` plays the whole game on a data set
whose labels are known: start with few, train, choose, add their labels, train anew, and so on.

NumPy, and the models that are passed in; tested by ``tests/data/test_active.py``.
"""

from dataclasses import dataclass

import numpy as np

from minidl.data.k_center import k_center
from minidl.runtime import checks, random

STRATEGIES = ("random", "least_confidence", "margin", "entropy", "k_center", "mix")
MIX_POOL = 5  # "mix" spreads its choice over so many times as many uncertain examples


@dataclass(frozen=True, eq=False)
class LearningCurve:
    """How good a model became with how many labels, and which they were."""

    strategy: str
    labels: np.ndarray
    """Number of labelled examples in each round, int64 (rounds + 1,)."""
    accuracy: np.ndarray
    """Accuracy on the test set after each round, float64 (rounds + 1,)."""
    chosen: np.ndarray
    """The labelled examples in the order in which they were chosen, int64 (labels[-1],)."""


def run(
    make_model,
    x,
    y,
    x_test,
    y_test,
    *,
    strategy="margin",
    start=100,
    step=100,
    rounds=10,
    epochs=10,
    batch_size=32,
    seed=0,
    features=None,
    on_round=None,
):
    """Measure how fast a model learns if a strategy chooses what is labelled.

    `start` examples are chosen at random: the same ones for every strategy of the same seed. A
    new model is trained on them and measured. Then, `rounds` times, `step` more are chosen by
    what the model says of all others, and a new model is trained on all that are labelled.

    Parameters
    ----------
    make_model : callable
        Returns a new compiled model that ends with softmax over the classes.
    x, y : array (N, …), array (N,)
        The pool and its class numbers, of which the strategy sees only those it asked for.
    x_test, y_test : array (M, …), array (M,)
        What measures the models.
    strategy : str
        One of `STRATEGIES`, see `choose`.
    start, step, rounds : int
    epochs, batch_size : int
        As `fit` takes them, for each round's model.
    seed : int
        Of the choices, the initial weights and the order of examples. The global random numbers
        are left as they were.
    features : callable, optional
        ``features(model, x)`` returns what "k_center" and "mix" measure distances between,
        (N, D). By default `penultimate`; `pixels` is another.
    on_round : callable, optional
        Called as ``on_round(labels, accuracy)`` after each model.

    Returns
    -------
    LearningCurve

    >>> import minidl
    >>> def make_model():
    ...     model = minidl.Sequential([minidl.Input((2,)), minidl.layers.Dense(2, "softmax")])
    ...     model.compile(minidl.optimizers.Adam(0.1), "sparse_categorical_crossentropy")
    ...     return model
    >>> x = np.random.default_rng(0).normal(size=(200, 2))
    >>> y = (x[:, 0] > 0).astype(int)
    >>> curve = run(make_model, x, y, x, y, start=4, step=2, rounds=3)
    >>> curve.labels
    array([ 4,  6,  8, 10])
    """
    x, y, x_test, y_test = _checked(x, y, x_test, y_test)
    if strategy not in STRATEGIES:
        raise checks.unknown_name("strategy", strategy, STRATEGIES)
    start, step = checks.integer(start, "run: start"), checks.integer(step, "run: step")
    rounds = checks.integer(rounds, "run: rounds", 0)
    if start + rounds * step > len(x):
        raise ValueError(
            f"run: start + rounds · step = {start + rounds * step} labels, "
            f"but the pool holds {len(x)} examples"
        )
    rng = np.random.default_rng(checks.integer(seed, "run: seed", 0))
    chosen = rng.permutation(len(x))[:start]
    labels, accuracies = [], []
    with random.seeded(seed):
        for number in range(rounds + 1):
            model = make_model()
            model.fit(x[chosen], y[chosen], batch_size=batch_size, epochs=epochs, verbose=0)
            p = model.predict(x_test, verbose=0)
            labels.append(len(chosen))
            accuracies.append(float((p.argmax(axis=1) == y_test).mean()))
            if on_round:
                on_round(labels[-1], accuracies[-1])
            if number < rounds:
                more = choose(strategy, step, model, x, chosen, rng=rng, features=features)
                chosen = np.concatenate([chosen, more])
    return LearningCurve(strategy, np.array(labels), np.array(accuracies), chosen)


def choose(strategy, count, model, x, labelled, *, rng=None, features=None):
    """Return the examples to label next.

    Parameters
    ----------
    strategy : str
        "random"; "least_confidence": where the likeliest class is least likely; "margin": where
        the two likeliest classes are closest; "entropy": where the probabilities' entropy is
        largest (Settles, "Active Learning Literature Survey", 2009); "k_center": those farthest
        from all that is labelled, one after the other (Sener & Savarese, ICLR 2018); "mix": of
        the 5 · count smallest margins, `count` that lie far from each other.
    count : int
        How many.
    model : Model
        Trained on what is labelled so far; ends with softmax over the classes.
    x : array (N, …)
        The pool.
    labelled : array of int
        Indices of the examples that have a label already: they are not chosen.
    rng : numpy.random.Generator, optional
        Source of random choices, and of the order among equals.
    features : callable, optional
        As for `run`.

    Returns
    -------
    numpy.ndarray
        int64 (count,), the most wanted first.
    """
    x = np.asarray(x)
    if strategy not in STRATEGIES:
        raise checks.unknown_name("strategy", strategy, STRATEGIES)
    rng = np.random.default_rng() if rng is None else rng
    labelled = np.unique(checks.class_numbers(labelled, "choose: labelled", len(x)))
    # In random order, so that of equals each is as likely to come first.
    pool = rng.permutation(np.setdiff1d(np.arange(len(x)), labelled, assume_unique=True))
    count = checks.integer(count, "choose: count")
    if count > len(pool):
        raise ValueError(f"choose: {count} examples are wanted, but {len(pool)} are not labelled")
    if strategy == "random":
        return pool[:count]
    features = features or penultimate
    if strategy == "k_center":
        f = _features(features, model, x)
        return pool[k_center(f[pool], count, f[labelled])]
    p = checks.probabilities(model.predict(x[pool], verbose=0), "choose: the model's output")
    if strategy != "mix":
        return pool[np.argsort(-UNCERTAINTY[strategy](p), kind="stable")[:count]]
    # What the labelled ones have taught, the margins know: the chosen need only differ among
    # themselves.
    unsure = pool[np.argsort(-margin(p), kind="stable")[: MIX_POOL * count]]
    f = _features(features, model, x[unsure])
    return unsure[k_center(f, count, f[:0])]


def least_confidence(p):
    """Return 1 − the likeliest class's probability: (N, classes) → (N,).

    >>> least_confidence(np.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]))
    array([0.5, 0. ])
    """
    return 1 - p.max(axis=1)


def margin(p):
    """Return 1 − how far the likeliest class is ahead of the next: (N, classes) → (N,).

    >>> margin(np.array([[0.5, 0.5, 0.0], [0.25, 0.0, 0.75]]))
    array([1. , 0.5])
    """
    top = np.partition(p, -2, axis=1)
    return 1 - (top[:, -1] - top[:, -2])


def entropy(p):
    """Return −Σ p log p, in nats: (N, classes) → (N,).

    >>> entropy(np.array([[0.5, 0.5], [1.0, 0.0]])).round(4) + 0.0
    array([0.6931, 0.    ])
    """
    return -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=1)


UNCERTAINTY = {"least_confidence": least_confidence, "margin": margin, "entropy": entropy}


def penultimate(model, x):
    """Return what goes into a Sequential model's last layer, (N, D)."""
    from minidl.models import Sequential

    if not isinstance(model, Sequential) or len(model.layers) < 2:
        raise TypeError(
            f"penultimate: needs a Sequential model of at least two layers, got "
            f"{type(model).__name__}; for others pass features=pixels, or your own "
            "features(model, x)"
        )
    return Sequential(model.layers[:-1]).predict(x, verbose=0)


def pixels(model, x):
    """Return the examples themselves, as rows (N, D); the model is not asked."""
    return x.reshape(len(x), -1)


def _features(features, model, x):
    f = np.asarray(features(model, x))
    f = f.reshape(len(x), -1)
    return f if f.dtype.kind == "f" else f.astype(np.float64)


def _checked(x, y, x_test, y_test):
    x, x_test = np.asarray(x), np.asarray(x_test)
    y = checks.class_numbers(y, "run: y")
    y_test = checks.class_numbers(y_test, "run: y_test")
    for one, other, what in ((x, y, ""), (x_test, y_test, "_test")):
        if len(one) != len(other):
            raise ValueError(f"run: x{what} holds {len(one)} examples, y{what} {len(other)} labels")
    return x, y, x_test, y_test
