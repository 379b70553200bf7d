"""The loader, against lists and NumPy, and what becomes of its threads."""

import gc
import os
import subprocess
import sys
import threading
import tracemalloc
from itertools import chain

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import minidl
from minidl.data import Dataset, read_image

COUNTS = st.integers(0, 30)


def numbers(count):
    return Dataset.from_arrays(np.arange(count))


def values(data):
    return [int(x) for x in data]


def prefetch_threads():
    return [t for t in threading.enumerate() if t.name.startswith("minidl-prefetch")]


@given(hnp.arrays(np.float32, hnp.array_shapes(min_dims=1, max_dims=4, min_side=0)))
def test_rows_of_arrays(x):
    data = Dataset.from_arrays(x)
    assert len(data) == len(list(data)) == len(x)
    for element, row in zip(data, x, strict=True):
        np.testing.assert_array_equal(element, row, strict=True)
    pairs = list(Dataset.from_arrays(x, np.arange(len(x))))
    assert [y for _, y in pairs] == list(range(len(x)))


@given(COUNTS, st.integers(1, 12), st.booleans(), st.integers(0, 3), st.integers(1, 3))
def test_batches_are_the_rows_in_order(count, size, drop, buffer_size, workers):
    data = numbers(count).batch(size, drop_remainder=drop)
    if buffer_size:
        data = data.prefetch(buffer_size, workers)
    expected = [list(range(i, min(i + size, count))) for i in range(0, count, size)]
    if drop:
        expected = [batch for batch in expected if len(batch) == size]
    assert [batch.tolist() for batch in data] == expected
    assert len(data) == len(expected)
    assert prefetch_threads() == []


@given(COUNTS, st.integers(0, 40), st.integers(0, 40))
def test_take_and_skip(count, taken, skipped):
    assert values(numbers(count).take(taken)) == list(range(count))[:taken]
    assert values(numbers(count).skip(skipped)) == list(range(count))[skipped:]
    assert values(numbers(count).skip(skipped).take(taken)) == list(range(count))[skipped:][:taken]


@given(COUNTS, st.integers(0, 10))
def test_shuffling(count, seed):
    data = numbers(count).shuffle(seed)
    epochs = [values(data) for _ in range(3)]
    assert all(sorted(epoch) == list(range(count)) for epoch in epochs)
    again = numbers(count).shuffle(seed)
    assert [values(again) for _ in range(3)] == epochs
    if count > 10:
        assert epochs[0] != epochs[1]


def test_shuffling_without_a_seed_follows_set_random_seed():
    def epochs():
        minidl.set_random_seed(3)
        data = numbers(50).shuffle()
        return [values(data), values(data)]

    first, second = epochs()
    assert first != second
    assert epochs() == [first, second]


def test_two_loops_at_once_do_not_disturb_each_other():
    data = numbers(5).map(lambda x: x + 1).batch(2).prefetch()
    pairs = list(zip(data, data, strict=True))
    assert [one.tolist() for one, _ in pairs] == [other.tolist() for _, other in pairs]


@pytest.mark.parametrize("workers", [1, 4])
def test_random_choices_depend_on_seed_epoch_and_number_only(workers):
    def jitter(x, rng):
        return x + rng.random()

    data = numbers(20).map(jitter, seed=5).prefetch(workers=workers)
    first, second = list(data), list(data)
    assert first != second
    assert list(numbers(20).map(jitter, seed=5)) == first
    shuffled = dict(zip(numbers(20), first, strict=True))
    assert len(set(np.array(first) - np.arange(20))) == 20
    assert list(shuffled) == list(range(20))


def test_elements_of_any_structure_are_stacked():
    data = numbers(4).map(lambda i: (np.full((2, 3), i), {"mask": i > 1, "pair": (i, -i)}))
    ((x, targets),) = data.batch(4)
    assert x.shape == (4, 2, 3)
    assert targets["mask"].tolist() == [False, False, True, True]
    assert [part.tolist() for part in targets["pair"]] == [[0, 1, 2, 3], [0, -1, -2, -3]]


def test_shapes_that_differ_are_named():
    data = numbers(3).map(lambda i: np.zeros((2, i))).batch(2)
    with pytest.raises(ValueError, match=r"equal shapes, got \(2, 0\) and \(2, 1\)"):
        list(data)


def test_the_source_cannot_be_written_through():
    x = np.zeros((3, 2))

    def spoil(row):
        row += 1
        return row

    for data in (Dataset.from_arrays(x), Dataset.from_arrays(x).map(np.copy).cache()):
        with pytest.raises(ValueError, match="read-only"):
            list(data.map(spoil))
    assert not x.any()


def test_a_cache_reads_once():
    calls = []
    data = numbers(4).map(lambda i: calls.append(int(i)) or i * 2).cache().shuffle(0).batch(2)
    first, second = ([batch.tolist() for batch in data] for _ in range(2))
    assert sorted(chain(*first)) == sorted(chain(*second)) == [0, 2, 4, 6]
    assert sorted(calls) == [0, 1, 2, 3]


def test_a_cache_refuses_to_freeze_what_varies():
    for data in (numbers(3).shuffle(), numbers(3).map(lambda x, rng: x, seed=1).batch(2)):
        with pytest.raises(ValueError, match="before shuffle"):
            data.cache()


def fail_at(number):
    def check(i):
        if i == number:
            raise OSError(f"number {i}")
        return i

    return check


