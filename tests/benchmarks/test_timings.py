"""From times to statements, on numbers that are known."""

import pytest

from benchmarks import guard, timings
from benchmarks.cases import MARKS, Mark


def result(case, name, ms):
    return {"case": case, "name": name, "median_ms": ms}


def test_summary_throws_away_turns_that_snap_to_the_tick():
    turns = [[2.5, 2.6, 2.7], [4.01, 8.02, 12.01], [2.4, 2.6, 2.9]]
    found = timings.summary(turns)
    assert found["thrown_away"] == 1
    assert found["median_ms"] == 2.6
    assert found["turns_ms"] == [2.6, 2.6]
    nothing = timings.summary([[4.0, 8.0, 12.0]])
    assert (nothing["median_ms"], nothing["quartiles_ms"], nothing["thrown_away"]) == (
        None,
        None,
        1,
    )


def test_work_that_takes_a_multiple_of_the_tick_is_kept():
    assert timings.summary([[8.01, 8.1, 7.9], [8.12, 7.93, 8.08]])["thrown_away"] == 0
    assert timings.summary([[8.0, 8.0]])["thrown_away"] == 0  # too few to tell


def test_turns_that_keep_to_the_tick_are_thrown_away_even_if_all_do():
    assert timings.summary([[24.01, 24.0, 23.98], [24.0, 24.0, 24.02]])["thrown_away"] == 2


@pytest.mark.parametrize(
    ("times", "quickest", "verdict"),
    [
        ([4.1, 8.1, 4.15, 3.9], 2.0, True),  # several multiples
        ([8.1, 8.1, 7.9, 8.1], 3.0, True),  # one, far above the quickest turn
        ([8.1, 8.1, 7.9, 8.1], 7.9, False),
        ([4.0, 8.0, 12.1, 6.3], 4.0, True),  # three of four
        ([4.0, 8.0, 5.9, 6.3, 7.1], 4.0, False),  # two of five
        ([0.05, 0.1, 0.02, 0.03], 0.02, False),  # 0 is no multiple
    ],
)
def test_snapped(times, quickest, verdict):
    assert timings.snapped(times, quickest) is verdict


@pytest.mark.parametrize(
    ("ours", "theirs", "ratio", "reached"),
    [
        (1.0, 2.0, 2.0, True),
        (1.0, 1.99, 1.99, False),
        (None, 2.0, None, None),
        (1.0, None, None, None),
    ],
)
def test_marks(ours, theirs, ratio, reached):
    results = [result("step", "minidl", ours), result("step", "slow", 9.0)]
    results += [result("step", "peer", theirs)]
    marks = [Mark("step", 2.0, ("peer",))]
    (found,) = timings.judge(results, marks, "minidl")
    assert (found["ratio"], found["reached"], found["against"]) == (ratio, reached, "peer")


def test_a_mark_is_not_judged_where_somebody_was_thrown_away():
    results = [result("step", "minidl", 1.0), result("step", "a", 3.0), result("step", "b", None)]
    (found,) = timings.judge(results, [Mark("step", 1.5, ("a", "b"))], "minidl")
    assert (found["ratio"], found["reached"], found["thrown_away"]) == (3.0, None, ["b"])


def test_the_fastest_of_the_others_counts():
    results = [result("step", "minidl", 1.0), result("step", "a", 3.0), result("step", "b", 2.0)]
    (found,) = timings.judge(results, [Mark("step", 1.5, ("a", "b"))], "minidl")
    assert (found["against"], found["ratio"]) == ("b", 2.0)


def test_every_mark_is_a_case_that_is_measured():
    from benchmarks.cases import GROUPS

    measured = {case for group in GROUPS.values() for case in group}
    assert {mark.case for mark in MARKS} <= measured


def test_the_guard_sees_what_became_slower_relative_to_others():
    old = {"results": [result("a", "minidl", 1.0), result("a", "peer", 2.0)]}
    old["results"] += [result("b", "minidl", 1.0), result("gone", "minidl", 1.0)]
    # The machine is twice as slow today: only "b", which nobody else does, seems slower.
    new = {"results": [result("a", "minidl", 2.1), result("a", "peer", 4.0)]}
    new["results"] += [result("b", "minidl", 2.0), result("new", "minidl", 1.0)]
    changes = {change["case"]: change for change in guard.compare(old, new, 1.25)}
    assert set(changes) == {"a", "b"}
    assert changes["a"]["ratio"] == pytest.approx(1.05)
    assert (changes["a"]["slower"], changes["b"]["slower"]) == (False, True)
    text = guard.text(changes.values(), 1.25)
    assert text.splitlines()[0].endswith("b  SLOWER than 1.25 ×")
    assert "(relative to 1 others)" in text
