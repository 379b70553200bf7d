"""How much memory training takes: what a process holds at the most, beyond what it began with."""

import pathlib
import re

from benchmarks import interleave

KIB = 1024


def peaks(workers, cases):
    """Measure each case in a new process of each of `workers`, which are not started yet.

    The peak is the kernel's own count of resident memory (Linux only), from the moment when the
    libraries are there until the case has warmed up: data, weights, what a step keeps, compiled
    kernels, and whatever else a library loads or puts by.

    Parameters
    ----------
    workers : callable
        Returns new workers, as `contestants.contestants` does.
    cases : sequence of str

    Returns
    -------
    list of dict
        ``case``, ``name``, ``before_mib`` and ``peak_mib``; empty where it cannot be measured.
    """
    found = []
    for case in cases:
        for worker in workers():
            try:
                worker.start()
                if case not in worker.cases or not _forget_peak(worker.pid):
                    continue
                before = _mebibytes(worker.pid, "VmRSS")
                worker.ask("prepare", case=case)
                peak = _mebibytes(worker.pid, "VmHWM")
            except interleave.WorkerError:  # the report of times says why
                continue
            finally:
                worker.close()
            found.append({"case": case, "name": worker.name, "before_mib": before})
            found[-1]["peak_mib"] = peak
    return found


def _forget_peak(pid):
    """Let the highest mark of a process's memory begin anew; returns whether that can be."""
    try:
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return False
    return True


def _mebibytes(pid, field):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.search(rf"{field}:\s+(\d+) kB", status)[1]) / KIB
