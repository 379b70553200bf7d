"""`minidl.classroom.sandbox`: whatever a solution does, it becomes one clear sentence."""

import os
import pathlib
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from minidl.classroom import checks, grader, rules
from minidl.classroom.sandbox import Handle, LearnerError, Limits, Sandbox

QUICK = Limits(seconds=0.3, waiting=60, memory=128 * 2**20)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")


@pytest.fixture
def sandbox(tmp_path):
    """Write a solution, and return its sandbox."""
    opened = []

    def sandbox(source, limits=QUICK, **how):
        path = tmp_path / "solution.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        opened.append(Sandbox(path, limits=limits, **how))
        return opened[-1]

    yield sandbox
    for each in opened:
        each.stop()


@pytest.fixture
def fails(sandbox):
    """Call the function `f` of a solution, and return the error."""

    def fails(source, *arguments, **how):
        with pytest.raises(LearnerError) as caught:
            sandbox(source, **how).learner.f(*arguments)
        assert "\n" not in str(caught.value)
        return caught.value

    return fails


VALUES = [
    None, True, 7, 2.5, float("inf"), "κ", [1, [2.0, "a"]], (1, ()), {"a": [1], 2: None},
    np.arange(6).reshape(2, 3), np.zeros((0, 3)), np.float32(2), np.array(3), np.array([True]),
    np.arange(3, dtype=">i4"), np.arange(6.0).reshape(2, 3).T,
]  # fmt: skip


def test_values_go_there_and_come_back(sandbox):
    learner = sandbox("def f(x):\n    return x").learner
    for value in VALUES:
        back = learner.f(value)
        assert type(back) is type(value)
        assert getattr(back, "dtype", None) == getattr(value, "dtype", None)
        np.testing.assert_equal(back, value)


def test_objects_stay_there(sandbox):
    learner = sandbox(
        """
        class Number:
            def __init__(self, value):
                self.value = value
            def __add__(self, other):
                return Number(self.value + (other.value if isinstance(other, Number) else other))
            __radd__ = __add__
            def __neg__(self):
                return Number(-self.value)
            def double(self):
                self.value *= 2
        """
    ).learner
    a, b = learner.Number(2), learner.Number(np.array([1, 2]))
    assert isinstance(a, Handle)
    a.call("double")
    assert a.get("value") == 4
    assert (10 + a).get("value") == 14
    assert (-(a + b)).get("value").tolist() == [-5, -6]
    with pytest.raises(LearnerError, match="TypeError: unsupported operand"):
        _ = a * b


def test_functions_are_called_back(sandbox):
    learner = sandbox("def f(g, x):\n    return g(x) + g(2 * x)").learner
    assert learner.f(lambda x: x**2, 3.0) == 45
    with pytest.raises(LearnerError, match=r"Line 2: TypeError: the function .* says: no"):
        learner.f(refuse, 1)


def refuse(x):
    raise ValueError("no")


def test_what_is_printed_is_kept_up_to_a_limit(sandbox):
    opened = sandbox("def f():\n    print('κ' * 5)\n    for i in range(10**4):\n        print(i)")
    opened.learner.f()
    printed = opened.printed()
    assert printed.startswith("κκκκκ\n0\n1\n")
    assert len(printed) == 2000
    assert opened.printed() == ""


