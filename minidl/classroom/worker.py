"""The process in which a learner's code runs: it answers three verbs over a pipe.

``call(name, *arguments)``, ``method(handle, name, *arguments)`` and ``get(handle, attribute)``.
Started by `minidl.classroom.sandbox` as a script, without minidl: the answers are not within
reach, nor is the grader's memory. What the code may use, and how much, is limited before the
learner's file is run.
"""

import builtins
import contextlib
import functools
import importlib
import inspect
import io
import operator
import os
import random
import signal
import sys
import types

if __name__ == "__main__":
    sys.path.append(sys.argv[1])  # the folder NumPy is in, if Python itself does not know it
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import rules
    import wire

    del sys.path[0]
else:
    from minidl.classroom import rules, wire

import numpy as np

MOST_PRINTED = 2000  # characters of one call


class Printed(io.TextIOBase):
    """Where print goes: keeps the beginning."""

    def __init__(self):
        self._kept = ""

    def write(self, text):
        """Keep `text` while there is room."""
        self._kept += text[: MOST_PRINTED - len(self._kept)]
        return len(text)

    def take(self):
        """Return what was kept, and forget it."""
        kept, self._kept = self._kept, ""
        return kept


class Worker:
    """The learner's names, their objects, and the pipe."""

    def __init__(self):
        self._requests, self._replies = _private_pipes()
        self._printed = sys.stdout = sys.stderr = Printed()
        self._objects = []
        self._refused = None
        setup = wire.receive(self._requests)
        self._file, self._source = setup["file"], setup["source"]
        self._seconds = setup["seconds"]
        self._may_import = {name: tuple(names) for name, names in setup["may_import"].items()}
        self._stand_ins = _stand_ins(self._may_import, setup["package"])
        _limit(setup["memory"], setup["bytes"])
        guard = rules.Guard(
            os.getcwd(), os.path.dirname(np.__file__), set(sys.modules), self._refuse
        )
        sys.meta_path.insert(0, guard)
        sys.addaudithook(guard)
        # Code that draws numbers draws the same ones every time.
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002 (the generator that it seeds is the learner's to use)
        # As dataclasses and others look a class's module up.
        sys.modules["solution"] = module = types.ModuleType("solution")
        self._names = vars(module)
        self._names["__builtins__"] = {**vars(builtins), "__import__": self._import}

    def serve(self):
        """Say that all is ready, then answer requests until the pipe is closed."""
        self._reply(lambda: None)
        while True:
            try:
                request = wire.receive(self._requests)
            except EOFError:
                return
            run = request["verb"] == "run"
            self._reply(self._run if run else functools.partial(self._answer, request))

    def _run(self):
        """Run the learner's file."""
        offence = rules.offence(self._source, self._may_import)
        if offence:
            line, what = offence
            self._refused = what, line
            return
        exec(compile(self._source, self._file, "exec", dont_inherit=True), self._names)

    def _reply(self, work):
        """Send what `work` returns, or what went wrong with it."""
        try:
            with _timed(self._seconds):
                reply = self._encoded(work())
        except BaseException as error:
            reply = wire.encode({**self._failure(error), "printed": self._printed.take()})
        if self._refused:  # whatever the code made of it
            (what, line), self._refused = self._refused, None
            reply = wire.encode({"failure": "refused", "text": what, "line": line})
        self._replies.write(reply)
        self._replies.flush()

    def _encoded(self, value):
        buffers = []
        try:
            packed = wire.pack(value, buffers, self._keep)
            return wire.encode({"value": packed, "printed": self._printed.take()}, buffers)
        except (TypeError, ValueError, RecursionError) as error:
            raise AnswerError(_text(error)) from None

    def _failure(self, error):
        kind = next((name for name, each in FAILURES.items() if isinstance(error, each)), "raised")
        return {
            "failure": kind,
            "error": type(error).__name__,
            "text": _text(error),
            "line": self._line_of(error),
        }

    def _answer(self, request):
        buffers = request["buffers"]
        arguments = [wire.unpack(a, buffers, self._given) for a in request["arguments"]]
        copies = [wire.unpack(a, buffers, self._given) for a in request["arguments"]]
        verb, name = request["verb"], request["name"]
        if verb == "call":
            if name not in self._names:
                raise MissingError(name)
            function = self._names[name]
        elif verb == "get":
            return getattr(self._objects[request["handle"]], name)
        else:
            function = _method(self._objects[request["handle"]], name)
        value = function(*arguments)
        for index, (argument, copy) in enumerate(zip(arguments, copies, strict=True)):
            if isinstance(copy, np.ndarray) and not _same(argument, copy):
                raise ChangedError(_parameter(function, index))
        return value

    def _keep(self, value):
        """Keep an object here, and send its number."""
        if isinstance(value, np.ndarray | np.generic):
            raise TypeError(f"arrays of dtype {value.dtype} are no numbers")
        self._objects.append(value)
        return {"type": "object", "number": len(self._objects) - 1, "class": type(value).__name__}

    def _given(self, packed):
        """Return an object that was kept, or a function that calls the grader's."""
        if packed["type"] == "object":
            return self._objects[packed["number"]]
        return functools.partial(self._call_back, packed["number"])

    def _call_back(self, number, *arguments):
        buffers = []
        packed = [wire.pack(a, buffers, self._keep) for a in arguments]
        self._replies.write(wire.encode({"callback": number, "arguments": packed}, buffers))
        self._replies.flush()
        answer = wire.receive(self._requests)
        if "error" in answer:
            raise TypeError(answer["error"])
        return wire.unpack(answer["value"], answer["buffers"], self._given)

    def _import(self, name, globals_=None, locals_=None, wanted=(), level=0):
        """What the learner's ``import`` calls."""
        wanted = wanted or ()
        if level or not rules.may_be_imported(name, wanted, self._may_import):
            self._refuse(f"imports {name!r}")
        if name in self._may_import:
            module = self._stand_ins[name.partition(".")[0]]
            for part in name.split(".")[1:] if wanted else ():
                module = getattr(module, part)
            return module
        return builtins.__import__(name, globals_, locals_, wanted, level)

    def _refuse(self, what):
        frame = sys._getframe()
        while frame is not None and frame.f_code.co_filename != self._file:
            frame = frame.f_back
        if self._refused is None:
            self._refused = what, frame.f_lineno if frame else None
        raise rules.RefusedError(what)

    def _line_of(self, error):
        """Return the last line of the learner's file that the error came through."""
        line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == self._file:
                line = trace.tb_lineno
            trace = trace.tb_next
        return line


class AnswerError(Exception):
    """What the learner's code returned cannot be sent."""


class MissingError(Exception):
    """The learner's file does not define this name."""


class ChangedError(Exception):
    """The learner's code has changed the argument of this index."""


def _method(it, name):
    """Return a method; an operator's works as Python's does, which may call the other's."""
    if name.startswith("__r") and hasattr(operator, "__" + name[3:]):
        return lambda other: getattr(operator, "__" + name[3:])(other, it)
    if name.startswith("__") and hasattr(operator, name):
        return functools.partial(getattr(operator, name), it)
    return getattr(it, name)


def _parameter(function, index):
    """Return the name of a function's parameter."""
    try:
        return list(inspect.signature(function).parameters)[index]
    except (TypeError, ValueError, IndexError):
        return f"number {index + 1}"


def _same(argument, copy):
    return argument.shape == copy.shape and np.array_equal(
        argument, copy, equal_nan=copy.dtype.kind == "f"
    )


def _text(error):
    try:
        if isinstance(error, SyntaxError):
            return str(error.msg)
        return str(error)[:300]
    except Exception:
        return ""


def _private_pipes():
    """Return the pipe's two ends, and lead descriptors 0, 1 and 2 nowhere."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return requests, replies


def _stand_ins(may_import, package):
    """Import what may be imported of minidl, and return modules with these names alone."""
    if not may_import:
        return {}
    before = set(sys.modules)
    sys.path.append(package)
    roots = {}
    for dotted, names in may_import.items():
        found = importlib.import_module(dotted)
        path = dotted.split(".")
        module = roots.setdefault(path[0], types.ModuleType(path[0]))
        for depth in range(1, len(path)):
            inner = ".".join(path[: depth + 1])
            if not hasattr(module, path[depth]):
                setattr(module, path[depth], types.ModuleType(inner))
            module = getattr(module, path[depth])
        for name in names:
            setattr(module, name, getattr(found, name))
    importlib.import_module("minidl.runtime.blas").info()  # looks in files that are closed later
    sys.path.remove(package)
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in roots:
            del sys.modules[name]
    return roots


def _limit(memory, size):
    """Limit memory, files and processes, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {"RLIMIT_CORE": 0, "RLIMIT_FSIZE": size, "RLIMIT_NPROC": 0}
    if sys.platform == "linux":
        limits["RLIMIT_AS"] = _address_space() + memory
    for name, value in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, name), (value, value))


def _address_space():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def _timed(seconds):
    """End the process after these seconds of its own computing, where the system can.

    A call's share of the processor is the same on a busy machine; the grader waits longer.
    """
    if not hasattr(signal, "setitimer"):  # Windows
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


FAILURES = {
    "answer": AnswerError,
    "missing": MissingError,
    "changed": ChangedError,
    "exit": SystemExit,
    "memory": MemoryError,
}

if __name__ == "__main__":
    Worker().serve()
