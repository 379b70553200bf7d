"""A loader: examples read when they are needed, transformed, shuffled, batched, read ahead.

May import ``reader``; tested by ``tests/data/test_dataset.py``.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from minidl.data.reader import ImageReader
from minidl.runtime import checks, random

Get = Callable[[int], object]


class Dataset:
    """Examples, or batches of them, in an order: an iterable with a length, as `fit` takes it.

    An element is an array, a tuple of arrays such as (image, label), or a dict of arrays.
    Nothing is read before it is iterated over, and nothing is kept, unless by `cache`: a
    folder may be larger than memory. Methods return a new Dataset, and leave this one alone:

        Dataset.from_files(paths, labels).shuffle().map(scale).batch(32).prefetch()

    Elements are reached by their number, so that `shuffle` mixes all of them, not those in a
    buffer, and does not read a file to do so.

    Attributes
    ----------
    class_names : list of str, or None
        What the class numbers stand for, if the source says so.
    file_paths : list, or None
        The files, in the order of the source.
    epoch : int
        The one that iterating gives next; set it to go on where training was broken off.
    """

    def __init__(
        self,
        length: int,
        start: Callable[[int], Get],
        class_names: Sequence[str] | None = None,
        file_paths: Sequence | None = None,
    ):
        """``start(epoch)`` begins an epoch: it returns a function from a number to its element."""
        self._length = length
        self._start = start
        self._read_ahead = None
        self._varies = False  # from epoch to epoch
        self.epoch = 0
        self.class_names = class_names
        self.file_paths = file_paths

    def __len__(self):
        return self._length

    def __iter__(self) -> Iterator:
        epoch, self.epoch = self.epoch, self.epoch + 1
        get = self._start(epoch)
        if self._read_ahead is None:
            return map(get, range(self._length))
        return _read_ahead(get, self._length, *self._read_ahead)

    def __repr__(self):
        return f"<Dataset of {self._length:,} elements>"

    @classmethod
    def from_arrays(cls, *arrays) -> "Dataset":
        """Return the rows of arrays: of one, arrays; of several, like x and y, tuples.

        >>> data = Dataset.from_arrays(np.arange(6).reshape(3, 2), np.array([7, 8, 9]))
        >>> list(data)[1]
        (array([2, 3]), np.int64(8))
        """
        if not arrays:
            raise ValueError("from_arrays: needs at least one array, got none")
        arrays = [_read_only(np.asarray(array)) for array in arrays]
        lengths = [len(array) if array.ndim else None for array in arrays]
        if None in lengths or len(set(lengths)) > 1:
            raise ValueError(
                "from_arrays: arrays need the same number of rows, got the shapes "
                f"{', '.join(str(array.shape) for array in arrays)}"
            )

        def get(i):
            element = tuple(array[i] for array in arrays)
            return element if len(arrays) > 1 else element[0]

        return cls(lengths[0], lambda _: get)

    @classmethod
    def from_files(
        cls,
        paths: Sequence[str | os.PathLike],
        labels: Sequence | None = None,
        class_names: Sequence[str] | None = None,
        **options,
    ) -> "Dataset":
        """Return image files, each read when it is its turn.

        Parameters
        ----------
        paths : sequence of paths
        labels : sequence, optional
            One for each file: numbers, arrays, or names of classes. Names become their number
            in `class_names`, int32.
        class_names : sequence of str, optional
            By default, the names in `labels`, sorted.
        **options
            Of `ImageReader`: image_size, color_mode, interpolation, crop_to_aspect_ratio,
            pad_to_aspect_ratio.

        Returns
        -------
        Dataset
            Of images, float32 (H, W, C), 0 … 255; with labels, of tuples (image, label).
        """
        read = ImageReader(**options)
        paths = list(paths)
        if labels is not None:
            if len(labels) != len(paths):
                raise ValueError(
                    f"from_files: needs a label a file, got {len(paths)} files and "
                    f"{len(labels)} labels"
                )
            labels, class_names = _numbered(labels, class_names)

        def get(i):
            return read(paths[i]) if labels is None else (read(paths[i]), labels[i])

        class_names = None if class_names is None else list(class_names)
        return cls(len(paths), lambda _: get, class_names, paths)

    def map(self, function: Callable, seed: int | None = None) -> "Dataset":
        """Apply a function to every element: to the items of a tuple as its arguments.

        With a `seed`, the function also gets ``rng``, a `numpy.random.Generator` for this
        element in this epoch: what it draws depends on neither threads nor the order.

        >>> data = Dataset.from_arrays(np.arange(3), np.arange(3))
        >>> list(data.map(lambda x, y: (2 * x, y)).batch(3))
        [(array([0, 2, 4]), array([0, 1, 2]))]
        """
        if seed is not None:
            checks.integer(seed, "map: seed", 0)

        def start(epoch):
            get = self._start(epoch)

            def changed(i):
                element = get(i)
                options = {}
                if seed is not None:
                    options["rng"] = np.random.default_rng([seed, epoch, i])
                items = element if isinstance(element, tuple) else (element,)
                return function(*items, **options)

            return changed

        return self._derived(start, varies=seed is not None)

    def shuffle(self, seed: int | None = None) -> "Dataset":
        """Take all elements in a new order in each epoch.

        The order is drawn from `seed` and the epoch's number, or without a seed from minidl's
        generator, which `set_random_seed` sets.
        """
        if seed is not None:
            checks.integer(seed, "shuffle: seed", 0)

        def start(epoch):
            get = self._start(epoch)
            rng = random.generator() if seed is None else np.random.default_rng([seed, epoch])
            order = rng.permutation(self._length)
            return lambda i: get(order[i])

        return self._derived(start, varies=True)

    def batch(self, batch_size: int, drop_remainder: bool = False) -> "Dataset":
        """Stack elements, `batch_size` at a time; the last batch may be smaller, or left out."""
        batch_size = checks.integer(batch_size, "batch: batch_size")
        count = self._length // batch_size if drop_remainder else -(-self._length // batch_size)

        def start(epoch):
            get = self._start(epoch)

            def stacked(i):
                begin = i * batch_size
                end = min(begin + batch_size, self._length)
                return _stack([get(j) for j in range(begin, end)])

            return stacked

        return self._derived(start, count)

    def cache(self) -> "Dataset":
        """Keep every element in memory once it has been read, for the epochs that follow.

        Elements become read-only. What differs from epoch to epoch would be kept too, so this
        comes before `shuffle`.
        """
        if self._varies:
            raise ValueError(
                "cache: it would keep the first epoch's order or random choices for ever; call "
                "it before shuffle, and before map with a seed"
            )
        kept = {}

        def start(epoch):
            get = self._start(epoch)

            def cached(i):
                if i not in kept:
                    kept[i] = _each(_read_only, get(i))
                return kept[i]

            return cached

        return self._derived(start)

    def prefetch(self, buffer_size: int = 2, workers: int = 1) -> "Dataset":
        """Prepare up to `buffer_size` elements, in a thread, while the last one is in use.

        An error in the thread is raised where the element was to be used. Threads end with
        the loop over the elements, however that ends. With more `workers`, several elements
        are prepared at once, still in order; functions given to `map` must then allow that.
        """
        derived = self._derived(self._start)
        derived._read_ahead = (
            checks.integer(buffer_size, "prefetch: buffer_size"),
            checks.integer(workers, "prefetch: workers"),
        )
        return derived

    def take(self, count: int) -> "Dataset":
        """Return the first `count` elements, or all if there are fewer."""
        count = checks.integer(count, "take: count", 0)
        return self._derived(self._start, min(count, self._length))

    def skip(self, count: int) -> "Dataset":
        """Return all but the first `count` elements."""
        count = checks.integer(count, "skip: count", 0)

        def start(epoch):
            get = self._start(epoch)
            return lambda i: get(i + count)

        return self._derived(start, max(self._length - count, 0))

    def _derived(self, start, length=None, varies=False):
        derived = Dataset(
            self._length if length is None else length, start, self.class_names, self.file_paths
        )
        derived._read_ahead = self._read_ahead
        derived._varies = self._varies or varies
        return derived


def _read_ahead(get, length, buffer_size, workers):
    """Yield the elements in order, while threads prepare the next ones."""
    waiting = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="minidl-prefetch") as pool:
        try:
            for i in range(length):
                waiting.append(pool.submit(get, i))
                if len(waiting) > buffer_size:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:  # also when the loop over the elements is left early
            for future in waiting:
                future.cancel()


def _numbered(labels, class_names):
    """Return labels as they are, or names as numbers, and the names."""
    if not all(isinstance(label, str) for label in labels) or not len(labels):
        return labels, class_names
    class_names = sorted(set(labels)) if class_names is None else list(class_names)
    number = {name: i for i, name in enumerate(class_names)}
    for name in labels:
        if name not in number:
            raise checks.unknown_name("class", name, class_names)
    return np.array([number[name] for name in labels], np.int32), class_names


def _each(function, element):
    """Apply a function to the arrays of an element."""
    if isinstance(element, tuple):
        return tuple(_each(function, item) for item in element)
    if isinstance(element, dict):
        return {key: _each(function, item) for key, item in element.items()}
    return function(element)


def _stack(elements):
    """Return elements of the same structure as one, whose arrays have a new first axis."""
    first = elements[0]
    if isinstance(first, tuple):
        return tuple(_stack(items) for items in zip(*elements, strict=True))
    if isinstance(first, dict):
        return {key: _stack([element[key] for element in elements]) for key in first}
    shapes = {np.shape(element): None for element in elements}
    if len(shapes) > 1:
        raise ValueError(
            f"batch: elements need equal shapes, got {' and '.join(map(str, list(shapes)[:2]))}; "
            "map them to one size first"
        )
    return np.stack(elements)


def _read_only(array):
    """Return a view that cannot be written through."""
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view
