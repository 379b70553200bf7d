"""Exercise 12: data, held against loops over single numbers and examples."""

import math

import numpy as np

from minidl.classroom import answers
from minidl.classroom.task import Exercise, Task

SAME = "the same order for the same seed"
ANOTHER = "another order for the same seed"


def _two_sets(draw):
    D = draw.integer(1, 2)
    train, test = draw.array(draw.integer(1, 4), D), draw.array(draw.integer(1, 2), D)
    if draw.choice(False, False, True):
        train[:, -1] = train[0, -1]
    return train, test


def _labelled_groups(draw):
    groups = draw.array(draw.integer(1, 8), low=0, high=5, dtype=int)
    of_group = draw.array(6, low=0, high=1, dtype=int)
    return of_group[groups], groups, draw.integer(2, 3)


def _count_size_and_seed(draw):
    return draw.integer(1, 7), draw.integer(1, 4), draw.integer(0, 9)


def _image_and_boxes(draw):
    H, W = draw.integer(1, 3), draw.integer(1, 4)
    boxes = [_box(draw, H, W) for _ in range(draw.integer(1, 2))]
    return draw.array(H, W, draw.choice(1, 3), low=0, high=9), np.array(boxes, float)


def _box(draw, H, W):
    x, y = draw.integer(0, W - 1), draw.integer(0, H - 1)
    return x, y, draw.integer(x + 1, W), draw.integer(y + 1, H)


def _standardise(train, test):
    sets = np.zeros(train.shape), np.zeros(test.shape)
    for d in range(train.shape[1]):
        values = train[:, d].tolist()
        mean = math.fsum(values) / len(values)
        std = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / len(values)) or 1.0
        for x, result in zip((train, test), sets, strict=True):
            result[:, d] = [(v - mean) / std for v in x[:, d].tolist()]
    return sets


def _folds(labels, groups, k):
    """Count, for each example, the groups of its class that began before its own."""
    pairs = list(zip(labels.tolist(), groups.tolist(), strict=True))
    before = [
        {group for which, group in pairs[: pairs.index(pair)] if which == pair[0]} for pair in pairs
    ]
    return np.array([len(each) % k for each in before])


def _batches(count, size, seed):
    left, found = _order(count, seed).tolist(), []
    while left:
        found.append(np.array(left[:size]))
        del left[:size]
    return SAME, found


def _ask_for_batches(learner, count, size, seed):
    first, again = (learner.batches(100, 9, seed) for _ in range(2))
    arrays = isinstance(first, list) and all(isinstance(batch, np.ndarray) for batch in first)
    if arrays and not answers.agree(first, again):
        return ANOTHER, []
    return SAME, learner.batches(count, size, seed)


def _flip(image, boxes):
    H, W, _ = image.shape
    mirrored = np.zeros_like(image)
    for p, q in np.ndindex(H, W):
        mirrored[p, W - 1 - q] = image[p, q]
    moved = [(W - right, top, W - left, bottom) for left, top, right, bottom in boxes.tolist()]
    return mirrored, np.array(moved)


def _standardised(of, axis=0, scale=np.std, shift=True):
    """Return both sets standardised; `of` gives those that their statistics are taken from."""

    def mistaken(train, test):
        results = []
        for x, source in zip((train, test), of(train, test), strict=True):
            by = scale(source, axis=axis, keepdims=True)
            mean = shift * source.mean(axis=axis, keepdims=True)
            results.append((x - mean) / np.where(by == 0, 1, by))
        return tuple(results)

    return mistaken


def _of_train(train, test):
    return train, train


def _each_its_own(train, test):
    return train, test


def _of_both(train, test):
    return (np.concatenate([train, test]),) * 2


def _with_division_by_zero(train, test):
    return tuple((x - train.mean(axis=0)) / train.std(axis=0) for x in (train, test))


def _of_one_less(x, axis, keepdims):
    return np.sqrt(x.var(axis=axis, keepdims=keepdims) * len(x) / np.float64(len(x) - 1))


def _dealt(folds_of):
    """Return folds, each class by itself; `folds_of` takes its groups and k."""

    def mistaken(labels, groups, k):
        fold = np.zeros(len(labels), int)
        for label in set(labels.tolist()):
            fold[labels == label] = folds_of(groups[labels == label], k)
        return fold

    return mistaken


