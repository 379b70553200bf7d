"""Several annotators: one label out of many opinions, and how far they agree.

Labels are class numbers, one row an item, one column an annotator; `MISSING` where somebody said
nothing. NumPy only; tested by ``tests/data/test_agreement.py``.
"""

from dataclasses import dataclass

import numpy as np

from minidl.runtime import checks

MISSING = -1


def majority_vote(labels, classes=None):
    """Return the label that most annotators gave, and whether others got as many votes.

    Parameters
    ----------
    labels : array of int (N, annotators)
        Class numbers from 0; −1 where an annotator gave none.
    classes : int, optional
        How many there are; by default the largest number + 1.

    Returns
    -------
    winners : numpy.ndarray
        int64 (N,); of equals the lowest number, −1 for an item without a label.
    tied : numpy.ndarray
        bool (N,): whether the winner is not the only one.

    >>> majority_vote([[0, 0, 1], [1, 0, -1], [-1, -1, -1]])
    (array([ 0,  0, -1]), array([False,  True, False]))
    """
    votes = count_votes(labels, classes)
    most = votes.max(axis=1)
    winners = np.where(most > 0, votes.argmax(axis=1), MISSING)
    return winners, (most > 0) & ((votes == most[:, np.newaxis]).sum(axis=1) > 1)


def count_votes(labels, classes=None):
    """Return how many annotators gave each item each label: int64 (N, classes).

    >>> count_votes([[0, 0, 1], [1, 1, -1]])
    array([[2, 1],
           [0, 2]])
    """
    labels, classes = _checked(labels, classes, "count_votes")
    votes = np.zeros((len(labels), classes), np.int64)
    items, annotators = np.nonzero(labels != MISSING)
    np.add.at(votes, (items, labels[items, annotators]), 1)
    return votes


@dataclass(frozen=True, eq=False)
class DawidSkene:
    """What `dawid_skene` found out."""

    probabilities: np.ndarray
    """Of each item's true class, float64 (N, classes)."""
    confusion: np.ndarray
    """π, float64 (annotators, classes, classes): row j, column l is how likely the annotator
    says l where the truth is j."""
    priors: np.ndarray
    """How common each class is, float64 (classes,)."""
    log_likelihood: np.ndarray
    """Of the labels, after each iteration; with smoothing, that of the prior is included."""
    converged: bool
    """Whether it had stopped growing before the last iteration that was allowed."""

    @property
    def labels(self):
        """The likeliest class of each item, int64 (N,)."""
        return self.probabilities.argmax(axis=1)


def dawid_skene(labels, classes=None, *, smoothing=0.01, max_iterations=1000, tolerance=1e-8):
    """Estimate true classes and each annotator's reliability together.

    Expectation–maximization, started with the shares of the votes: whoever often says what the
    others say counts more, and whoever mixes up two classes is understood accordingly. In log
    space, so that many annotators do not underflow. Source: Dawid & Skene, "Maximum Likelihood
    Estimation of Observer Error-Rates Using the EM Algorithm", Applied Statistics 28 (1979).

    Parameters
    ----------
    labels : array of int (N, annotators)
        Class numbers from 0; −1 where an annotator gave none. Every item needs a label.
    classes : int, optional
        How many there are; by default the largest number + 1.
    smoothing : float
        Labels that are imagined in each cell of a confusion matrix, and items of each class
        (a Dirichlet prior of 1 + smoothing), so that what was not seen is not impossible. 0 is
        the paper's maximum likelihood.
    max_iterations : int
    tolerance : float
        Ends the iteration when the log likelihood grows by less than this share of its size.

    Returns
    -------
    DawidSkene

    >>> found = dawid_skene([[0, 0, 1], [1, 1, 0], [0, 0, 0], [1, 1, 0]])
    >>> found.labels, found.confusion[2].round(1)
    (array([0, 1, 0, 1]), array([[0.5, 0.5],
           [1. , 0. ]]))
    """
    labels, classes = _checked(labels, classes, "dawid_skene")
    smoothing = checks.real(smoothing, "dawid_skene: smoothing", 0, np.inf)
    max_iterations = checks.integer(max_iterations, "dawid_skene: max_iterations")
    empty = np.flatnonzero((labels == MISSING).all(axis=1))
    if empty.size or not len(labels):
        where = f"item {empty[0]} has none" if empty.size else "there are no items"
        raise ValueError(f"dawid_skene: every item needs a label, but {where}")
    # said[i, k, l]: whether annotator k gave item i the label l.
    said = (labels[:, :, np.newaxis] == np.arange(classes)).astype(np.float64)
    truth = count_votes(labels, classes) / count_votes(labels, classes).sum(axis=1, keepdims=True)
    likelihoods = []
    converged = False
    while not converged and len(likelihoods) < max_iterations:
        # M step: the parameters that fit the classes of the last E step best.
        log_priors = _log_shares(truth.sum(axis=0), smoothing)
        log_confusion = _log_shares(np.einsum("ij,ikl->kjl", truth, said), smoothing)
        # E step: log P(truth j, labels of i), and from it the classes of the items.
        joint = log_priors + np.einsum("ikl,kjl->ij", said, _finite(log_confusion))
        evidence = _log_sum(joint)
        truth = np.exp(joint - evidence[:, np.newaxis])
        prior = smoothing * (_finite(log_priors).sum() + _finite(log_confusion).sum())
        likelihoods.append(float(evidence.sum() + prior))
        if len(likelihoods) > 1:
            grown = likelihoods[-1] - likelihoods[-2]
            converged = grown <= tolerance * abs(likelihoods[-1])
    return DawidSkene(
        truth, np.exp(log_confusion), np.exp(log_priors), np.array(likelihoods), converged
    )


