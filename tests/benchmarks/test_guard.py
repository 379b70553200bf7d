"""The regression guard as a program."""

import json

import pytest

from benchmarks import __main__ as program
from benchmarks.guard import compare, text


def report(**cases):
    """Return a report; for each case, medians by contestant."""
    return {
        "results": [
            {"case": case, "name": name, "median_ms": ms}
            for case, times in cases.items()
            for name, ms in times.items()
        ],
        "marks": [],
        "left_out": {},
    }


def test_the_median_of_the_others_changes_counts():
    old = report(a={"minidl": 1.0, "PyTorch": 10.0, "JAX": 5.0, "Keras": 4.0})
    new = report(a={"minidl": 3.0, "PyTorch": 20.0, "JAX": 10.0, "Keras": 40.0})
    assert compare(old, new, 1.25) == [{"case": "a", "ratio": 1.5, "peers": 3, "slower": True}]


def test_what_was_thrown_away_is_not_compared():
    assert compare(report(a={"minidl": None}), report(a={"minidl": 1.0}), 1.25) == []
    assert "no case" in text([], 1.25)


@pytest.mark.parametrize(("tolerance", "code"), [("1.25", 1), ("1.35", 0)])
def test_the_program_ends_with_a_code(tolerance, code, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(program, "measure", lambda *_: report(a={"minidl": 1.3}))
    monkeypatch.setattr(program.contestants, "hold_to", lambda threads: None)
    old = tmp_path / "old.json"
    old.write_text(json.dumps(report(a={"minidl": 1.0})))
    with pytest.raises(SystemExit) as end:
        program.main(["--compare", str(old), "--tolerance", tolerance, "--out", str(tmp_path)])
    assert int(end.value.code) == code
    assert "1.30 × the time  a" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [old]
