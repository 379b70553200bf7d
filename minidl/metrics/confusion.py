"""Metrics that count true and false positives and negatives, for one or many thresholds.

Precision = TP / (TP + FP): how many of the finds are right. Recall = TP / (TP + FN): how many
of what is there are found. An empty quotient is 0, as in Keras.
"""

import numpy as np

from minidl import ops
from minidl.metrics.metric import Metric, matched, spread
from minidl.runtime import checks

#: Of `AUC`: a few arrays of 8 MB.
MOST_THRESHOLDS = 1_000_000


class ConfusionMetric(Metric):
    """Weighted counts TP, FP, TN and FN at every threshold; a prediction above it is positive."""

    #: Numbers in rising order; set before the constructor of this class is called.
    _levels = ()

    state_names = ("positives", "false_positives", "labelled_positive", "labelled_negative")

    def reset_state(self):
        """Forget all batches."""
        self.positives = np.zeros(len(self._levels))  # predicted so, and right: TP
        self.false_positives = np.zeros(len(self._levels))
        self.labelled_positive = 0.0
        self.labelled_negative = 0.0

    def count(self, y_true, y_pred, weights):
        """Add targets (0 is negative, all else positive), predictions and weights of one shape."""
        above = np.searchsorted(self._levels, y_pred.ravel(), side="left")  # thresholds below
        is_positive = (y_true != 0).ravel()
        weights = weights.ravel()
        for counts, chosen in (
            (self.positives, is_positive),
            (self.false_positives, ~is_positive),
        ):
            size = len(self._levels) + 1
            steps = np.bincount(above[chosen], weights[chosen], minlength=size)
            counts += np.cumsum(steps[::-1])[::-1][1:]
        self.labelled_positive += float(weights[is_positive].sum())
        self.labelled_negative += float(weights[~is_positive].sum())

    def precision(self):
        """Return TP / (TP + FP) at each threshold."""
        return _quotient(self.positives, self.positives + self.false_positives)

    def recall(self):
        """Return TP / (TP + FN) at each threshold: the true-positive rate."""
        return _quotient(self.positives, self.labelled_positive)

    def false_positive_rate(self):
        """Return FP / (FP + TN) at each threshold."""
        return _quotient(self.false_positives, self.labelled_negative)


