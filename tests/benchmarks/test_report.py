"""The report's tables, and the README that they are written to."""

import json
import pathlib

import numpy as np
import pytest

from benchmarks import __main__ as program
from benchmarks import agreement, figures, report
from benchmarks.cases import FIT_STEP, GROUPS, HAND_STEP, INFERENCE, LADDER


def a_report():
    cell = {"quartiles_ms": [1.0, 3.0], "thrown_away": 0, "choice": None, "steps": 1, "first_ms": 1}
    cell["turns_ms"] = [2.0] * 10
    results = [
        {"case": FIT_STEP, "name": "minidl", "median_ms": 2.0} | cell,
        {"case": FIT_STEP, "name": "PyTorch", "median_ms": 5.0} | cell,
    ]
    mark = {"case": FIT_STEP, "against": "PyTorch", "at_least": 2.0, "ratio": 2.5, "reached": True}
    mark["thrown_away"] = []
    return {
        "date": "2026-01-02",
        "machine": "a machine",
        "load": 0.1,
        "threads": 2,
        "rounds": 10,
        "versions": {"minidl": {"numpy": "2.4"}},
        "left_out": {"JAX": "No module named 'jax'"},
        "agreement": {"losses": 1e-7},
        "roofs": {"gflops": 100.0, "gbytes": 10.0},
        "results": results,
        "failed": [],
        "marks": [
            mark,
            mark | {"ratio": None, "reached": None},
            mark | {"reached": False, "at_least": 3.0},
            mark | {"reached": None, "thrown_away": ["JAX"]},
        ],
        "cold": [],
        "memory": [{"case": FIT_STEP, "name": "minidl", "before_mib": 100.0, "peak_mib": 150.0}],
        "startup": {"import minidl": 0.5},
    }


def test_the_measured_part_is_replaced_and_the_rest_is_kept(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"# By hand\n\n{report.MARKER}\n\nold numbers\n", encoding="utf-8")
    for _ in range(2):
        report.write_readme(readme, a_report())
    text = readme.read_text("utf-8")
    assert text.startswith("# By hand\n\n" + report.MARKER)
    assert text.count(report.MARKER) == 1
    assert "old numbers" not in text
    for part in (
        "2026-01-02, a machine (load before: 0.1); 2 threads, 10 rounds",
        f"| {FIT_STEP} | PyTorch | 2.50 × | 2 × | reached |",
        "| – | 2 × | not measured |",
        "| 2.50 × | 3 × | missed |",
        "| 2.50 × | 2 × | not judged: JAX thrown away |",
        f"| {FIT_STEP} | 2.00 (1.00–3.00) | 5.00 (1.00–3.00) | 2.50 × PyTorch |",
        f"| {FIT_STEP} | minidl | 50.0 | 150 |",
        "JAX was left out: No module named 'jax'",
    ):
        assert part in text


def test_libraries_that_disagree_are_not_compared():
    ours = {"gradient/a": np.ones(3), "losses": np.ones(2), "end/a": np.ones(3)}
    near = {name: array * (1 + 1e-6) for name, array in ours.items()}
    assert agreement.compare(ours, near)["losses"] == pytest.approx(1e-6, rel=1e-3)
    with pytest.raises(agreement.DisagreementError, match=r"0\.5 in the gradients"):
        agreement.compare(ours, near | {"gradient/a": np.full(3, 2.0)})
    with pytest.raises(agreement.DisagreementError, match="nan in the weights"):
        agreement.compare(ours | {"end/a": np.full(3, np.nan)}, near)


def a_full_report():
    """Return a report of every case, 1 ms each in minidl and 2 ms in PyTorch."""
    results = [
        {
            "case": case,
            "name": name,
            "choice": "this way",
            "steps": 1,
            "first_ms": 100.0,
            "median_ms": ms,
            "quartiles_ms": [0.9 * ms, 1.1 * ms],
            "turns_ms": [ms] * 10,
            "thrown_away": 0,
        }
        for group in GROUPS.values()
        for case in group
        for name, ms in (("minidl", 1.0), ("PyTorch", 2.0))
    ]
    slow = {"name": "MyGrad", "median_ms": 90.0, "quartiles_ms": [80.0, 95.0]}
    thrown_away = {"name": "MyGrad", "median_ms": None, "quartiles_ms": None, "turns_ms": []}
    results += [
        results[0] | slow,
        results[0] | thrown_away | {"case": INFERENCE[1], "thrown_away": 10},
    ]
    return a_report() | {
        "results": results,
        "failed": [{"case": HAND_STEP, "name": "Keras", "why": "no memory left"}],
        "cold": [{"case": FIT_STEP, "empty_ms": 9000.0, "filled_ms": 300.0}],
    }


def test_every_section_is_written():
    text = report.markdown(a_full_report())
    for part in (
        f"| {FIT_STEP} | this way | this way | this way |",
        f"| {LADDER[1]} | 1,000 µs | 1.0 × |",
        "100 GFLOP/s",
        f"| {FIT_STEP} | 9,000 | 300 | 1.00 | PyTorch 100, MyGrad 100 |",
        "| import minidl | 0.50 |",
        f"- Keras, {HAND_STEP}: no memory left",
        f"- MyGrad, {INFERENCE[1]}: 10 of 10 turns thrown away",
    ):
        assert part in text


def test_a_report_of_nothing_is_written_too():
    nothing = {"results": [], "roofs": None, "agreement": None, "startup": {}, "left_out": {}}
    text = report.markdown(a_report() | nothing)
    for part in ("Not measured.", "nothing was checked", "Nobody."):
        assert part in text


def test_the_readme_here_has_the_marker():
    readme = pathlib.Path(report.__file__).with_name("README.md")
    assert readme.read_text(encoding="utf-8").count(report.MARKER) == 1


def test_a_full_report_is_written_as_json_readme_and_figures(tmp_path):
    full = a_full_report()
    few = (FIT_STEP, HAND_STEP, *GROUPS["Operations"][:4], *LADDER, *GROUPS["Scaling"])
    full["results"] = [result for result in full["results"] if result["case"] in few]
    program.write(full, tmp_path, quick=False)
    assert json.loads((tmp_path / "results" / "full.json").read_text()) == full
    assert (tmp_path / "README.md").exists()
    drawn = list((tmp_path / "figures").iterdir())
    assert len(drawn) == 5
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn)


def test_a_quick_report_is_written_as_json_alone(tmp_path):
    program.write(a_report(), tmp_path, quick=True)
    assert [path.name for path in tmp_path.rglob("*.*")] == ["quick.json"]


def test_bars_leave_out_what_was_not_measured():
    results = a_report()["results"]
    drawn = figures.bars(results, (FIT_STEP, HAND_STEP), "Times")
    assert [axes.get_title() for axes in drawn.axes] == [FIT_STEP]
