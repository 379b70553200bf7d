"""A regression guard: which cases have become slower since an earlier report.

Machines drift, and reports may come from two of them. So where other libraries were measured
in both reports, minidl's change is seen against theirs: against the median of their changes.
"""

import statistics

from benchmarks import timings
from benchmarks.cases import MINIDL


def compare(old, new, tolerance):
    """Compare the cases that two reports have in common.

    Returns
    -------
    list of dict
        ``case``; ``ratio``, how many times as long minidl takes now; ``peers``, how many
        libraries this is relative to; ``slower``, whether the ratio is above `tolerance`.
    """
    changes = []
    for case in dict.fromkeys(result["case"] for result in new["results"]):
        before = timings.medians(old["results"], case)
        after = timings.medians(new["results"], case)
        if MINIDL not in before or MINIDL not in after:
            continue
        change = {name: after[name] / before[name] for name in after if name in before}
        ratio = change.pop(MINIDL)
        if change:
            ratio /= statistics.median(change.values())
        changes.append(
            {"case": case, "ratio": ratio, "peers": len(change), "slower": ratio > tolerance}
        )
    return changes


def text(changes, tolerance):
    """Return the comparison as lines, the slowest first."""
    lines = [
        f"{change['ratio']:6.2f} × the time  {change['case']}"
        + (f" (relative to {change['peers']} others)" if change["peers"] else "")
        + (f"  SLOWER than {tolerance:g} ×" if change["slower"] else "")
        for change in sorted(changes, key=lambda change: -change["ratio"])
    ]
    return "\n".join(lines or ["The reports have no case of minidl in common."])
