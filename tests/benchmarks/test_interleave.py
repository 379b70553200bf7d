"""Workers that take turns: small scripts stand in for the libraries."""

import json
import sys

import pytest

from benchmarks import interleave

#: Knows the cases "good" and "bad"; writes its name to a file for each turn that it takes.
SCRIPT = """
import json, os, sys

print(json.dumps({"versions": {"script": "1"}, "cases": ["good", "bad"]}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if request["case"] == "bad":
        answer = {"error": "cannot do that"}
    elif request["do"] == "prepare":
        answer = {"choice": "this way", "steps": 2, "first_ms": 9.0}
    elif request["do"] == "run":
        with open(os.environ["TURNS"], "a") as file:
            file.write(os.environ["NAME"])
        answer = {"ms": [float(os.environ["MS"])] * 2}
    else:
        answer = {}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def worker(tmp_path):
    """Return a function that makes workers, which are closed in the end."""
    script, made = tmp_path / "worker.py", []

    def make(name, ms, text=SCRIPT, python=sys.executable):
        script.write_text(text, encoding="utf-8")
        env = {"TURNS": str(tmp_path / "turns"), "NAME": name, "MS": str(ms)}
        made.append(interleave.Worker(name, python, script, threads=1, env=env))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_turns_are_taken_one_after_the_other(worker, tmp_path):
    workers, left_out = interleave.start([worker("a", 1), worker("b", 3)])
    assert not left_out
    results, failed = interleave.race(workers, "good", rounds=3, pause=0)
    assert (tmp_path / "turns").read_text() == "ababab"
    assert not failed
    assert [result["name"] for result in results] == ["a", "b"]
    assert [result["median_ms"] for result in results] == [1, 3]
    assert results[0]["choice"] == "this way"


def test_who_cannot_is_left_out_with_the_reason(worker):
    workers, _ = interleave.start([worker("a", 1)])
    results, failed = interleave.race(workers, "bad", rounds=2, pause=0)
    assert (results, failed) == ([], {"a": "cannot do that"})
    assert interleave.race(workers, "unknown", rounds=2, pause=0) == ([], {})


def test_who_does_not_start_is_left_out_with_the_reason(worker, tmp_path):
    broken = worker("broken", 1, text="import there_is_no_such_library")
    workers, left_out = interleave.start([broken])
    assert workers == []
    assert "there_is_no_such_library" in left_out["broken"]
    missing = worker("missing", 1, python=tmp_path / "no-python")
    _, left_out = interleave.start([missing])
    assert "no-python" in left_out["missing"]


def test_slowing_settings_are_unset_and_threads_are_set(worker, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Prescott")
    environment = worker("a", 1)._environment
    assert "OPENBLAS_CORETYPE" not in environment
    assert environment["OMP_NUM_THREADS"] == environment["MINIDL_NUM_THREADS"] == "1"


def test_the_environment_reaches_the_process(worker, monkeypatch):
    for name in interleave.SLOWING:
        monkeypatch.setenv(name, "1")
    script = "import json, os; print(json.dumps({'versions': dict(os.environ), 'cases': []}))"
    started = worker("a", 1, text=script)
    started.start()
    assert started.versions["NAME"] == "a"
    assert started.versions["OMP_NUM_THREADS"] == "1"
    assert not set(interleave.SLOWING) & set(started.versions)


@pytest.mark.parametrize("moment", ["prepare", "run", "forget"])
def test_who_dies_lets_the_others_go_on(worker, moment):
    workers, _ = interleave.start([worker("a", 1)])
    dying = SCRIPT.replace(
        "request =", f"'{moment}' in line and sys.exit('no memory')\n    request ="
    )
    workers += interleave.start([worker("b", 1, text=dying)])[0]
    for _ in range(2):
        results, failed = interleave.race(workers, "good", rounds=2, pause=0)
        assert failed == {"b": "no memory"}
    assert [result["name"] for result in results] == ["a"]


def test_a_result_is_what_json_knows(worker):
    workers, _ = interleave.start([worker("a", 1)])
    ((result,), _) = interleave.race(workers, "good", rounds=2, pause=0)
    assert json.loads(json.dumps(result)) == {
        "case": "good",
        "name": "a",
        "choice": "this way",
        "steps": 2,
        "first_ms": 9.0,
        "median_ms": 1.0,
        "quartiles_ms": [1.0, 1.0],
        "turns_ms": [1.0, 1.0],
        "thrown_away": 0,
    }