def _in_order_of_numbers(groups, k):
    return np.unique(groups, return_inverse=True)[1] % k


def _in_blocks(groups, k):
    seen = list(dict.fromkeys(groups.tolist()))
    fold = {g: n for n, part in enumerate(np.array_split(seen, k)) for g in part.tolist()}
    return [fold[group] for group in groups.tolist()]


def _without_classes(labels, groups, k):
    return _folds(np.zeros_like(labels), groups, k)


def _one_for_each_group(labels, groups, k):
    first = sorted(np.unique(groups, return_index=True)[1].tolist())
    return _folds(labels, groups, k)[first]


def _order(count, seed):
    return np.random.default_rng(seed).permutation(count)


def _cut(order_of, starts=lambda count, size: range(0, count, size)):
    """Return batches of another order, or cut at other places."""

    def mistaken(count, size, seed):
        order = np.asarray(order_of(count, seed))
        return SAME, [order[start : start + size] for start in starts(count, size)]

    return mistaken


def _filled_up(count, size, seed):
    whole = -(-count // size)
    return SAME, list(np.resize(_order(count, seed), (whole, size)))


def _last_overlaps(count, size, seed):
    _, found = _batches(count, size, seed)
    return SAME, [*found[:-1], _order(count, seed)[-size:]]


def _each_shuffled(count, size, seed):
    rng = np.random.default_rng(seed)
    cut = [np.arange(start, min(start + size, count)) for start in range(0, count, size)]
    return SAME, [rng.permutation(batch) for batch in cut]


def _flipped(image=None, boxes=None):
    """Return the right pair, but for what is computed by a function of image and boxes."""

    def mistaken(*arguments):
        right = _flip(*arguments)
        return (
            right[0] if image is None else image(*arguments),
            right[1] if boxes is None else boxes(*arguments),
        )

    return mistaken


def _mirrored(box_columns, from_columns, size):
    """Return a function that puts `size` − some columns of the boxes into others."""

    def boxes_of(image, boxes):
        moved = boxes.copy()
        moved[:, box_columns] = size(image) - boxes[:, from_columns]
        return moved

    return boxes_of


def _width(image):
    return image.shape[1]


def _height(image):
    return image.shape[0]


_UPSIDE_DOWN = _mirrored([1, 3], [3, 1], _height)

EXERCISE = Exercise(
    number=12,
    name="data",
    tasks=(
        Task(
            "standardise_sets",
            inputs=_two_sets,
            judge=_standardise,
            tolerance=1e-9,
            mistakes={
                "the test set's own statistics are used": _standardised(_each_its_own),
                "the test set leaks: statistics of both sets together": _standardised(_of_both),
                "the test set is left as it is": lambda train, test: (
                    _standardise(train, test)[0],
                    test,
                ),
                "a column of equal numbers divides by 0": _with_division_by_zero,
                "one mean for all columns": _standardised(_of_train, axis=(0, 1)),
                "divided by the variance instead of its root": _standardised(
                    _of_train, scale=np.var
                ),
                "N − 1 instead of N in the standard deviation": _standardised(
                    _of_train, scale=_of_one_less
                ),
                "the mean is not subtracted": _standardised(_of_train, shift=False),
                "not divided by the standard deviation": lambda train, test: (
                    train - train.mean(axis=0),
                    test - train.mean(axis=0),
                ),
            },
        ),
        Task(
            "folds",
            inputs=_labelled_groups,
            judge=_folds,
            mistakes={
                "groups are torn apart: examples are dealt out": _dealt(
                    lambda groups, k: np.arange(len(groups)) % k
                ),
                "neither groups nor classes: every k-th example": lambda labels, groups, k: (
                    np.arange(len(labels)) % k
                ),
                "not by class: all groups are dealt out together": _without_classes,
                "groups in the order of their numbers, not as they appear": _dealt(
                    _in_order_of_numbers
                ),
                "the group's number modulo k": lambda labels, groups, k: groups % k,
                "a class goes to one fold as a whole": lambda labels, groups, k: labels % k,
                "neighbouring groups go to one fold instead of in turn": _dealt(_in_blocks),
                "the folds count from 1": lambda labels, groups, k: 1 + _folds(labels, groups, k),
                "one number for each group instead of each example": _one_for_each_group,
                "modulo k is missing: more than k folds": lambda labels, groups, k: _folds(
                    labels, groups, 1000
                ),
            },
        ),
        Task(
            "batches",
            inputs=_count_size_and_seed,
            judge=_batches,
            ask=_ask_for_batches,
            mistakes={
                "the seed is left out: another order each time": lambda count, size, seed: (
                    ANOTHER,
                    [],
                ),
                "the seed is left out: always the same order": _cut(
                    lambda count, seed: _order(count, 0)
                ),
                "the last short batch is lost": _cut(
                    _order, lambda count, size: range(0, count - size + 1, size)
                ),
                "an empty batch at the end": _cut(
                    _order, lambda count, size: range(0, count + 1, size)
                ),
                "not shuffled": _cut(lambda count, seed: np.arange(count)),
                "each batch is shuffled by itself: neighbours stay together": _each_shuffled,
                "drawn with replacement: some come twice, others never": _cut(
                    lambda count, seed: np.random.default_rng(seed).integers(0, count, count)
                ),
                "the last batch is filled up from the start": _filled_up,
                "the last batch overlaps the one before": _last_overlaps,
                "the order of np.random.seed, the older generator": _cut(
                    lambda count, seed: np.random.RandomState(seed).permutation(count)
                ),
                "the batches overlap: each begins one further": _cut(
                    _order, lambda count, size: range(count)
                ),
                "`size` batches instead of batches of `size`": lambda count, size, seed: (
                    SAME,
                    np.array_split(_order(count, seed), size),
                ),
            },
        ),
        Task(
            "flip",
            inputs=_image_and_boxes,
            judge=_flip,
            tolerance=1e-9,
            mistakes={
                "the boxes stay where they were": _flipped(boxes=lambda image, boxes: boxes),
                "the image stays as it was": _flipped(image=lambda image, boxes: image),
                "x_min and x_max are not exchanged": _flipped(
                    boxes=_mirrored([0, 2], [0, 2], _width)
                ),
                "W − 1 − x instead of W − x: places are between pixels": _flipped(
                    boxes=_mirrored([0, 2], [2, 0], lambda image: _width(image) - 1)
                ),
                "the height instead of the width": _flipped(
                    boxes=_mirrored([0, 2], [2, 0], _height)
                ),
                "image and boxes are turned upside down": _flipped(
                    image=lambda image, boxes: image[::-1], boxes=_UPSIDE_DOWN
                ),
                "the image is turned upside down": _flipped(image=lambda image, boxes: image[::-1]),
                "the boxes are turned upside down: y instead of x": _flipped(boxes=_UPSIDE_DOWN),
                "the image is mirrored both ways": _flipped(
                    image=lambda image, boxes: image[::-1, ::-1]
                ),
                "the colours are reversed instead of the columns": _flipped(
                    image=lambda image, boxes: image[..., ::-1]
                ),
                "W − x_max for both: the boxes have no width": _flipped(
                    boxes=_mirrored([0, 2], [2, 2], _width)
                ),
            },
        ),
    ),
    hints=(
        """
        At each step ask: what would be known if the test set did not exist yet? For folds,
        write two classes with three groups each on paper, and deal them out by hand. For flip,
        draw an image that is 4 wide, and a box from 0 to 1.
        """,
        """
        standardise_sets: compute mean and std once, from train.
        folds: a dictionary from group to fold remembers where a group has gone; another one
        counts the groups of each class so far.
        batches: a slice that reaches over the end is just shorter.
        flip: which edge of a box is on the left in the mirror?
        """,
        """
        standardise_sets:

            std = train.std(axis=0)
            std[std == 0] = 1

        folds, for each example's label and group:

            if group not in fold:
                fold[group] = seen[label] % k    # and one more of this class is seen

        batches: range(0, count, size) says where each batch begins.
        flip: image[:, ::-1], and the new x_min is W - x_max.
        """,
    ),
)
