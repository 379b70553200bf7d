"""One small pool of threads, for everything that minidl runs in parallel.

Kernels and BLAS products release Python's global lock, so plain Python threads suffice.
Work is cut into *tiles* whose bounds depend on shapes only, never on the number of
threads: which thread runs a tile changes from run to run, what the tile computes does not.
That is why results are the same, bit for bit, with 1 thread or 8.
"""

import collections
import contextvars
import itertools
import operator
import os
import queue
import threading

#: Elementary operations that are worth a tile of their own (tens of microseconds).
GRAIN = 100_000
#: More tiles than threads even out the load; too many cost more than they save.
MAX_TILES = 8


def tiles(length, work=1.0, most=MAX_TILES):
    """Cut ``range(length)`` into at most `most` runs of about equal length.

    Parameters
    ----------
    length : int
        How many items (rows, images, columns) there are.
    work : float
        Elementary operations an item costs: little work makes few tiles.

    Returns
    -------
    list of (start, stop)

    >>> tiles(10, work=100_000, most=4)
    [(0, 2), (2, 5), (5, 7), (7, 10)]
    >>> tiles(10, work=1)
    [(0, 10)]
    """
    count = max(1, min(length, most, int(length * work / GRAIN)))
    return [(i * length // count, (i + 1) * length // count) for i in range(count)]


def run(task, bounds):
    """Call ``task(*b)`` for every ``b`` in `bounds`, in any order, and wait for all.

    The calling thread takes tiles too. An error in a tile is raised here, after the
    tiles that had begun have ended. Within a task, or when another thread is using the
    pool, tiles run one after the other in the calling thread.
    """
    helpers = min(_num_threads, len(bounds)) - 1
    if helpers < 1 or not _in_use.acquire(blocking=False):
        for bound in bounds:
            task(*bound)
        return
    try:
        job = _Job(task, bounds)
        while len(_queues) < helpers:
            _start_worker()
        for worker in _queues[:helpers]:
            worker.put(job)
        job.work()
        job.done.acquire()
    finally:
        _in_use.release()
    if job.error is not None:
        raise job.error


def set_num_threads(n):
    """Use `n` threads from now on (default: the cores this process may use).

    The environment variable ``MINIDL_NUM_THREADS`` sets the number at start. Results do
    not depend on it.

    >>> import minidl
    >>> before = minidl.get_num_threads()
    >>> minidl.set_num_threads(1)
    >>> minidl.get_num_threads()
    1
    >>> minidl.set_num_threads(before)
    """
    global _num_threads
    try:
        count = operator.index(n)
    except TypeError:
        count = 0
    if isinstance(n, bool) or count < 1:
        raise ValueError(f"set_num_threads: needs a whole number of at least 1, got {n!r}")
    _num_threads = count


def get_num_threads():
    """Return how many threads minidl uses."""
    return _num_threads


class _Job:
    """The tiles of one parallel region, taken by whichever thread is free."""

    def __init__(self, task, bounds):
        self.task = task
        self.context = contextvars.copy_context()  # NumPy's errstate, for one
        self.waiting = collections.deque(bounds)
        self.count = len(bounds)
        self.finished = itertools.count(1)
        self.done = threading.Lock()
        self.done.acquire()
        self.error = None

    def work(self):
        """Run tiles until none waits. The thread that ends the last one says so."""
        while True:
            try:
                bound = self.waiting.popleft()
            except IndexError:
                return
            try:
                if self.error is None:
                    self.task(*bound)
            except BaseException as error:  # raised again by `run`, in the caller
                self.error = error
            finally:
                if next(self.finished) == self.count:
                    self.task = None  # and the arrays it holds: another thread may keep the job
                    self.done.release()


def _start_worker():
    jobs = queue.SimpleQueue()
    threading.Thread(target=_worker, args=(jobs,), name="minidl", daemon=True).start()
    _queues.append(jobs)


def _worker(jobs):
    while True:
        job = jobs.get()
        job.context.copy().run(job.work)


def _forget_workers():
    """Threads do not survive a fork: the child starts its own."""
    global _in_use
    _queues.clear()
    _in_use = threading.Lock()


def _initial_num_threads():
    given = os.environ.get("MINIDL_NUM_THREADS")
    if given is not None:
        if not given.isdecimal() or int(given) < 1:
            raise ValueError(
                f"MINIDL_NUM_THREADS: needs a whole number of at least 1, got {given!r}"
            )
        return int(given)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


_queues = []
_in_use = threading.Lock()
_num_threads = _initial_num_threads()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_workers)
