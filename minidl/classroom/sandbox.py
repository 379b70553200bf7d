"""The grader's end of the pipe to the process in which a learner's code runs.

The learner's file is the only one of theirs that is read, and nothing of it is run here. What
goes wrong over there, whatever it is, becomes a `LearnerError`: one sentence.
"""

import contextlib
import dataclasses
import importlib.util
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

import numpy as np

from minidl.classroom import rules, wire

#: Variables of the environment that Python or the system needs to start.
_KEPT = ("SYSTEMROOT", "PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
STARTING = 300  # seconds that Python and NumPy may take on a busy machine
MOST_SOURCE = 2**20  # bytes of a learner's file
_ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


@dataclasses.dataclass(frozen=True)
class Limits:
    """What a learner's code may use.

    Attributes
    ----------
    seconds : float
        Of computing in one call, where the system can count them (not on Windows).
    waiting : float
        Seconds until the answer to one call.
    memory : int
        Bytes beyond what NumPy needs, on Linux.
    file_size : int
        Bytes in a file, but on Windows.
    """

    seconds: float = 2
    waiting: float = 30
    memory: int = 512 * 2**20
    file_size: int = 2**24


class LearnerError(Exception):
    """Something went wrong in the learner's code.

    Attributes
    ----------
    name : str
        What it is called in a table: 'raises ValueError'.
    stops : bool
        Whether there is no sense in trying other inputs.
    """

    def __init__(self, name, message, stops=False):
        super().__init__(message)
        self.name, self.stops = name, stops


class Sandbox:
    r"""A learner's file, run in a process of its own.

    Parameters
    ----------
    path : str or pathlib.Path
        The file.
    may_import : mapping, optional
        See `minidl.classroom.task.Exercise`.
    limits : Limits, optional

    Attributes
    ----------
    learner
        Has the learner's functions and classes as attributes. Each call may raise a
        `LearnerError`: what the learner's code raised, or how it was stopped.

    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "solution.py")
    ...     _ = path.write_text("def add(a, b):\n    return a + b\n")
    ...     with Sandbox(path) as sandbox:
    ...         sandbox.learner.add(2, 3)
    5
    """

    def __init__(self, path, may_import=None, limits=None):
        self._path = pathlib.Path(path)
        self._may_import = may_import or {}
        self._limits = limits or Limits()
        self._process = None
        self._printed = ""
        self._broken = None  # why the file cannot be run
        self.learner = Learner(self)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stop()

    def printed(self):
        """Return what the learner's code has printed since this was last asked."""
        printed, self._printed = self._printed, ""
        return printed

    def start(self):
        """Start the process and run the learner's file in it, if it isn't running."""
        if self._broken:
            raise self._broken
        if self._process is None:
            try:
                self._start()
            except LearnerError as error:
                self.stop()
                self._broken = error
                raise

    def _start(self):
        source = _source(self._path)
        self._folder = tempfile.TemporaryDirectory(prefix="minidl-")
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-B", _worker(), _folder_of_numpy()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=_environment(self._folder.name),
        )
        self._watch = _Watch(self._process)
        self._exchange(
            {
                "file": self._path.name,
                "source": source,
                "seconds": self._limits.seconds,
                "memory": self._limits.memory,
                "bytes": self._limits.file_size,
                "may_import": {name: list(names) for name, names in self._may_import.items()},
                "package": str(pathlib.Path(__file__).parents[2]),
            },
            waiting=STARTING,
        )
        self._exchange({"verb": "run"}, loading=True)

    def stop(self):
        """End the process, and remove what it has written."""
        if self._process is None:
            return
        self._watch.over.set()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):  # what was not yet written to one who has gone
                pipe.close()
        self._process = None
        self._folder.cleanup()

    def request(self, verb, name, arguments=(), handle=None):
        """Ask the learner's process for one thing, starting it if need be."""
        self.start()
        functions, buffers = [], []

        def other(value):
            if isinstance(value, Handle):
                return {"type": "object", "number": value.number}
            functions.append(value)
            return {"type": "function", "number": len(functions) - 1}

        packed = [wire.pack(value, buffers, other) for value in arguments]
        message = {"verb": verb, "name": name, "arguments": packed, "handle": handle}
        return self._exchange(message, buffers, functions)

    def _exchange(self, message, buffers=(), functions=(), loading=False, waiting=None):
        self._watch.deadline = time.monotonic() + (waiting or self._limits.waiting)
        try:
            self._write(wire.encode(message, buffers))
            while True:
                reply = wire.receive(self._process.stdout)
                self._printed += str(reply.get("printed", ""))
                if "failure" in reply:
                    raise self._error(reply, loading)
                if "callback" not in reply:
                    return self._unpack(reply, "value")
                self._write(self._call_back(reply, functions))
        except (EOFError, OSError):
            raise self._gone() from None
        except LearnerError:
            raise
        except Exception:
            self.stop()
            raise LearnerError(
                "gives no answer", "What comes back is no answer of a function.", True
            ) from None
        finally:
            self._watch.deadline = None

    def _write(self, data):
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def _unpack(self, reply, key):
        return wire.unpack(reply[key], reply["buffers"], lambda packed: Handle(self, **packed))

    def _call_back(self, reply, functions):
        """Answer a learner's call of a function that was an argument."""
        buffers = []
        items = {"type": "tuple", "items": reply["arguments"]}
        arguments = self._unpack({**reply, "arguments": items}, "arguments")
        try:
            value = functions[reply["callback"]](*arguments)
            return wire.encode({"value": wire.pack(value, buffers, None)}, buffers)
        except LearnerError:
            raise
        except Exception as error:
            return wire.encode({"error": f"the function that was given says: {error}"})

    def _error(self, reply, loading):
        """Return what a failure is called, as an error to raise."""
        kind, text, line = reply["failure"], reply["text"], reply["line"]
        where = f"Line {line}: " if line else ""
        if kind == "changed":
            message = f"It changes its argument {text}; it should leave it as it is."
            return LearnerError(f"changes its argument {text}", message)
        if kind == "answer":
            return LearnerError("", f"What it returns is no answer: {text}.")
        if kind == "missing":
            return LearnerError("is missing", f"There is no {text} in the file.", stops=True)
        if kind == "refused":
            return self._refusal(line, text)
        if kind == "exit":
            return LearnerError("ends the program", f"{where}It ends the program.", stops=True)
        if kind == "memory":
            return LearnerError("needs too much memory", f"{where}{self._memory()}", stops=True)
        error = reply["error"]
        if loading and error in ("SyntaxError", "IndentationError", "TabError"):
            return LearnerError("is no Python", f"{where}{text}", stops=True)
        if error == "NotImplementedError":
            return LearnerError("not written yet", f"{where}It is not written yet.", stops=True)
        message = f"{where}{error}: {text}".rstrip(": ")
        return LearnerError(f"raises {error}", message, stops=loading)

    def _refusal(self, line, what):
        where = f"Line {line}: it" if line else "It"
        allowed = rules.allowed_imports(self._may_import)
        why = f"only {allowed} may be imported" if "import" in what else "solutions may not do that"
        return LearnerError("refused", f"{where} {what}; {why}.", stops=True)

    def _gone(self):
        """Return the error of a process that has ended, and clear up."""
        code, late = self._process.wait(), self._watch.late
        self.stop()
        seconds = self._limits.waiting if late else self._limits.seconds
        if late or -code in (_number("SIGPROF"), _number("SIGXCPU")):
            return LearnerError(
                "takes too long",
                f"It takes more than {seconds:g} s for one call: does a loop never end?",
                stops=True,
            )
        if -code == _number("SIGKILL"):
            return LearnerError("needs too much memory", self._memory(), stops=True)
        if code < 0:
            name = signal.Signals(-code).name
            return LearnerError("crashes Python", f"It crashes Python ({name}).", stops=True)
        return LearnerError(
            "ends the program", f"It ends the program (exit code {code}).", stops=True
        )

    def _memory(self):
        return f"It needs more than {self._limits.memory // 2**20} MiB of memory."


