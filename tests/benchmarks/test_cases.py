"""Cases: their names, sizes and counts; the workers' common part; who takes part."""

import io
import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from benchmarks import __main__ as program
from benchmarks import agreement, contestants
from benchmarks.cases import BY_NAME, GROUPS, MARKS, OPERATIONS, Operation
from benchmarks.interleave import FOLDER
from minidl import ops


def test_every_case_has_a_name_of_its_own_and_every_mark_a_case():
    names = [case for group in GROUPS.values() for case in group]
    assert len(names) == len(set(names))
    assert {mark.case for mark in MARKS} <= set(names)
    assert set(program.QUICK) | set(program.COLD) <= set(names)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_the_shape_of_an_operation_is_what_comes_out(operation):
    x = np.zeros((1, *operation.shape[1:]), np.float32)
    k, channels = operation.kernel_size, (operation.shape[3], operation.filters)
    if operation.kind == "conv":
        y = ops.conv2d(x, np.zeros((k, k, *channels), np.float32), padding="same")
    elif operation.kind == "transposed":
        kernel = np.zeros((k, k, *channels[::-1]), np.float32)
        y = ops.conv2d_transpose(x, kernel, 2, "same")
    else:
        y = ops.max_pool2d(x, k)
    assert y.shape == (1, *operation.out_shape[1:])


def test_arithmetic_and_traffic():
    conv = Operation("conv", (2, 4, 4, 3), 5, backward=False)
    assert conv.flops == 2 * (2 * 4 * 4 * 5) * (3 * 3 * 3)
    assert conv.traffic == 4 * (2 * 4 * 4 * 3 + 2 * 4 * 4 * 5 + 3 * 3 * 3 * 5)
    assert conv._replace(backward=True).flops == 3 * conv.flops
    transposed = Operation("transposed", (2, 4, 4, 3), 5, backward=False)
    assert transposed.flops == 2 * (2 * 4 * 4 * 3) * (4 * 4 * 5)
    pool = Operation("pool", (2, 4, 4, 3), 3, backward=False)
    assert pool.flops == (2 * 2 * 2 * 3) * 3


def test_a_name_says_whether_the_backward_pass_is_in():
    operation = Operation("conv", (2, 4, 4, 3), 5)
    assert operation.name == "conv 3 × 3 (2,4,4,3) → 5, forward + backward"
    assert operation._replace(backward=False).name == "conv 3 × 3 (2,4,4,3) → 5, forward"
    assert all(case.name == name for name, case in BY_NAME.items())


WORKER = """
from common import Ways, only, serve
import common

common.WARM_UP = common.TURN = 1e-9

def broken():
    raise OSError("no compiler\\nand more")

def fails():
    raise ValueError("no such case")

serve({}, {
    "one": lambda: only(lambda: print("noise"), steps=2),
    "several": lambda: Ways({"broken": broken, "good": lambda: lambda: None}),
    "none": lambda: Ways({"broken": broken}),
    "fails": fails,
}, double=lambda x: {"x": 2 * x})
"""


def test_a_workers_answers(tmp_path):
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    requests = [
        {"do": "prepare", "case": "one"},
        {"do": "run", "case": "one"},
        {"do": "forget", "case": "one"},
        {"do": "run", "case": "one"},
        {"do": "prepare", "case": "several"},
        {"do": "prepare", "case": "none"},
        {"do": "prepare", "case": "fails"},
        {"do": "double", "x": 21},
    ]
    done = subprocess.run(
        [sys.executable, script],
        input="".join(json.dumps(request) + "\n" for request in requests),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": f"{FOLDER.parent}:{FOLDER / 'workers'}"},
    )
    greeting, one, ran, forgot, lost, several, none, fails, double = map(
        json.loads, done.stdout.splitlines()
    )
    assert greeting == {"versions": {}, "cases": ["one", "several", "none", "fails"]}
    assert (one["choice"], one["steps"]) == ("", 2)
    assert len(ran["ms"]) == 3
    assert forgot == {}
    assert lost["error"].startswith("KeyError")
    assert several["choice"] == "good"
    assert none == {"error": "OSError: no compiler"}
    assert fails == {"error": "ValueError: no such case"}
    assert double == {"x": 42}


def test_trainings_that_agree_and_that_do_not():
    ours = {"gradient0": np.ones(3), "end0": np.ones(3), "losses": np.array([2.0, 1.0])}
    theirs = ours | {"losses": np.array([2.0, 1.0001])}
    assert agreement.compare(ours, theirs) == {
        "gradients": 0.0,
        "losses": pytest.approx(5e-5),
        "weights": 0.0,
    }
    for wrong in (np.array([1.0, 1.0, 1.001]), np.array([1.0, 1.0, np.nan])):
        with pytest.raises(agreement.DisagreementError, match="in the gradients"):
            agreement.compare(ours | {"gradient0": wrong}, theirs)


def test_contestants_use_the_interpreters_that_were_named(monkeypatch):
    made = []
    monkeypatch.setattr(
        contestants, "Worker", lambda name, python, script, **how: made.append((name, python))
    )
    contestants.contestants({"torch": "elsewhere"}, threads=2)
    here = sys.executable
    assert made == [
        ("minidl", here),
        ("PyTorch", "elsewhere"),
        ("PyTorch, allocator tuned", "elsewhere"),
        ("Keras", here),
        ("JAX", here),
        ("MyGrad", here),
    ]


def test_every_contestant_has_a_worker():
    for _, script, _ in contestants.PEERS.values():
        assert pathlib.Path(FOLDER, "workers", script).exists()


@pytest.mark.parametrize("given", ["torch", "torch=", "tensor=python"])
def test_interpreters_that_are_refused(given, monkeypatch):
    errors = io.StringIO()
    monkeypatch.setattr(sys, "stderr", errors)
    with pytest.raises(SystemExit):
        program.main(["--python", given])
    assert "needs NAME=PATH with one of torch, keras, jax, mygrad" in errors.getvalue()
