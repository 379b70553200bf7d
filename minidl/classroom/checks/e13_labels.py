"""Exercise 13: labels, held against counting by hand: pairs of items, and unit squares of boxes."""

import fractions

import numpy as np

from minidl.classroom.task import Exercise, Task

TIGHT = 1e-9


def _answers_of_two(draw):
    classes, N = draw.integer(2, 4), draw.integer(1, 6)
    largest = classes - 1 - draw.choice(0, 1)
    pairs = [draw.array(N, low=0, high=largest, dtype="int64") for _ in range(2)]
    return (*pairs, classes)


def _labels_of_two(draw):
    if draw.choice(False, False, False, False, True):
        same = np.full(draw.integer(1, 3), draw.integer(0, 2))
        return same, same.copy()
    N = draw.integer(2, 6)
    return tuple(draw.array(N, low=0, high=2, dtype="int64") for _ in range(2))


def _probabilities(draw):
    """Return quarters, so that equal margins are exactly equal, or sixteenths."""
    N, classes, parts = draw.integer(2, 7), draw.choice(3, 4, 2), draw.choice(4, 16, 16)
    cuts = np.sort(draw.array(N, classes - 1, low=0, high=parts), axis=1)
    return np.diff(cuts, axis=1, prepend=0, append=parts) / parts, draw.integer(1, N)


def _two_boxes(draw):
    return _box(draw), _box(draw)


def _box(draw):
    left, top = draw.integer(0, 3), draw.integer(0, 3)
    return np.array([left, top, left + draw.integer(1, 4), top + draw.integer(1, 4)])


def _confusion_matrix(y_true, y_pred, classes):
    pairs = list(zip(y_true.tolist(), y_pred.tolist(), strict=True))
    return np.array([[pairs.count((i, j)) for j in range(classes)] for i in range(classes)])


def _counted_once(y_true, y_pred, classes):
    return np.minimum(_confusion_matrix(y_true, y_pred, classes), 1)


def _only_those_that_occur(y_true, y_pred, classes):
    occur = np.union1d(y_true, y_pred)
    return _confusion_matrix(y_true, y_pred, classes)[np.ix_(occur, occur)]


def _up_to_the_largest(y_true, y_pred, classes):
    return _confusion_matrix(y_true, y_pred, int(max(y_true.max(), y_pred.max())) + 1)


def _only_the_diagonal(y_true, y_pred, classes):
    return np.diag(np.diag(_confusion_matrix(y_true, y_pred, classes)))


def _rows_of_shares(y_true, y_pred, classes):
    counts = _confusion_matrix(y_true, y_pred, classes)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def _agreement(first, second):
    """Return p_o and p_e as fractions: of the items, and of all pairs of a label each."""
    first, second = first.tolist(), second.tolist()
    same = sum(a == b for a, b in zip(first, second, strict=True))
    by_chance = sum(a == b for a in first for b in second)
    return fractions.Fraction(same, len(first)), fractions.Fraction(by_chance, len(first) ** 2)


def _cohen_kappa(first, second):
    return _kappa(*_agreement(first, second))


def _kappa(observed, by_chance):
    if by_chance == 1:
        return float("nan")
    return float((observed - by_chance) / (1 - by_chance))


def _kappa_by(chance):
    """Return a kappa with another p_e, `chance` of the two people's labels."""

    def mistaken(first, second):
        observed, by_chance = _agreement(first, second)
        return _kappa(observed, by_chance if by_chance == 1 else chance(first, second))

    return mistaken


def _even(first, second):
    return fractions.Fraction(1, len(np.union1d(first, second)))


def _of_the_first(first, second):
    return _agreement(first, first)[1]


def _pooled(first, second):
    both = np.concatenate([first, second])
    return _agreement(both, both)[1]


def _of_different_lengths(first, second):
    by_chance = np.sum(np.bincount(first) * np.bincount(second)) / len(first) ** 2
    return _kappa(float(_agreement(first, second)[0]), by_chance)


def _one_for_nan(first, second):
    kappa = _cohen_kappa(first, second)
    return 1.0 if np.isnan(kappa) else kappa


def _zero_for_nan(first, second):
    return float(np.nan_to_num(_cohen_kappa(first, second)))


def _chosen_by(measure):
    """Return the k items of smallest `measure`, a function of a row of probabilities."""

    def choice(p, k):
        measures = [measure(row) for row in p.tolist()]
        return np.array(sorted(range(len(p)), key=lambda n: (measures[n], n))[:k])

    return choice


def _margin(row):
    second, first = sorted(row)[-2:]
    return first - second


def _ratio(row):
    second, first = sorted(row)[-2:]
    return first / second if second else np.inf


_margin_sampling = _chosen_by(_margin)


def _later_first(p, k):
    return len(p) - 1 - _margin_sampling(p[::-1], k)


def _box_iou(a, b):
    a, b = _squares(a), _squares(b)
    return len(a & b) / len(a | b)


def _squares(box):
    """Return the unit squares of a box with whole-number corners."""
    left, top, right, bottom = (int(side) for side in box)
    return {(x, y) for x in range(left, right) for y in range(top, bottom)}


def _sides(a, b):
    """Return width and height of what two boxes have in common; negative if they are apart."""
    return np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])


def _area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def _over(covered):
    """Return what is in common, divided by `covered` of the common area and both boxes."""

    def mistaken(a, b):
        common = np.prod(np.maximum(_sides(a, b), 0))
        return common / covered(common, a, b)

    return mistaken