@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_in_the_thread_reaches_the_loop(workers):
    seen = []
    data = numbers(9).map(fail_at(5)).prefetch(2, workers)
    with pytest.raises(OSError, match="number 5"):
        list(map(seen.append, data))
    assert seen == [0, 1, 2, 3, 4]
    assert prefetch_threads() == []


@pytest.mark.parametrize("workers", [1, 3])
def test_a_loop_that_is_left_leaves_no_thread(workers):
    for x in numbers(1000).prefetch(4, workers):
        if x == 3:
            break
    gc.collect()
    assert prefetch_threads() == []

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(map(interrupt, numbers(1000).prefetch(4, workers)))
    gc.collect()
    assert prefetch_threads() == []


def test_the_next_elements_are_prepared_and_no_more():
    read, waiting = [], threading.Event()

    def note(i):
        read.append(int(i))
        if len(read) == 4:
            waiting.set()
        return i

    loop = iter(numbers(100).map(note).prefetch(3))
    assert next(loop) == 0
    assert waiting.wait(30)
    assert read == [0, 1, 2, 3]
    loop.close()


INTERRUPTED = """
import os, signal, sys, threading
import numpy as np
from minidl.data import Dataset

signal.signal(signal.SIGINT, signal.default_int_handler)
never = threading.Event()

def read(i):
    if i == 3:
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait(0.2)
    return i

try:
    for x in Dataset.from_arrays(np.arange(10**6)).map(read).prefetch():
        pass
except KeyboardInterrupt:
    print("interrupted")
print([t.name for t in threading.enumerate()])
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows sends Ctrl-C to whole groups only")
def test_ctrl_c_ends_loop_and_threads():
    result = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=120
    )
    assert result.stdout == "interrupted\n['MainThread']\n", result.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    rng = np.random.default_rng(0)
    for i in range(30):
        x = rng.integers(0, 256, (32, 32, 3), np.uint8)
        Image.fromarray(x).save(folder / f"{i:02}.png")
    return folder


def test_files(folder):
    paths = sorted(folder.iterdir())
    data = Dataset.from_files(paths, ["b", "a", "c"] * 10, image_size=(16, 20))
    assert data.class_names == ["a", "b", "c"]
    assert data.file_paths == paths
    x, y = next(iter(data.shuffle(0).batch(30)))
    assert x.shape == (30, 16, 20, 3)
    assert x.dtype == np.float32
    order = np.random.default_rng([0, 0]).permutation(30)
    np.testing.assert_array_equal(y, np.array([1, 0, 2] * 10, np.int32)[order], strict=True)
    np.testing.assert_array_equal(x[0], read_image(paths[order[0]], (16, 20)))
    assert data.batch(4).shuffle().class_names == data.class_names


def test_files_and_labels_are_checked(folder):
    paths = sorted(folder.iterdir())
    with pytest.raises(ValueError, match="30 files and 2 labels"):
        Dataset.from_files(paths, [0, 1])
    with pytest.raises(ValueError, match="unknown class 'b'"):
        Dataset.from_files(paths[:2], ["a", "b"], class_names=["a", "c"])
    (folder.parent / "broken.png").write_bytes(b"")
    data = Dataset.from_files([paths[0], folder.parent / "broken.png"]).batch(1).prefetch()
    with pytest.raises(ValueError, match=r"broken\.png"):
        list(data)


def test_memory_does_not_grow_with_the_number_of_files(folder):
    paths = sorted(folder.iterdir())

    def peak(repeats):
        data = Dataset.from_files(paths * repeats, image_size=(64, 64)).shuffle().batch(8)
        tracemalloc.start()
        for _ in data.prefetch():
            pass
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(1)
    few, many = peak(2), peak(10)
    one_image = 64 * 64 * 3 * 4
    assert many < few + 10 * one_image
    assert many < 60 * one_image


def test_fit_takes_it():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 64)
    x = (rng.random((64, 6, 6, 1)) + y[:, None, None, None]).astype(np.float32)
    data = Dataset.from_arrays(x, y)
    training = data.take(48).shuffle(0).batch(8).prefetch()
    validation = data.skip(48).batch(8)
    model = minidl.Sequential([minidl.layers.Flatten(), minidl.layers.Dense(2, "softmax")])
    model.compile(
        minidl.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    history = model.fit(training, epochs=15, validation_data=validation, verbose=0).history
    assert history["val_accuracy"][-1] > 0.9
    assert model.evaluate(validation, verbose=0)[1] == history["val_accuracy"][-1]
    predicted = model.predict(Dataset.from_arrays(x).batch(10), verbose=0)
    np.testing.assert_allclose(predicted, model.predict(x, verbose=0), rtol=1e-5)
    assert prefetch_threads() == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Dataset.from_arrays(), "at least one array"),
        (lambda: Dataset.from_arrays(np.zeros(3), np.zeros(2)), r"shapes \(3,\), \(2,\)"),
        (lambda: Dataset.from_arrays(np.zeros(())), "number of rows"),
        (lambda: numbers(3).batch(0), "batch_size needs a whole number"),
        (lambda: numbers(3).prefetch(0), "buffer_size needs a whole number"),
        (lambda: numbers(3).prefetch(1, 0), "workers needs a whole number"),
        (lambda: numbers(3).shuffle(-1), "seed needs a whole number"),
        (lambda: numbers(3).take(-1), "count needs a whole number"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()
