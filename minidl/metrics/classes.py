"""Metrics that are worked out for each class and then averaged: F1 and intersection over union."""

import numpy as np

from minidl.metrics.metric import Metric, matched, spread
from minidl.runtime import checks


class F1Score(Metric):
    """2 · precision · recall / (precision + recall), class by class.

    Parameters
    ----------
    average : None, "micro", "macro" or "weighted"
        None: an array, one score a class. "micro": one score from the counts of all classes
        together. "macro": the mean of the classes' scores; "weighted": the same, weighted by
        how many examples each class has.
    threshold : float in (0, 1], optional
        An output above it is positive. If not given, an example's largest output is.
    name : str

    Notes
    -----
    Keras adds 1e-7 to the denominators; here an empty quotient is 0, so a perfect score is 1.

    >>> score = F1Score(average="macro")
    >>> score.update_state([[1, 0], [0, 1], [0, 1]], [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]])
    >>> round(score.result(), 4)
    0.6667
    """

    fields = ("average", "threshold")

    state_names = ("counts",)

    def __init__(self, average=None, threshold=None, name="f1_score"):
        if average not in (None, "micro", "macro", "weighted"):
            raise checks.unknown_name("F1Score average", average, ["micro", "macro", "weighted"])
        if threshold is not None:
            threshold = checks.real(threshold, "F1Score: threshold", 0, 1)
            if not threshold:
                raise ValueError("F1Score: threshold needs a number in (0, 1], got 0")
        self.average = average
        self.threshold = threshold
        super().__init__(name)

    def reset_state(self):
        """Forget all batches."""
        self.counts = None  # (3, classes): true positives, predicted, labelled

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in a batch: targets 0 or 1 and predictions (N, classes), weights (N,)."""
        y_true, y_pred = matched(y_true, y_pred, self.name)
        if y_pred.ndim != 2:
            raise ValueError(f"{self.name}: needs predictions (N, classes), got {y_pred.shape}")
        if self.counts is not None and self.counts.shape[1] != y_pred.shape[1]:
            raise ValueError(
                f"{self.name}: got {y_pred.shape[1]} classes after {self.counts.shape[1]}"
            )
        if self.threshold is None:
            positive = (y_pred >= y_pred.max(axis=-1, keepdims=True)) & (np.abs(y_pred) > 1e-9)
        else:
            positive = y_pred > self.threshold
        weights = spread(1.0 if sample_weight is None else sample_weight, y_pred.shape, self.name)
        found = np.array([positive * y_true, positive, y_true]) * weights
        self.counts = (0 if self.counts is None else self.counts) + found.sum(axis=1)

    def result(self):
        """Return the score, or with no `average` an array (classes,)."""
        if self.counts is None:
            return 0.0
        counts = self.counts.sum(axis=1, keepdims=True) if self.average == "micro" else self.counts
        right, predicted, labelled = counts
        total = predicted + labelled  # 2 TP / (2 TP + FP + FN), the same number
        scores = np.divide(2 * right, total, out=np.zeros_like(total), where=total > 0)
        if self.average is None:
            return scores
        if self.average == "weighted":
            return float((scores * labelled).sum() / labelled.sum()) if labelled.any() else 0.0
        return float(scores.mean())


class MeanIoU(Metric):
    """Intersection over union, the mean over classes: how well areas of pixels agree.

    IoU = TP / (TP + FP + FN) of each class; classes that neither targets nor predictions hold
    are left out.

    Parameters
    ----------
    num_classes : int
    name : str, optional
    ignore_class : int, optional
        A label whose pixels do not count, such as 255 for "unknown".
    sparse_y_true, sparse_y_pred : bool
        Whether targets, predictions, are class numbers (N, …); otherwise the largest of
        (N, …, classes) is taken. Note Keras's default: predictions are class numbers too.

    Notes
    -----
    Weights count as they are (Keras makes whole numbers of them), a perfect score is 1 (Keras
    adds 1e-7 to the denominators), and class numbers out of range are refused (Keras skips
    them).

    >>> iou = MeanIoU(num_classes=2)
    >>> iou.update_state([0, 0, 1, 1], [0, 1, 0, 1])
    >>> round(iou.result(), 4)
    0.3333
    """

    fields = ("num_classes", "ignore_class", "sparse_y_true", "sparse_y_pred")

    state_names = ("confusion",)

    def __init__(
        self, num_classes, name=None, ignore_class=None, sparse_y_true=True, sparse_y_pred=True
    ):
        self.num_classes = checks.integer(num_classes, "MeanIoU: num_classes")
        if ignore_class is not None:
            ignore_class = checks.integer(ignore_class, "MeanIoU: ignore_class", -(2**31))
        self.ignore_class = ignore_class
        self.sparse_y_true = bool(sparse_y_true)
        self.sparse_y_pred = bool(sparse_y_pred)
        super().__init__(name)

    def reset_state(self):
        """Forget all batches."""
        self.confusion = np.zeros((self.num_classes, self.num_classes))  # [label, prediction]

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Take in a batch; weights are (N,) or those of each pixel."""
        y_true = np.asarray(y_true) if self.sparse_y_true else np.argmax(y_true, axis=-1)
        y_pred = np.asarray(y_pred) if self.sparse_y_pred else np.argmax(y_pred, axis=-1)
        y_true, y_pred = matched(y_true, y_pred, self.name)
        weights = spread(1.0 if sample_weight is None else sample_weight, y_true.shape, self.name)
        counted = np.ones(y_true.shape, bool)
        if self.ignore_class is not None:
            counted = y_true != self.ignore_class
        labels = self._classes(y_true[counted], "label")
        found = self._classes(y_pred[counted], "prediction")
        cells = labels * self.num_classes + found
        totals = np.bincount(cells, weights[counted], minlength=self.num_classes**2)
        self.confusion += totals.reshape(self.confusion.shape)

    def result(self):
        """Return the mean over the classes that were seen; 0 if there was none."""
        right = np.diag(self.confusion)
        union = self.confusion.sum(axis=0) + self.confusion.sum(axis=1) - right
        seen = union > 1e-9
        return float(np.mean(right[seen] / union[seen])) if seen.any() else 0.0

    def _classes(self, numbers, what):
        right = (numbers >= 0) & (numbers < self.num_classes) & (numbers == np.floor(numbers))
        if not right.all():
            raise ValueError(
                f"{self.name}: {what} {numbers[~right][0]} is not a whole number in "
                f"0 … {self.num_classes - 1}"
            )
        return numbers.astype(np.int64)
