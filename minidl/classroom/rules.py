"""What a solution may import and touch: read by the grader, and kept by the learner's process.

This module knows nothing of minidl, and runs in both processes.
"""

import ast
import os
import sys
import sysconfig

HARMLESS = (
    "abc", "array", "bisect", "cmath", "collections", "contextlib", "copy", "dataclasses",
    "decimal", "enum", "fractions", "functools", "heapq", "itertools", "math", "numbers", "numpy",
    "operator", "random", "statistics", "string", "textwrap", "time", "typing", "warnings",
    "__future__",
)  # fmt: skip

#: Names and attributes that lead around the rules; a solution needs none of them.
HIDDEN = ("__import__", "__builtins__", "__globals__", "__loader__", "__subclasses__")
HIDDEN_ATTRIBUTES = (*HIDDEN, "modules")

_FORBIDDEN_EVENTS = (
    "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.kill",
    "os.killpg", "os.startfile", "subprocess.", "socket.", "ctypes.", "pty.", "webbrowser.",
    "sys.addaudithook", "sys.remote_exec", "_winapi.CreateProcess", "mmap.",
)  # fmt: skip
_CHANGING_EVENTS = (
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate",
    "os.chmod", "os.chown", "os.utime", "os.chdir", "os.setxattr", "os.removexattr", "shutil.",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class RefusedError(ImportError):  # so that code that tries an import and does without it goes on
    """A solution has tried something that solutions may not do."""


def allowed_imports(may_import=()):
    """Say what may be imported, in a few words.

    >>> allowed_imports()
    'NumPy and modules like math'
    """
    return ", ".join(["NumPy and modules like math", *may_import])


def may_be_imported(module, names, may_import):
    """Whether a solution may write ``from module import names``, or ``import module``.

    >>> may_be_imported("numpy.linalg", (), {}), may_be_imported("scipy", (), {})
    (True, False)
    """
    if module.partition(".")[0] in HARMLESS:
        return True
    return module in may_import and all(name in may_import[module] for name in names)


def offence(source, may_import):
    r"""Return (line, what) of the first forbidden import or name in Python `source`, or None.

    What is below ``if __name__ == "__main__":`` is the learner's own: the grader never runs it.

    >>> offence("import numpy\nfrom torch import nn", {})
    (2, "imports 'torch'")
    """
    run = [part for part in ast.parse(source).body if not _is_main(part)]
    found = (
        (node.lineno, what)
        for part in run
        for node in ast.walk(part)
        if (what := _offence(node, may_import))
    )
    return min(found, default=None)


def _is_main(node):
    return (
        isinstance(node, ast.If)
        and not node.orelse
        and ast.unparse(node.test) == "__name__ == '__main__'"
    )


def _offence(node, may_import):
    if isinstance(node, ast.Import):
        for alias in node.names:
            if not may_be_imported(alias.name, (), may_import):
                return f"imports {alias.name!r}"
    elif isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        if not may_be_imported(module, [alias.name for alias in node.names], may_import):
            return f"imports {module!r}"
    elif isinstance(node, ast.Attribute) and node.attr in HIDDEN_ATTRIBUTES:
        return f"uses {node.attr!r}"
    elif isinstance(node, ast.Name) and node.id in HIDDEN:
        return f"uses {node.id!r}"
    return None


class Guard:
    """An audit hook and finder of modules that refuses what leads out of the learner's process.

    Parameters
    ----------
    folder : str
        The only one in which files may be changed.
    library : str
        NumPy's folder, which may be read, as may Python's own modules.
    loaded : collection of str
        Names of the modules that are loaded: more of their packages may be imported.
    refuse : callable
        Takes what was tried, in words; raises.
    """

    def __init__(self, folder, library, loaded, refuse):
        paths = sysconfig.get_paths()
        self._folder = os.path.realpath(folder)
        self._library = os.path.realpath(library)
        self._python = [os.path.realpath(paths[name]) for name in ("stdlib", "platstdlib")]
        self._roots = sys.stdlib_module_names | {name.partition(".")[0] for name in loaded}
        self._refuse = refuse

    def __call__(self, event, arguments):
        """Refuse the event by raising `RefusedError`, or return."""
        if event == "import":
            self.find_spec(str(arguments[0]))
        elif event == "open":
            self._open(*arguments)
        elif event.startswith(_CHANGING_EVENTS):
            for path in arguments[: 2 if event in ("os.rename", "os.link", "os.symlink") else 1]:
                if not self._is_own(path):
                    self._refuse(f"changes {_shown(path)}")
        elif event.startswith(_FORBIDDEN_EVENTS):
            self._refuse(f"calls {event}")

    def find_spec(self, name, path=None, target=None):
        """Refuse a module, or leave it to the finders that come after this one."""
        if name.partition(".")[0] not in self._roots:
            self._refuse(f"imports {name!r}")

    def _open(self, path, mode, flags):
        if isinstance(path, int):
            self._refuse(f"opens the file descriptor {path}")
        elif self._is_own(path):
            return
        elif flags & _WRITING:
            self._refuse(f"opens {_shown(path)} for writing")
        elif not self._may_read(os.path.realpath(os.fsdecode(path))):
            self._refuse(f"reads {_shown(path)}")

    def _may_read(self, path):
        if path in (os.devnull, "/dev/urandom") or _is_inside(path, self._library):
            return True
        installed = {"site-packages", "dist-packages"} & set(path.split(os.sep))
        return not installed and any(_is_inside(path, folder) for folder in self._python)

    def _is_own(self, path):
        own = not isinstance(path, int)
        return own and _is_inside(os.path.realpath(os.fsdecode(path)), self._folder)


def _is_inside(path, folder):
    return path == folder or path.startswith(folder + os.sep)


def _shown(path):
    return repr(path if isinstance(path, int) else os.fsdecode(path))