class Learner:
    """The names in a learner's file."""

    def __init__(self, sandbox):
        self._sandbox = sandbox

    def __getattr__(self, name):
        return lambda *arguments: self._sandbox.request("call", name, arguments)


class Handle:
    """An object of a learner's class, which stays in the learner's process."""

    def __init__(self, sandbox, number, type, **packed):
        self._sandbox, self.number, self.class_name = sandbox, number, str(packed["class"])

    def get(self, attribute):
        """Return an attribute's value."""
        return self._sandbox.request("get", attribute, handle=self.number)

    def call(self, method, *arguments):
        """Return what a method returns."""
        return self._sandbox.request("method", method, arguments, self.number)


def _operator(name):
    return lambda self, *others: self.call(name, *others)


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "matmul"):
    setattr(Handle, f"__{_name}__", _operator(f"__{_name}__"))
for _name in ("neg", "getitem", "call"):
    setattr(Handle, f"__{_name}__", _operator(f"__{_name}__"))


class _Watch:
    """Ends a process that is late with its answer.

    Attributes
    ----------
    deadline : float or None
        By when an answer is due, as `time.monotonic` has it.
    late : bool
        Whether the process was ended.
    over : threading.Event
        Set it when there is nothing more to watch.
    """

    def __init__(self, process):
        self._process = process
        self.deadline, self.late, self.over = None, False, threading.Event()
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self):
        while not self.over.wait(0.2):
            deadline = self.deadline
            if deadline is not None and time.monotonic() > deadline:
                self.late = True
                self._process.kill()
                return


def _source(path):
    """Return a learner's file as text."""
    try:
        if path.stat().st_size > MOST_SOURCE:
            raise LearnerError("is no Python", f"{path.name} is too large for a solution.", True)
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise LearnerError("cannot be read", f"{path.name}: {error.strerror}", True) from None
    except UnicodeDecodeError:
        message = f"{path.name} is not a text in UTF-8."
        raise LearnerError("is no Python", message, stops=True) from None


def _worker():
    return importlib.util.find_spec("minidl.classroom.worker").origin


def _folder_of_numpy():
    return os.path.dirname(os.path.dirname(np.__file__))


def _environment(folder):
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        **dict.fromkeys(_ONE_THREAD, "1"),
        **dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), folder),
        "PYTHONHASHSEED": "0",  # sets of names have the same order every time
        "PYTHONUTF8": "1",
        "NUMBA_DISABLE_JIT": "1",  # small arrays: what is compiled would take longer to load
    }


def _number(name):
    return getattr(signal, name, None)
