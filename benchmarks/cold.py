"""The first run of a case, which compiles its kernels, or reads them from Numba's cache."""

import tempfile

from benchmarks.contestants import minidl_worker


def first_runs(cases, threads):
    """Run each case in two new processes: with Numba's cache empty, then filled by the first.

    Returns
    -------
    list of dict
        ``case``, ``empty_ms`` and ``filled_ms``: milliseconds of the first repetition.
    """
    runs = []
    for case in cases:
        with tempfile.TemporaryDirectory() as cache:
            empty, filled = (_first_run(case, threads, cache) for _ in range(2))
        runs.append({"case": case, "empty_ms": empty, "filled_ms": filled})
    return runs


def _first_run(case, threads, cache):
    worker = minidl_worker(threads, {"NUMBA_CACHE_DIR": cache})
    worker.start()
    try:
        return worker.ask("prepare", case=case)["first_ms"]
    finally:
        worker.close()
