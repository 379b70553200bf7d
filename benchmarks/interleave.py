"""Several programs that take turns, so that a slow moment of the machine slows all alike.

A worker is a script in a process of its own, with the Python of its own environment. It
speaks JSON, a line each way. First it names its versions and the cases that it knows::

    {"versions": {"numpy": "2.4"}, "cases": ["inference, batch 1"]}

Then it answers one line for each that it reads:

- ``{"do": "prepare", "case": …}`` makes the case ready and warm: ``{"choice": …, "steps": …,
  "first_ms": …}``, which is what it chose of several ways, how many steps a repetition has
  and how long the very first repetition took;
- ``{"do": "run", "case": …}`` measures one turn: ``{"ms": [milliseconds per step of each
  repetition]}``;
- ``{"do": "forget", "case": …}`` frees what the case holds: ``{}``;
- anything else that it offers; and ``{"error": …}`` where something goes wrong.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import tempfile
import time

from benchmarks import timings

FOLDER = pathlib.Path(__file__).parent
#: Settings that slow a current NumPy on some machines, unset for every library alike.
SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
#: Seconds between turns, in which the threads of the last worker stop spinning.
PAUSE = 0.1


class WorkerError(Exception):
    """A worker that cannot do what it was asked, with the reason."""


class Worker:
    """One contestant: `script`, a path or a name in ``benchmarks/workers``, run by `python`."""

    def __init__(self, name, python, script, *, threads, env=None):
        self.name = name
        self.versions = {}
        self.cases = ()
        self._process = None
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        environment = {k: v for k, v in os.environ.items() if k not in SLOWING}
        environment |= {
            variable: str(threads)
            for variable in (
                "BENCHMARK_THREADS",
                "MINIDL_NUM_THREADS",
                "MKL_NUM_THREADS",
                "NUMBA_NUM_THREADS",
                "OMP_NUM_THREADS",
                "OPENBLAS_NUM_THREADS",
            )
        }
        environment["PYTHONPATH"] = str(FOLDER.parent)
        self._command = [str(python), str(FOLDER / "workers" / script)]
        self._environment = environment | (env or {})

    @property
    def pid(self):
        """The number of the process."""
        return self._process.pid

    def start(self):
        """Start the process and hear what it knows; WorkerError if it cannot be had."""
        try:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                encoding="utf-8",
                env=self._environment,
            )
        except OSError as error:
            raise WorkerError(f"{self._command[0]}: {error.strerror}") from error
        greeting = self._answer()
        self.versions, self.cases = greeting["versions"], tuple(greeting["cases"])

    def ask(self, do, **details):
        """Send one request and return the answer; WorkerError if it is an error."""
        try:
            self._process.stdin.write(json.dumps({"do": do, **details}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise WorkerError(self._last_words()) from None
        return self._answer()

    def close(self):
        """End the process."""
        if self._process is not None:
            with contextlib.suppress(BrokenPipeError):  # it may have ended before
                self._process.stdin.close()
            self._process.wait()
            self._process.stdout.close()
        self._errors.close()

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            raise WorkerError(self._last_words())
        answer = json.loads(line)
        if "error" in answer:
            raise WorkerError(answer["error"])
        return answer

    def _last_words(self):
        """Return the last line that a process wrote before it ended: most often its error."""
        self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().strip().splitlines()
        return lines[-1] if lines else f"ended with code {self._process.returncode}"


def start(workers):
    """Start all `workers`; returns those that are there, and why the others are not, by name."""
    present, left_out = [], {}
    for worker in workers:
        try:
            worker.start()
        except WorkerError as error:
            left_out[worker.name] = str(error)
            worker.close()
        else:
            present.append(worker)
    return present, left_out


def race(workers, case, rounds, pause=PAUSE):
    """Let all `workers` that know `case` take turns, `rounds` times.

    Returns
    -------
    results : list of dict
        One for each contestant: what it answered to "prepare", and `timings.summary`.
    left_out : dict
        Why a contestant has no result, by its name.
    """
    prepared, left_out = {}, {}
    for worker in workers:
        if case in worker.cases:
            with _leaving_out(worker, left_out):
                prepared[worker] = worker.ask("prepare", case=case)
    turns = {worker: [] for worker in prepared}
    for _ in range(rounds):
        for worker in prepared:
            if worker.name not in left_out:
                time.sleep(pause)
                with _leaving_out(worker, left_out):
                    turns[worker].append(worker.ask("run", case=case)["ms"])
    results = []
    for worker, answer in prepared.items():
        if worker.name not in left_out:
            result = {"case": case, "name": worker.name} | answer
            results.append(result | timings.summary(turns[worker]))
            with _leaving_out(worker, left_out):
                worker.ask("forget", case=case)
    return results, left_out


@contextlib.contextmanager
def _leaving_out(worker, left_out):
    """Note a WorkerError in `left_out`, and go on without the worker."""
    try:
        yield
    except WorkerError as error:
        left_out[worker.name] = str(error)