def cohen_kappa(first, second, classes=None, weights=None):
    """Measure how far two annotators agree, beyond what chance would bring about.

    κ = 1 − Σ w O / Σ w E, with the shares O of pairs of labels, E if both labelled at random in
    their own proportions, and the disagreement w: 1 off the diagonal, or |i − j|, or (i − j)².
    1 is agreement everywhere, 0 is as by chance. Source: Cohen, "A Coefficient of Agreement for
    Nominal Scales" (1960), and "Weighted Kappa" (1968).

    Parameters
    ----------
    first, second : array of int (N,)
        Class numbers from 0; items that one of them left out (−1) do not count.
    classes : int, optional
        How many there are; by default the largest number + 1.
    weights : None, "linear" or "quadratic"
        For classes in an order: how much worse a far miss is than a near one.

    Returns
    -------
    float
        NaN if both only ever used the same one class: then chance alone agrees everywhere.

    >>> cohen_kappa([0, 0, 1, 1], [0, 0, 1, 0])
    0.5
    """
    pairs = [np.asarray(first), np.asarray(second)]
    if pairs[0].shape != pairs[1].shape or pairs[0].ndim != 1:
        raise ValueError(
            f"cohen_kappa: needs two rows of labels of equal length, got shapes "
            f"{pairs[0].shape} and {pairs[1].shape}"
        )
    labels, classes = _checked(np.stack(pairs, axis=1), classes, "cohen_kappa")
    a, b = labels[(labels != MISSING).all(axis=1)].T
    if not len(a):
        raise ValueError("cohen_kappa: there is no item that both have labelled")
    observed = np.zeros((classes, classes))
    np.add.at(observed, (a, b), 1 / len(a))
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0))
    apart = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes)))
    known = {None: apart > 0, "linear": apart, "quadratic": apart**2}
    if weights not in known:
        raise checks.unknown_name("weights", weights, ["linear", "quadratic"])
    by_chance = (known[weights] * expected).sum()
    if by_chance == 0:
        return float("nan")
    return float(1 - (known[weights] * observed).sum() / by_chance)


def fleiss_kappa(votes):
    """Measure how far any number of annotators agree, beyond what chance would bring about.

    κ = (P̄ − P̄ₑ) / (1 − P̄ₑ), with P̄ the mean share of pairs of annotators that agree on an
    item, and P̄ₑ = Σ p_j² what the classes' shares p_j would bring about. Annotators need not be
    the same from item to item, but as many. Source: Fleiss, "Measuring nominal scale agreement
    among many raters" (1971).

    Parameters
    ----------
    votes : array of int (N, classes)
        How many gave each item each label, as `count_votes` returns.

    Returns
    -------
    float
        NaN if only one class was ever used.

    Raises
    ------
    ValueError
        If items have different numbers of votes, or fewer than two.

    >>> round(fleiss_kappa(count_votes([[0, 0, 1], [1, 1, 1], [0, 0, 0]])), 4)
    0.55
    """
    votes = np.asarray(votes)
    if votes.ndim != 2 or votes.dtype.kind not in "iu" or not votes.size or votes.min() < 0:
        raise ValueError(
            f"fleiss_kappa: needs counts of votes of shape (N, classes), got {votes.dtype} "
            f"{votes.shape}"
        )
    raters = votes.sum(axis=1)
    if raters.min() != raters.max() or raters[0] < 2:
        raise ValueError(
            f"fleiss_kappa: every item needs the same number of votes, at least two; got from "
            f"{raters.min()} to {raters.max()}"
        )
    n = int(raters[0])
    agreed = ((votes * (votes - 1)).sum(axis=1) / (n * (n - 1))).mean()
    by_chance = ((votes.sum(axis=0) / votes.sum()) ** 2).sum()
    return float("nan") if by_chance == 1 else float((agreed - by_chance) / (1 - by_chance))


def _log_shares(counts, smoothing):
    """Return the logarithm of counts (…, n) as shares of their sum; −∞ for none."""
    counts = counts + smoothing
    sums = counts.sum(axis=-1, keepdims=True)
    # Rows of a class that nothing belongs to are even: they change nothing.
    shares = np.divide(counts, sums, out=np.full_like(counts, 1 / counts.shape[-1]), where=sums > 0)
    with np.errstate(divide="ignore"):
        return np.log(shares)


def _finite(logs):
    """Replace −∞ by a number that stays one when multiplied by 0."""
    return np.maximum(logs, -1e300)


def _log_sum(logs):
    """Return log Σ exp over the last axis."""
    most = logs.max(axis=-1)
    return most + np.log(np.exp(logs - most[..., np.newaxis]).sum(axis=-1))


def _checked(labels, classes, what):
    labels = np.asarray(labels)
    if labels.ndim != 2 or labels.dtype.kind not in "iu":
        raise ValueError(
            f"{what}: needs class numbers of shape (N, annotators), got {labels.dtype} "
            f"{labels.shape}"
        )
    labels = labels.astype(np.int64)
    largest = int(labels.max(initial=MISSING))
    classes = largest + 1 if classes is None else checks.integer(classes, f"{what}: classes")
    if not labels.min(initial=0) >= MISSING or not largest < classes:
        raise ValueError(
            f"{what}: needs class numbers from 0 to {classes - 1}, or {MISSING} for none, "
            f"got {labels.min()} … {largest}"
        )
    return labels, max(classes, 1)
