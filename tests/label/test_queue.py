"""The queue, against the plainest way to say the same."""

import hypothesis.strategies as st
from hypothesis import given

from minidl.label.queue import FILTERS, Queue

IMAGES = [f"image {i}" for i in range(6)]
PASSING = st.fixed_dictionaries({image: st.sets(st.sampled_from(FILTERS[1:])) for image in IMAGES})


@given(PASSING, PASSING, st.sampled_from(FILTERS), st.none() | st.sampled_from(IMAGES))
def test_next_is_the_next_one_that_passes(before, passing, name, after):
    queue = Queue(IMAGES)
    for filters in (before, passing):
        for image in IMAGES:
            queue.put(image, filters[image])
    left = [image for image in IMAGES if name == "all" or name in passing[image]]
    assert queue.counts()[name] == len(left)
    start = -1 if after is None else IMAGES.index(after)
    around = IMAGES[start + 1 :] + IMAGES[: start + 1]
    assert queue.next(name, after) == next((image for image in around if image in left), None)


@given(PASSING, st.sampled_from(FILTERS), st.sampled_from(IMAGES))
def test_a_step_back_undoes_a_step(passing, name, start):
    queue = Queue(IMAGES)
    for image in IMAGES:
        queue.put(image, passing[image])
    first = queue.next(name, start)
    if first is not None:
        assert queue.next(name, queue.next(name, first), -1) == first


@given(st.dictionaries(st.sampled_from(IMAGES), st.floats(-1, 1)))
def test_the_most_uncertain_come_first_and_the_unknown_last(uncertainty):
    queue = Queue(IMAGES)
    queue.reorder(uncertainty)
    order = [queue.next("all")]
    while len(order) < len(IMAGES):
        order.append(queue.next("all", order[-1]))
    assert sorted(order) == IMAGES
    known = sorted(uncertainty, key=lambda image: (-uncertainty[image], image))
    assert order == known + [image for image in IMAGES if image not in uncertainty]


def test_suspects_stay_first_in_their_own_order():
    queue = Queue(["a", "b", "c", "d"], ["d", "b"])
    queue.reorder({"a": 3, "b": 2, "c": 5})
    order = ["d"]
    for _ in range(3):
        order.append(queue.next("all", order[-1]))
    assert order == ["d", "b", "c", "a"]
