"""Finding labels that are probably wrong: confident learning.

A model that has not seen an example says how likely each class is. Where it says so confidently
enough, and the given label says otherwise, the label is suspect. Source: Northcutt, Jiang,
Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", JAIR 70 (2021).

NumPy, and `minidl.data.folds`; tested by ``tests/data/test_label_errors.py``.
"""

import numpy as np

from minidl.data.folds import folds as stratified_folds
from minidl.runtime import checks, random

FILTERS = ("noise_rate", "class", "both", "joint")
RANKINGS = ("self_confidence", "normalized_margin")
TOLERANCE = 1e-6  # a probability so little below its class's threshold still counts


def out_of_fold(make_model, x, y, *, folds=5, epochs=5, batch_size=64, seed=0, on_fold=None):
    """Predict every example by a model that was trained without it.

    The examples are dealt into `folds` parts, the same share of each class to each. One model
    after the other is trained on all parts but one, and predicts that one.

    Parameters
    ----------
    make_model : callable
        Returns a new compiled model that ends with softmax over the classes.
    x : array (N, …)
        The examples, as the model takes them.
    y : array (N,)
        Class numbers, from 0; some may be wrong.
    folds : int
        At least 2.
    epochs, batch_size : int
        As `fit` takes them. Train for less long than usual: a model that has learnt the wrong
        labels by heart repeats such mistakes.
    seed : int
        Of the folds, the initial weights and the order of examples. The global random numbers
        are left as they were.
    on_fold : callable, optional
        Called as ``on_fold(i, folds)`` after each, i from 1.

    Returns
    -------
    numpy.ndarray
        Probabilities, float64, shape (N, classes).

    Raises
    ------
    ValueError
        If a class has fewer examples than there are folds, or the models' outputs are not
        probabilities.

    >>> import minidl
    >>> def make_model():
    ...     model = minidl.Sequential([minidl.Input((2,)), minidl.layers.Dense(2, "softmax")])
    ...     model.compile("adam", "sparse_categorical_crossentropy")
    ...     return model
    >>> x, y = np.eye(2)[[0, 1] * 10], np.array([0, 1] * 10)
    >>> out_of_fold(make_model, x, y, folds=2).shape
    (20, 2)
    """
    x = np.asarray(x)
    y = checks.class_numbers(y, "out_of_fold: y")
    if len(x) != len(y):
        raise ValueError(f"out_of_fold: there are {len(x)} examples and {len(y)} labels")
    folds = checks.integer(folds, "out_of_fold: folds", 2)
    with random.seeded(seed):
        parts = stratified_folds(y, folds, random.generator())
        predicted = None
        for number, held_out in enumerate(parts, 1):
            others = np.setdiff1d(np.arange(len(y)), held_out, assume_unique=True)
            model = make_model()
            model.fit(x[others], y[others], batch_size=batch_size, epochs=epochs, verbose=0)
            p = model.predict(x[held_out], verbose=0)
            p = checks.probabilities(p, "out_of_fold: the model's output")
            if predicted is None:
                predicted = np.empty((len(y), p.shape[1]))
            predicted[held_out] = p
            if on_fold:
                on_fold(number, folds)
    return predicted


def label_quality(y, probabilities, ranking="self_confidence"):
    """Score how well each label fits what a model says: low is suspect.

    Parameters
    ----------
    y : array (N,)
        Class numbers, from 0.
    probabilities : array (N, classes)
        Of models that had not seen the example, as `out_of_fold` returns.
    ranking : str
        "self_confidence": the given label's probability. "normalized_margin": that, minus the
        largest probability of another class, scaled to 0 … 1.

    Returns
    -------
    numpy.ndarray
        float64 (N,), 0 … 1.

    >>> label_quality([0, 1], [[0.9, 0.1], [0.7, 0.3]])
    array([0.9, 0.3])
    >>> label_quality([0, 1], [[0.9, 0.1], [0.7, 0.3]], "normalized_margin")
    array([0.9, 0.3])
    """
    y, p = _checked(y, probabilities, "label_quality")
    own = p[np.arange(len(y)), y]
    if ranking == "self_confidence":
        return own
    if ranking == "normalized_margin":
        return (own - _others(y, p).max(axis=1) + 1) / 2
    raise checks.unknown_name("ranking", ranking, RANKINGS)


def thresholds(y, probabilities):
    """Return how sure a model is of each class on average, where that is the label: (classes,).

    A class of which there is no example has the threshold infinity.
    """
    y, p = _checked(y, probabilities, "thresholds")
    counts = np.bincount(y, minlength=p.shape[1])
    sums = np.bincount(y, weights=p[np.arange(len(y)), y], minlength=p.shape[1])
    return np.divide(sums, counts, out=np.full(p.shape[1], np.inf), where=counts > 0)


