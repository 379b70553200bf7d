"""Whether annotators agree, and on what.

May import NumPy and `minidl.data.annotations`; tested by ``tests/label/test_agreement.py``.
"""

from collections import Counter

import numpy as np

from minidl.data.annotations import runs

MATCH = 0.5  # intersection over union from which two boxes or masks are held for the same


def agree(a, b):
    """Whether two annotations say the same.

    They do if their classes are equal, and their boxes and masks match one to one: of the same
    class, with an intersection over union (IoU) of at least 0.5. Boxes are matched greedily,
    the best pair first.
    """
    return a.label == b.label and _boxes_match(a.boxes, b.boxes) and _masks_match(a.masks, b.masks)


def disagreed(annotations):
    """Whether any two of an image's annotations differ; those that skip it do not count."""
    told = [each for each in annotations if not each.skipped]
    return any(not agree(told[0], other) for other in told[1:])


def settled(annotations):
    """Return the annotation that holds, or None if there is none or opinions are divided.

    Of annotations that all agree, the last one holds. Otherwise a class holds, without boxes and
    masks, if it has more votes than any other.
    """
    told = [each for each in annotations if not each.skipped]
    if not told:
        return None
    if not disagreed(told):
        return told[-1]
    if any(each.boxes or each.masks for each in told):
        return None
    (first, votes), *others = Counter(each.label for each in told).most_common(2)
    if others and others[0][1] == votes:
        return None
    return next(each for each in told if each.label == first)


def _boxes_match(first, second):
    if Counter(box.label for box in first) != Counter(box.label for box in second):
        return False
    pairs = sorted(
        ((_box_iou(a, b), i, j) for i, a in enumerate(first) for j, b in enumerate(second)
         if a.label == b.label),
        reverse=True,
    )  # fmt: skip
    left, right = set(), set()
    for iou, i, j in pairs:
        if iou >= MATCH and i not in left and j not in right:
            left.add(i)
            right.add(j)
    return len(left) == len(first)


def _masks_match(first, second):
    first, second = ({mask.label: mask for mask in masks} for masks in (first, second))
    return set(first) == set(second) and all(
        first[name].size == second[name].size
        and _mask_iou(_pixels(first[name]), _pixels(second[name])) >= MATCH
        for name in first
    )


def _box_iou(a, b):
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    common = max(width, 0) * max(height, 0)
    return common / (a.width * a.height + b.width * b.height - common)


def _mask_iou(a, b):
    union = np.count_nonzero(a | b)
    return np.count_nonzero(a & b) / union if union else 1.0


def _pixels(mask):
    return runs.decode(mask.counts, *mask.size)