READ = [
    ("import torch", "imports 'torch'"),
    ("import minidl", "imports 'minidl'"),
    ("from minidl.ops import conv2d", "imports 'minidl.ops'"),
    ("from minidl import formulas as numpy", "imports 'minidl'"),
    ("import scipy.signal as s", "imports 'scipy.signal'"),
    ("from . import answers", "imports '.'"),
    ("import math, os", "imports 'os'"),
    ("import sys", "imports 'sys'"),
    ("import importlib", "imports 'importlib'"),
    ("__import__('minidl')", "uses '__import__'"),
    ("np.linalg.sys.modules", "uses 'modules'"),
    ("getattr(__builtins__, '__import__')", "uses '__builtins__'"),
    ("np.lib.format.__spec__.loader.__class__.__init__.__globals__", "uses '__globals__'"),
]
RUN = [
    ("exec('import scipy')", "imports 'scipy'"),
    ("eval('__import__')('minidl')", "imports 'minidl'"),
    ("globals()['__builtins__']['__import__']('minidl')", "imports 'minidl'"),
    ("_os.system('true')", "calls os.system"),
    ("_os.fork()", "calls os.fork"),
    ("_os.remove('/no/such')", "changes '/no/such'"),
    ("_os.rename('a', '/no/such')", "changes '/no/such'"),
    ("_os.kill(1, 0)", "calls os.kill"),
    ("open('/no/such', 'w')", "opens '/no/such' for writing"),
    ("open('../x', 'a')", "opens '../x' for writing"),
    ("open('/etc/passwd')", "reads '/etc/passwd'"),
    ("open(0)", "opens the file descriptor 0"),
    ("np.load('/no/such.npy')", "reads '/no/such.npy'"),
]


@pytest.mark.parametrize(("statement", "what"), READ)
def test_what_is_forbidden_is_read_in_the_file(statement, what):
    source = f"import numpy as np\ndef f():\n    {statement}"
    assert rules.offence(source, {}) == (3, what)


def test_what_is_read_in_the_file_is_refused_before_it_is_run(fails):
    error = fails("print('x')\ndef f():\n    import torch")
    assert (error.name, error.stops) == ("refused", True)
    assert str(error) == (
        "Line 3: it imports 'torch'; only NumPy and modules like math may be imported."
    )


def test_what_is_forbidden_is_found_out_when_it_is_run(sandbox):
    lines = "".join(f"def f{n}(): {statement}\n" for n, (statement, _) in enumerate(RUN))
    learner = sandbox(f"import numpy as np\nfrom random import _os\n{lines}").learner
    for n, (_, what) in enumerate(RUN):
        with pytest.raises(LearnerError) as caught:
            getattr(learner, f"f{n}")()
        assert (caught.value.name, caught.value.stops) == ("refused", True)
        assert str(caught.value).startswith(f"Line {n + 3}: it {what}; ")


def test_forbidden_things_are_found_out_even_if_caught(fails):
    attempt = "try:\n        exec('import scipy')\n    except BaseException:\n        return 1"
    error = fails(f"def f():\n    {attempt}")
    assert str(error) == (
        "Line 3: it imports 'scipy'; only NumPy and modules like math may be imported."
    )


def test_what_a_learner_tries_out_below_the_solution_is_not_run(sandbox):
    source = """
        def f():
            return 1
        if __name__ == "__main__":
            import minidl
            print(minidl, f())
        """
    assert sandbox(source).learner.f() == 1


def test_modules_that_are_loaded_already_are_not_within_reach(fails):
    source = """
        def f():
            from random import _os
            return getattr(_os.sys, 'mod' + 'ules')['minidl']
        """
    assert fails(source).name == "raises KeyError"


def test_an_import_by_a_librarys_own_means_is_found_out(fails):
    source = """
        import numpy as np
        def f():
            load = getattr(np.lib._npyio_impl.os.sys, "mod" + "ules")["importlib"]
            return load.import_module("minidl")
        """
    error = fails(source)
    assert (error.name, str(error)[:29]) == ("refused", "Line 5: it imports 'minidl'; ")