class _AtThresholds(ConfusionMetric):
    """Precision and recall: what is positive, and of which outputs."""

    fields = ("thresholds", "top_k", "class_id")

    def __init__(self, thresholds=None, top_k=None, class_id=None, name=None):
        kind = type(self).__name__
        self.top_k = None if top_k is None else checks.integer(top_k, f"{kind}: top_k")
        self.class_id = (
            None if class_id is None else checks.integer(class_id, f"{kind}: class_id", 0)
        )
        given = [0.5 if top_k is None else -np.inf] if thresholds is None else thresholds
        given = np.ravel(given).tolist()
        if thresholds is not None:
            given = [checks.real(level, f"{kind}: thresholds", 0, 1) for level in given]
            if not given:
                raise ValueError(f"{kind}: thresholds needs at least one number, got none")
        self.thresholds = thresholds
        if thresholds is not None:
            self.thresholds = given if np.ndim(thresholds) else given[0]
        self._order = np.argsort(given, kind="stable")
        self._levels = np.array(given)[self._order]
        super().__init__(name)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in a batch: targets 0 or 1 and predictions (N, …), weights (N,) or (N, …)."""
        y_true, y_pred = matched(y_true, y_pred, self.name)
        weights = spread(1.0 if sample_weight is None else sample_weight, y_pred.shape, self.name)
        if self.top_k is not None:
            y_pred = _only_top_k(y_pred, self.top_k, self.name)
        if self.class_id is not None:
            if y_pred.ndim < 2 or self.class_id >= y_pred.shape[-1]:
                raise ValueError(
                    f"{self.name}: there is no class {self.class_id} in predictions of shape "
                    f"{y_pred.shape}"
                )
            y_true, y_pred, weights = (a[..., self.class_id] for a in (y_true, y_pred, weights))
        self.count(y_true, y_pred, weights)

    def _in_given_order(self, values):
        """Return a number, or for more thresholds an array in the order they were given."""
        if len(values) == 1:
            return float(values[0])
        result = np.empty_like(values)
        result[self._order] = values
        return result


class Precision(_AtThresholds):
    """TP / (TP + FP): how many of the examples that were found are right.

    Parameters
    ----------
    thresholds : float or sequence of float in [0, 1], optional
        A prediction above it is positive; 0.5 if not given. For more than one the result is an
        array.
    top_k : int, optional
        Count only the k largest outputs of an example as positive, whatever their values if
        `thresholds` is not given. Of equal outputs the first are taken.
    class_id : int, optional
        Look at this output only.
    name : str

    >>> precision = Precision()
    >>> precision.update_state([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1])
    >>> round(precision.result(), 4)
    0.6667
    """

    def result(self):
        """Return the precision, or an array of one for each threshold."""
        return self._in_given_order(self.precision())


class Recall(_AtThresholds):
    """TP / (TP + FN): how many of the examples that are there were found.

    Parameters are those of `Precision`.

    >>> recall = Recall(thresholds=[0.5, 0.75])
    >>> recall.update_state([0, 1, 1, 1], [0.9, 0.8, 0.7, 0.1])
    >>> recall.result().round(4)
    array([0.6667, 0.3333])
    """

    def result(self):
        """Return the recall, or an array of one for each threshold."""
        return self._in_given_order(self.recall())


class AUC(ConfusionMetric):
    """Area under a curve that the threshold draws: 1 if a threshold divides the classes.

    Parameters
    ----------
    num_thresholds : int, from 2 to 1,000,000
        Evenly spaced in [0, 1], the ends included. The area is exact as it grows; memory grows
        with it, and a model file may ask for it, hence the limit.
    curve : "ROC" or "PR"
        "ROC": recall over false-positive rate, by trapezoids; the chance that a positive gets
        a higher prediction than a negative. "PR": precision over recall, interpolated as in
        Davis and Goadrich, 2006, "The relationship between precision-recall and ROC curves":
        between two thresholds FP grows linearly with TP. As in Keras.
    from_logits : bool
        Whether predictions are logits; the sigmoid makes them probabilities.
    name : str

    >>> auc = AUC(num_thresholds=3)
    >>> auc.update_state([0, 0, 1, 1], [0, 0.5, 0.3, 0.9])
    >>> auc.result()
    0.75
    """

    fields = ("num_thresholds", "curve", "from_logits")

    def __init__(self, num_thresholds=200, curve="ROC", name=None, *, from_logits=False):
        self.num_thresholds = checks.integer(num_thresholds, "AUC: num_thresholds", 2)
        if num_thresholds > MOST_THRESHOLDS:
            raise ValueError(
                f"AUC: num_thresholds needs at most {MOST_THRESHOLDS:,}, got {num_thresholds:,}"
            )
        if curve not in ("ROC", "PR"):
            raise checks.unknown_name("AUC curve", curve, ["ROC", "PR"])
        self.curve = curve
        self.from_logits = bool(from_logits)
        self._levels = np.arange(num_thresholds) / (num_thresholds - 1)
        self._levels[0], self._levels[-1] = -1e-7, 1 + 1e-7  # all are positive, none is
        super().__init__("auc" if name is None else name)

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in a batch: targets 0 or 1, probabilities (N, …), weights (N,) or (N, …)."""
        y_true, y_pred = matched(y_true, y_pred, self.name)
        weights = spread(1.0 if sample_weight is None else sample_weight, y_pred.shape, self.name)
        if self.from_logits:
            y_pred = ops.sigmoid(y_pred)
        inside = (y_pred >= 0) & (y_pred <= 1)
        if not inside.all():
            raise ValueError(
                f"{self.name}: predictions need to be probabilities in 0 … 1, got "
                f"{y_pred[~inside][0]}; for logits give from_logits=True"
            )
        self.count(y_true, y_pred, weights)

    def result(self):
        """Return the area."""
        if self.curve == "PR":
            return self._area_under_precision_recall()
        x, y = self.false_positive_rate(), self.recall()
        return float(np.sum((x[:-1] - x[1:]) * (y[:-1] + y[1:]) / 2))

    def _area_under_precision_recall(self):
        """Integrate precision over recall; TP = intercept + slope · (TP + FP) between thresholds.

        ∫ precision dTP = ∫ (slope + intercept / P) · slope dP with P = TP + FP.
        """
        tp, p = self.positives, self.positives + self.false_positives
        gained = tp[:-1] - tp[1:]
        slope = _quotient(gained, p[:-1] - p[1:])
        intercept = tp[1:] - slope * p[1:]
        both = (p[:-1] > 0) & (p[1:] > 0)
        ratio = np.where(both, _quotient(p[:-1], p[1:]), 1.0)
        areas = slope * (gained + intercept * np.log(ratio))
        return float(np.sum(_quotient(areas, self.labelled_positive)))


def _quotient(part, whole):
    """Return part / whole, 0 where the whole is 0."""
    whole = np.broadcast_to(whole, part.shape)
    return np.divide(part, whole, out=np.zeros(part.shape), where=whole != 0)


def _only_top_k(y_pred, k, name):
    """Return predictions with all but the k largest of each example set to −infinity."""
    if k > y_pred.shape[-1]:
        raise ValueError(f"{name}: top_k={k}, but there are {y_pred.shape[-1]} outputs")
    chosen = np.argsort(-y_pred, axis=-1, kind="stable")[..., :k]
    kept = np.full(y_pred.shape, -np.inf)
    np.put_along_axis(kept, chosen, np.take_along_axis(y_pred, chosen, axis=-1), axis=-1)
    return kept
