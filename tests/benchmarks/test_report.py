"""The report's tables, and the README that they are written to."""

import numpy as np
import pytest

from benchmarks import agreement, report
from benchmarks.cases import FIT_STEP


def a_report():
    cell = {"quartiles_ms": [1.0, 3.0], "thrown_away": 0, "choice": None, "steps": 1, "first_ms": 1}
    results = [
        {"case": FIT_STEP, "name": "minidl", "median_ms": 2.0} | cell,
        {"case": FIT_STEP, "name": "PyTorch", "median_ms": 5.0} | cell | {"thrown_away": 2},
    ]
    mark = {"case": FIT_STEP, "against": "PyTorch", "at_least": 2.0, "ratio": 2.5, "reached": True}
    return {
        "date": "2026-01-02",
        "machine": "a machine",
        "threads": 2,
        "rounds": 10,
        "versions": {"minidl": {"numpy": "2.4"}},
        "left_out": {"JAX": "No module named 'jax'"},
        "agreement": {"losses": 1e-7},
        "roofs": {"gflops": 100.0, "gbytes": 10.0},
        "results": results,
        "failed": [],
        "marks": [mark, mark | {"ratio": None, "reached": None}],
        "cold": [],
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
        "2026-01-02, a machine; 2 threads, 10 rounds",
        f"| {FIT_STEP} | PyTorch | 2.50 × | 2 × | reached |",
        "not measured",
        f"| {FIT_STEP} | 2.00 (1.00–3.00) | 5.00 (1.00–3.00) | 2.50 × PyTorch |",
        "JAX was left out: No module named 'jax'",
        "2 of 10 turns thrown away",
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