def confident_joint(y, probabilities, calibrate=True):
    """Estimate how many examples have which label, by which class they truly are.

    An example counts as class j if its probability reaches the threshold of j, the mean
    probability of j among examples labelled j; of several such classes, as the likeliest
    (equation 1 of the paper).

    Parameters
    ----------
    y, probabilities
        As for `label_quality`.
    calibrate : bool
        Whether to scale the counts so that each row's sum is the number of its labels
        (equation 3). Otherwise only examples are counted that reach a threshold.

    Returns
    -------
    numpy.ndarray
        float64 (classes, classes): row i, column j holds the examples labelled i that truly are
        j. Divided by N, it is the joint distribution of given and true labels.

    >>> p = np.array([[0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.9, 0.1], [0.3, 0.7]])
    >>> confident_joint([0, 0, 1, 1, 1], p)
    array([[2., 0.],
           [1., 2.]])
    """
    y, p = _checked(y, probabilities, "confident_joint")
    classes = p.shape[1]
    likely = _confident_class(y, p)
    counted = likely >= 0
    joint = np.zeros((classes, classes))
    np.add.at(joint, (y[counted], likely[counted]), 1)
    if not calibrate:
        return joint
    labels = np.bincount(y, minlength=classes)
    sums = joint.sum(axis=1)
    # Labels none of whose examples reached a threshold are believed.
    joint[sums == 0, sums == 0] = 1  # on the diagonal
    return joint / joint.sum(axis=1, keepdims=True) * labels[:, np.newaxis]


def find_label_errors(y, probabilities, filter_by="noise_rate", ranking="self_confidence"):
    """Return the examples whose label is probably wrong, the worst first.

    Parameters
    ----------
    y, probabilities
        As for `label_quality`.
    filter_by : str
        "noise_rate" takes, for each pair of classes, as many examples as the joint distribution
        says are labelled i and truly j: those for which j is likelier than i by the most.
        "class" takes, for each class, as many as it says are labelled wrongly: those least
        likely to be of it. "both" takes what both take. "joint" takes all that count off the
        diagonal of the confident joint.
    ranking : str
        As for `label_quality`.

    Returns
    -------
    numpy.ndarray
        int64 indices, the least `label_quality` first. An example whose label is also the
        likeliest class is never among them.

    >>> p = np.array([[0.9, 0.1], [0.8, 0.2], [0.2, 0.8], [0.9, 0.1], [0.3, 0.7]])
    >>> find_label_errors([0, 0, 1, 1, 1], p)
    array([3])
    """
    y, p = _checked(y, probabilities, "find_label_errors")
    if filter_by not in FILTERS:
        raise checks.unknown_name("filter", filter_by, FILTERS)
    if filter_by == "joint":
        likely = _confident_class(y, p)
        suspect = (likely >= 0) & (likely != y)
    else:
        joint = np.rint(confident_joint(y, p)).astype(int)
        suspect = np.ones(len(y), bool)
        if filter_by in ("noise_rate", "both"):
            suspect &= _by_noise_rate(y, p, joint)
        if filter_by in ("class", "both"):
            suspect &= _by_class(y, p, joint)
    found = np.flatnonzero(suspect & (p.argmax(axis=1) != y))
    return found[np.argsort(label_quality(y, p, ranking)[found], kind="stable")]


def _by_noise_rate(y, p, joint):
    """Take joint[i, j] examples of each pair of label i and class j ≠ i, by p_j − p_i."""
    suspect = np.zeros(len(y), bool)
    for i, j in np.argwhere(joint > 0):
        if i != j:
            members = np.flatnonzero(y == i)
            surplus = p[members, j] - p[members, i]
            suspect[members[np.argsort(-surplus, kind="stable")[: joint[i, j]]]] = True
    return suspect


def _by_class(y, p, joint):
    """Take, of each label i, the examples least likely to be of it."""
    suspect = np.zeros(len(y), bool)
    for i, row in enumerate(joint):
        members = np.flatnonzero(y == i)
        order = np.argsort(p[members, i], kind="stable")
        suspect[members[order[: row.sum() - row[i]]]] = True
    return suspect


def _confident_class(y, p):
    """Return the likeliest of the classes whose threshold is reached, (N,); −1 if none is."""
    reached = p >= thresholds(y, p) - TOLERANCE
    likely = np.where(reached, p, -1).argmax(axis=1)
    return np.where(reached.any(axis=1), likely, -1)


def _others(y, p):
    """Return the probabilities with the given label's put out of the running."""
    others = p.copy()
    others[np.arange(len(y)), y] = -np.inf
    return others


def _checked(y, probabilities, what):
    p = checks.probabilities(probabilities, f"{what}: probabilities")
    y = checks.class_numbers(y, f"{what}: y", p.shape[1])
    if len(y) != len(p):
        raise ValueError(f"{what}: there are {len(y)} labels and {len(p)} rows of probabilities")
    return y, p
