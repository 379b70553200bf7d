"""From times to statements: medians, spread, ratios, runs to throw away, marks.

Times are milliseconds, in lists of one list for each turn.
"""

import statistics

#: The scheduler's tick: what a thread waits that spins on another's core.
TICK = 4.0
#: How near to a multiple of the tick is suspicious, and how near is more than chance.
NEAR, ON_TICK = 0.2, 0.05


def spread(times):
    """Return the lower quartile, the median and the upper quartile.

    >>> spread([1.0, 2.0, 3.0, 4.0, 5.0])
    (2.0, 3.0, 4.0)
    """
    if len(times) == 1:
        return times[0], times[0], times[0]
    return tuple(statistics.quantiles(times, n=4, method="inclusive"))


def snapped(times, quickest):
    """Whether the times of a turn look like those of two spinning threads on one core.

    Most of them are then near multiples of the scheduler's tick. Work that happens to take
    about a multiple of it is not meant: the multiples differ from one another, or lie far
    above `quickest`, the median of the worker's quickest turn, or the times are nearer to
    the tick than any work of that length is steady.

    >>> snapped([4.12, 8.07, 3.93, 12.11], quickest=2.6)
    True
    >>> snapped([24.01, 24.0, 23.98, 24.01], quickest=24.0)
    True
    >>> snapped([8.01, 8.12, 7.89, 8.09], quickest=8.0)
    False
    """
    if len(times) < 3:
        return False
    multiples = _multiples(times, NEAR)
    if len(multiples) < 0.75 * len(times):
        return False
    far = statistics.median(times) > 1.5 * quickest
    on_tick = len(_multiples(times, ON_TICK)) >= 0.75 * len(times)
    return len(set(multiples)) > 1 or far or on_tick


def _multiples(times, tolerance):
    """Return which multiple of the tick each time is, of those that are near to one."""
    multiples = [(t, round(t / TICK)) for t in times]
    return [m for t, m in multiples if m and abs(t - m * TICK) <= tolerance]


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

    ``ratio`` is None where one side was not measured. ``reached`` is None too where a
    contestant's turns were all thrown away: it might have been the fastest.
    """
    judged = []
    for mark in marks:
        ratio, fastest = lead(medians(results, mark.case), ours, mark.against)
        unknown = [
            result["name"]
            for result in results
            if result["case"] == mark.case
            and result["name"] in (ours, *mark.against)
            and result["median_ms"] is None
        ]
        judged.append(
            {
                "case": mark.case,
                "at_least": mark.at_least,
                "against": fastest or mark.against[0],
                "ratio": ratio,
                "thrown_away": unknown,
                "reached": None if ratio is None or unknown else ratio >= mark.at_least,
            }
        )
    return judged