def test_parts_of_minidl_that_an_exercise_lends(sandbox, fails):
    lent = {"minidl.ops": ("relu", "conv2d")}
    source = """
        import numpy as np
        import minidl.ops
        from minidl.ops import relu
        def f(x):
            same = minidl.ops.conv2d(x[None, :, :, None], np.ones((1, 1, 1, 1)))[0, :, :, 0]
            return relu(same)
        """
    learner = sandbox(source, may_import=lent).learner
    assert learner.f(np.array([[-1.0, 2.0]])).tolist() == [[0, 2]]
    for statement in ("from minidl.ops import tanh", "import minidl", "import minidl.formulas"):
        error = fails(f"{statement}\ndef f(): pass", may_import=lent)
        assert str(error).startswith("Line 1: it imports 'minidl")
    assert fails("import minidl.ops\ndef f(): minidl.ops.tanh", may_import=lent).name == (
        "raises AttributeError"
    )


def test_its_own_folder_is_empty_and_goes_away(sandbox):
    opened = sandbox(
        """
        def f():
            with open("note.txt", "w") as file:
                file.write("x")
            from random import _os
            return _os.listdir("."), _os.getcwd()
        """
    )
    names, folder = opened.learner.f()
    assert names == ["note.txt"]
    opened.stop()
    assert not os.path.exists(folder)


def test_random_numbers_are_the_same_every_time(tmp_path):
    path = tmp_path / "solution.py"
    path.write_text(
        "import random\nimport numpy as np\n"
        "def f():\n    return random.random(), np.random.rand(), list({'a', 'b', 'c'})\n",
        encoding="utf-8",
    )
    drawn = []
    for _ in range(2):
        with Sandbox(path) as opened:
            drawn.append(opened.learner.f())
    assert drawn[0] == drawn[1]


def test_its_environment_is_not_ours(sandbox, monkeypatch):
    monkeypatch.setenv("SECRET", "1")
    source = "from random import _os\ndef f():\n    return _os.environ.get('SECRET')"
    assert sandbox(source).learner.f() is None


@LINUX
@pytest.mark.parametrize(
    "body",
    ["while True: pass", "while True: print('x')", "sum(10**9 for _ in iter(int, 1))"],
)
def test_endless_loops_end(fails, body):
    error = fails(f"def f():\n    {body}")
    assert (error.name, error.stops) == ("takes too long", True)
    assert str(error) == "It takes more than 0.3 s for one call: does a loop never end?"


@LINUX
def test_an_endless_loop_that_catches_everything_ends(fails):
    source = "def f():\n    while True:\n        try:\n            f()\n        except: pass"
    assert fails(source).name == "takes too long"


def test_a_solution_that_waits_ends(fails):
    source = "import time\ndef f():\n    time.sleep(1000)"
    error = fails(source, limits=Limits(waiting=1.5))
    assert str(error) == "It takes more than 1.5 s for one call: does a loop never end?"


@LINUX
@pytest.mark.parametrize(
    "body", ["'x' * 10**9", "np.ones(10**8)", "[[0] * 1000 for i in range(10**6)]"]
)
def test_memory_is_limited(fails, body):
    error = fails(f"import numpy as np\ndef f():\n    return {body}", limits=Limits(memory=2**27))
    assert (error.name, error.stops) == ("needs too much memory", True)
    assert str(error) == "Line 3: It needs more than 128 MiB of memory."