def _not_cut_at_zero(a, b):
    common = np.prod(_sides(a, b))
    return common / (_area(a) + _area(b) - common)


def _pixels(a, b):
    longer = np.array([0, 0, 1, 1])
    return _box_iou(a + longer, b + longer)


def _around(a, b):
    return np.prod(np.maximum(a[2:], b[2:]) - np.minimum(a[:2], b[:2]))


def _corners_as_sizes(a, b):
    return _box_iou(*(np.concatenate([box[:2], box[:2] + box[2:]]) for box in (a, b)))


EXERCISE = Exercise(
    number=13,
    name="labels",
    tasks=(
        Task(
            "confusion_matrix",
            inputs=_answers_of_two,
            judge=_confusion_matrix,
            tolerance=TIGHT,
            mistakes={
                "rows and columns are exchanged": lambda y_true, y_pred, classes: _confusion_matrix(
                    y_pred, y_true, classes
                ),
                "`=` for `+=`: a pair that occurs twice is counted once": _counted_once,
                "only right answers are counted": _only_the_diagonal,
                "classes that do not occur are left out": _only_those_that_occur,
                "the largest label decides the size instead of `classes`": _up_to_the_largest,
                "shares of each row instead of counts": _rows_of_shares,
                "shares of all items instead of counts": lambda y_true, y_pred, classes: (
                    _confusion_matrix(y_true, y_pred, classes) / len(y_true)
                ),
            },
        ),
        Task(
            "cohen_kappa",
            inputs=_labels_of_two,
            judge=_cohen_kappa,
            tolerance=TIGHT,
            mistakes={
                "the share of equal labels: chance is not taken off": lambda first, second: float(
                    _agreement(first, second)[0]
                ),
                "not divided by 1 − p_e": lambda first, second: float(
                    np.subtract(*_agreement(first, second))
                ),
                "chance as if all classes were equally frequent": _kappa_by(_even),
                "chance from the first person's labels alone": _kappa_by(_of_the_first),
                "chance from both people's labels put together": _kappa_by(_pooled),
                "the two rows of shares differ in length: minlength is needed": (
                    _of_different_lengths
                ),
                "1 instead of NaN where both gave one class only": _one_for_nan,
                "0 instead of NaN where both gave one class only": _zero_for_nan,
            },
        ),
        Task(
            "margin_sampling",
            inputs=_probabilities,
            judge=_margin_sampling,
            mistakes={
                "of equal margins the later index first": _later_first,
                "the surest first": _chosen_by(lambda row: -_margin(row)),
                "likeliest minus least likely class": _chosen_by(lambda row: max(row) - min(row)),
                "the likeliest class alone instead of the margin": _chosen_by(max),
                "first minus second column: the classes are not sorted": _chosen_by(
                    lambda row: row[0] - row[1]
                ),
                "the two likeliest divided instead of subtracted": _chosen_by(_ratio),
                "sorted by index instead of by margin": lambda p, k: np.sort(
                    _margin_sampling(p, k)
                ),
                "margins instead of indices": lambda p, k: np.array(
                    sorted(_margin(row) for row in p)[:k]
                ),
                "all N items instead of k": lambda p, k: _margin_sampling(p, len(p)),
            },
        ),
        Task(
            "box_iou",
            inputs=_two_boxes,
            judge=_box_iou,
            tolerance=TIGHT,
            mistakes={
                "boxes that are apart: minus times minus gives an overlap": _not_cut_at_zero,
                "the overlap is counted twice in the union": _over(
                    lambda common, a, b: _area(a) + _area(b)
                ),
                "divided by the mean area instead of the union": _over(
                    lambda common, a, b: (_area(a) + _area(b)) / 2
                ),
                "divided by the smaller box instead of the union": _over(
                    lambda common, a, b: min(_area(a), _area(b))
                ),
                "divided by the first box instead of the union": _over(
                    lambda common, a, b: _area(a)
                ),
                "divided by the box around both instead of the union": _over(
                    lambda common, a, b: _around(a, b)
                ),
                "not divided by the union": _over(lambda common, a, b: 1),
                "sides are one too long: right − left + 1": _pixels,
                "right and bottom are taken for width and height": _corners_as_sizes,
            },
        ),
    ),
    hints=(
        """
        Work out the examples in the docstrings on paper first.
        confusion_matrix: what does one item change in the matrix?
        cohen_kappa: which two shares does it need?
        margin_sampling: which two numbers of a row make its margin?
        box_iou: draw two boxes that overlap, and two that do not.
        """,
        """
        confusion_matrix: start from zeros, and add 1 for each item.
        cohen_kappa: np.bincount counts how often each class was given.
        margin_sampling: sort each row. Then sort the margins, with a sort that keeps equal ones
        in their order: kind="stable".
        box_iou: the overlap's left side is the larger one of two left sides. What comes out as
        its width if the boxes are apart, and what should it be?
        """,
        """
        confusion_matrix:

            for i, j in zip(y_true, y_pred):
                M[i, j] += 1

        cohen_kappa, with both rows of shares of one length:

            a = np.bincount(first, minlength=classes) / len(first)
            p_o = np.mean(first == second)
            p_e = …

        margin_sampling:

            top = np.sort(p, axis=1)
            margin = top[:, -1] - …

        box_iou:

            width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
            union = area of a + area of b - overlap
        """,
    ),
)
