"""From times to statements: medians, spread, ratios, runs to throw away, marks.

Times are milliseconds, in lists of one list for each turn.
"""

import statistics

#: The scheduler's tick: what a thread waits that spins on another's core.
TICK = 4.0


def spread(times):
    """Return the lower quartile, the median and the upper quartile.

    >>> spread([1.0, 2.0, 3.0, 4.0, 5.0])
    (2.0, 3.0, 4.0)
    """
    if len(times) == 1:
        return times[0], times[0], times[0]
    return tuple(statistics.quantiles(times, n=4, method="inclusive"))


def snapped(times, quickest, tick=TICK, tolerance=0.2):
    """Whether the times of a turn look like those of two spinning threads on one core.

    Most of them are then multiples of the scheduler's tick. Work that happens to take a
    multiple of it is not meant: the multiples differ from one another, or lie far above
    `quickest`, the median of the worker's quickest turn.

    >>> snapped([4.02, 8.01, 3.97, 12.03], quickest=2.6)
    True
    >>> snapped([8.01, 8.02, 7.99, 8.03], quickest=8.0)
    False
    """
    if len(times) < 3:
        return False
    multiples = [m for t in times if (m := round(t / tick)) and abs(t - m * tick) <= tolerance]
    if len(multiples) < 0.75 * len(times):
        return False
    return len(set(multiples)) > 1 or statistics.median(times) > 1.5 * quickest


def summary(turns):
    """Return median and quartiles of the turns that are worth keeping, and how many are not.

    Returns
    -------
    dict
        ``median_ms`` and ``quartiles_ms`` over all repetitions, None if nothing was kept;
        ``turns_ms``, the median of each kept turn; ``thrown_away``, how many were not.
    """
    quickest = min(statistics.median(turn) for turn in turns)
    kept = [turn for turn in turns if not snapped(turn, quickest)]
    low, median, high = spread([t for turn in kept for t in turn]) if kept else (None,) * 3
    return {
        "median_ms": median,
        "quartiles_ms": [low, high] if kept else None,
        "turns_ms": [statistics.median(turn) for turn in kept],
        "thrown_away": len(turns) - len(kept),
    }


def medians(results, case):
    """Return the median of each contestant that was measured in `case`, by its name."""
    return {
        result["name"]: result["median_ms"]
        for result in results
        if result["case"] == case and result["median_ms"] is not None
    }


def lead(times, ours, against):
    """Return how many times as fast as the fastest of `against` we are, and who that is.

    >>> lead({"a": 2.0, "b": 6.0, "c": 5.0}, "a", ("b", "c", "d"))
    (2.5, 'c')
    >>> lead({"a": 2.0}, "a", ("b",))
    (None, None)
    """
    present = [name for name in against if name in times]
    if ours not in times or not present:
        return None, None
    fastest = min(present, key=times.get)
    return times[fastest] / times[ours], fastest


def judge(results, marks, ours):
    """Return for each mark a dict: the ratio, against whom, and whether it is reached.

    ``ratio`` and ``reached`` are None where one side was not measured.
    """
    judged = []
    for mark in marks:
        ratio, fastest = lead(medians(results, mark.case), ours, mark.against)
        judged.append(
            {
                "case": mark.case,
                "at_least": mark.at_least,
                "against": fastest or mark.against[0],
                "ratio": ratio,
                "reached": None if ratio is None else ratio >= mark.at_least,
            }
        )
    return judged
