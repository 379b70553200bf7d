"""Agreement: of classes, of boxes and masks, and of several annotators."""

import numpy as np
import pytest

from minidl.label.agreement import agree, disagreed, settled
from minidl.label.annotation import Annotation, Box, Mask

HERE, THERE = ("cat", 0, 0, 9, 9), ("cat", 50, 0, 9, 9)
CAT, DOG = Annotation("cat"), Annotation("dog")


def boxes(*boxes):
    return Annotation(boxes=tuple(Box(name, *numbers) for name, *numbers in boxes))


def mask(array, name="cat"):
    flat = np.asarray(array).ravel(order="F")
    edges = np.flatnonzero(np.diff(flat)) + 1
    counts = np.diff([0, *edges, flat.size]).tolist()
    counts = [0, *counts] if flat[0] else counts
    return Annotation(masks=(Mask(name, np.shape(array), tuple(counts)),))


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (CAT, CAT, True),
        (CAT, DOG, False),
        (CAT, Annotation(), False),
        (boxes(("cat", 0, 0, 10, 10)), boxes(("cat", 0, 0, 10, 5)), True),
        (boxes(("cat", 0, 0, 10, 10)), boxes(("cat", 0, 0, 10, 4.9)), False),
        (boxes(("cat", 0, 0, 10, 10)), boxes(("dog", 0, 0, 10, 10)), False),
        (boxes(("cat", 0, 0, 10, 10)), boxes(), False),
        (boxes(HERE, THERE), boxes(THERE, HERE), True),
        (boxes(HERE, HERE), boxes(HERE, THERE), False),
        (mask([[1, 1], [0, 0]]), mask([[1, 0], [0, 0]]), True),
        (mask([[1, 1], [0, 0]]), mask([[0, 1], [1, 0]]), False),
        (mask([[1, 1], [0, 0]]), mask([[1, 1], [0, 0]], "dog"), False),
        (mask([[1, 1], [0, 0]]), mask([[1], [0]]), False),
    ],
)  # fmt: skip
def test_agree(a, b, same):
    assert agree(a, b) is agree(b, a) is same


def test_an_image_that_somebody_skips_is_not_disagreed_about():
    skipped = Annotation(skipped=True)
    assert not disagreed([])
    assert not disagreed([CAT])
    assert not disagreed([CAT, skipped, CAT])
    assert disagreed([CAT, skipped, DOG])


def test_what_holds():
    assert settled([]) is None
    assert settled([Annotation(skipped=True)]) is None
    assert settled([CAT, CAT]) is CAT
    assert settled([CAT, DOG]) is None
    assert settled([DOG, CAT, DOG]) is DOG
    assert settled([DOG, CAT, DOG, CAT]) is None
    first, second = boxes(("cat", 0, 0, 10, 10)), boxes(("cat", 0, 0, 10, 8))
    assert settled([first, second]) is second
    assert settled([first, first, boxes(("cat", 50, 0, 10, 8))]) is None
