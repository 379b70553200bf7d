"""Which image comes next.

Standard library only; tested by ``tests/label/test_queue.py``.
"""

import math

FILTERS = ("all", "unlabelled", "labelled", "skipped", "disagreed", "suspected")


class Queue:
    """Images in an order, and the filters that each of them passes.

    Parameters
    ----------
    images : sequence of str
        In the order that holds as long as nothing better is known.
    suspects : sequence of str
        These come first, in this order.

    >>> queue = Queue(["a", "b", "c"], suspects=["c"])
    >>> queue.put("b", {"unlabelled"})
    >>> queue.next("all"), queue.next("unlabelled"), queue.next("skipped")
    ('c', 'b', None)
    """

    def __init__(self, images, suspects=()):
        self._images = list(images)
        self._ranks = {image: rank for rank, image in enumerate(suspects)}
        self._passing = {name: set() for name in FILTERS}
        self._passing["all"].update(self._images)
        self.reorder({})

    def reorder(self, uncertainty):
        """Put the most uncertain image first, by {image: number}; the unknown ones last."""
        by_rank = {
            image: (self._ranks.get(image, math.inf), -uncertainty.get(image, -math.inf))
            for image in self._images
        }
        self._order = sorted(self._images, key=by_rank.get)
        self._positions = {image: position for position, image in enumerate(self._order)}

    def put(self, image, filters):
        """Note the filters that an image passes, apart from "all"."""
        for name in FILTERS[1:]:
            if name in filters:
                self._passing[name].add(image)
            else:
                self._passing[name].discard(image)

    def counts(self):
        """Return how many images pass each filter, a dict."""
        return {name: len(self._passing[name]) for name in FILTERS}

    def next(self, name, after=None, step=1):
        """Return the next image that passes a filter, or None.

        It is the first one in the order; or the next one after `after` (before it, if `step`
        is −1), around the end if need be, and `after` itself if it is the only one.
        """
        passing, count = self._passing[name], len(self._order)
        start = -1 if after is None else self._positions[after]
        if not passing:
            return None
        places = ((start + step * i) % count for i in range(1, count + 1))
        return next(image for image in map(self._order.__getitem__, places) if image in passing)