@LINUX
def test_files_are_limited(fails):
    source = "def f():\n    with open('x', 'wb') as file:\n        file.write(bytes(2**25))"
    assert "File too large" in str(fails(source))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("raise SystemExit(3)", "Line 2: It ends the program."),
        ("exit()", "Line 2: It ends the program."),
        ("from random import _os; _os._exit(3)", "It ends the program (exit code 3)."),
        ("from random import _os; _os.abort()", "It crashes Python (SIGABRT)."),
        ("raise KeyboardInterrupt", "Line 2: KeyboardInterrupt"),
        ("return f()", "Line 2: RecursionError: maximum recursion depth exceeded"),
        ("return 1 / 0", "Line 2: ZeroDivisionError: division by zero"),
        ("raise NotImplementedError", "Line 2: It is not written yet."),
        ("return input()", "Line 2: EOFError: EOF when reading a line"),
    ],
)
def test_a_solution_that_breaks_off(fails, body, sentence):
    assert str(fails(f"def f():\n    {body}")).startswith(sentence)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("return bytes(10)", None),
        (
            "return np.array([object()])",
            "What it returns is no answer: arrays of dtype object are no numbers.",
        ),
        ("return np.array(['a'])", "arrays of dtype <U1 are no numbers."),
        ("x = []; x.append(x); return x", "maximum recursion depth exceeded"),
        ("return np.zeros(10**7 * 3, np.int64)", "the answer is too large"),
        ("return 10**6000", "Exceeds the limit"),
    ],
)
def test_answers_of_other_kinds(sandbox, fails, body, text):
    source = f"import numpy as np\ndef f():\n    {body}"
    if text is None:
        assert sandbox(source).learner.f().class_name == "bytes"
    else:
        assert text in str(fails(source, limits=Limits()))


def test_an_answer_on_the_pipe_itself_is_no_answer(fails):
    source = """
        def f():
            from random import _os
            for descriptor in range(3, 10):
                try:
                    _os.write(descriptor, (20).to_bytes(8, "big") + b'{"value": 1, "x": 2}')
                except OSError:
                    pass
        """
    error = fails(source)
    assert (error.name, error.stops) == ("gives no answer", True)


def test_an_argument_that_is_changed(fails):
    source = "def f(image, k):\n    image += 1\n    return image"
    error = fails(source, np.zeros(3), 2)
    assert error.name == "changes its argument image"
    assert not error.stops


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"def f(:\n    pass", "is no Python", "Line 1: invalid syntax"),
        (b"x = 1\n  y = 2", "is no Python", "Line 2: unexpected indent"),
        (b"\xff\xfe", "is no Python", "solution.py is not a text in UTF-8."),
        (b"x = '\0'", "is no Python", ""),
        (b"(" * 10**5, "is no Python", ""),
        (b"-" * 10**5 + b"1", "", ""),
        (b"#" * 2**21, "is no Python", "solution.py is too large for a solution."),
        (b"", "is missing", "There is no f in the file."),
        (b"undefined", "raises NameError", "Line 1: NameError: name 'undefined' is not defined"),
        (b"while True: pass", "takes too long", "It takes more than 0.3 s for one call"),
    ],
)
def test_files_that_do_not_run(tmp_path, content, name, sentence):
    path = tmp_path / "solution.py"
    path.write_bytes(content)
    with Sandbox(path, limits=QUICK) as opened, pytest.raises(LearnerError) as caught:
        opened.learner.f()
    assert caught.value.name.startswith(name)
    assert str(caught.value).startswith(sentence)
    assert caught.value.stops


def test_after_a_crash_the_next_task_is_tried_and_the_rest_of_this_one_is_not(tmp_path):
    exercise = checks.exercise(2)
    solution = pathlib.Path(__file__).parents[1] / "exercises" / exercise.title / "solution.py"
    path = tmp_path / "solution.py"
    crash = "\ndef convolution(A, K):\n    from random import _os\n    _os._exit(1)\n"
    path.write_text(solution.read_text(encoding="utf-8") + crash, encoding="utf-8")
    results = grader.check(exercise, path)
    assert [result.passed for result in results] == [False, True, True]
    assert results[0].message == "It ends the program (exit code 1)."
    assert results[0].case is None


def test_the_process_imports_nothing_of_minidl(sandbox):
    source = "from random import _os\ndef f():\n    return list(getattr(_os.sys, 'mod' + 'ules'))"
    roots = {name.partition(".")[0] for name in sandbox(source).learner.f()}
    assert "numpy" in roots
    assert not roots & {"minidl", "numba", "scipy", "hypothesis"}


def test_importing_the_worker_changes_nothing():
    code = "import sys; path = sys.path[:]; import minidl.classroom.worker; print(path == sys.path)"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "True\n"
