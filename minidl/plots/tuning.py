"""What looking for hyper-parameters found: losses by learning rate, scores by setting."""

import numbers

import numpy as np

from minidl.plots import drawing

COLUMNS = 3


def range_test(found):
    """Draw a learning-rate range test: the loss against the rate, and the suggested rate.

    Parameters
    ----------
    found : `minidl.tuning.RangeTest`

    >>> from minidl.tuning import RangeTest
    >>> rates, losses = np.geomspace(1e-4, 1, 5), np.array([2.0, 1.9, 1.0, 0.9, 3.0])
    >>> (axes,) = range_test(RangeTest(rates, losses, losses, 1e-2)).axes
    >>> axes.get_xscale(), axes.get_xlabel()
    ('log', 'Learning rate')
    """
    figure = drawing.figure_of(6.4, 4.2)
    axes = figure.subplots()
    axes.plot(found.rates, found.losses, color="0.8", label="Loss of a batch")
    axes.plot(found.rates, found.smoothed, label="Running mean")
    axes.axvline(
        found.suggestion, color="C1", linestyle="--", label=f"Steepest fall: {found.suggestion:.2g}"
    )
    axes.set_xscale("log")
    # Where the loss explodes, the rest would be a flat line.
    top = max(found.smoothed[0], np.max(found.losses[: max(1, len(found.losses) // 2)]))
    axes.set_ylim(0, 1.3 * top)
    axes.set_xlabel("Learning rate")
    axes.set_ylabel("Loss")
    axes.set_title("Learning-rate range test")
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left")
    return figure


def search(found, names=None):
    """Draw the score of each trial of a search, once against every hyper-parameter.

    The size of a point is its budget; the best trial is ringed. Failed trials have no score.

    Parameters
    ----------
    found : `minidl.tuning.Search`
    names : sequence of str, optional
        Of the hyper-parameters to show; all by default. Positive numbers, the largest of which is
        more than 30 times the lower quartile, are shown by magnitude.

    >>> from minidl.tuning import Search, Trial
    >>> trials = [Trial(i, {"rate": 10.0**-i, "kind": "ab"[i]}, 1, i / 2) for i in range(2)]
    >>> [axes.get_xlabel() for axes in search(Search(trials)).axes]
    ['rate', 'kind']
    """
    best = found.best
    trials = [trial for trial in found.trials if not trial.error]
    names = list(best.settings if names is None else names)
    rows = -(-len(names) // COLUMNS)
    columns = min(len(names), COLUMNS)
    figure = drawing.figure_of(max(4.4, 3.4 * columns), 3.4 * rows + 0.3)
    grid = figure.subplots(rows, columns, squeeze=False)
    largest = max(trial.budget for trial in trials)
    sizes = [15 + 45 * trial.budget / largest for trial in trials]
    scores = [trial.score for trial in trials]
    for axes, name in zip(grid.flat, names, strict=False):
        places = _along(axes, [trial.settings[name] for trial in trials])
        axes.scatter(places, scores, sizes, alpha=0.6, linewidths=0)
        at = next(i for i, trial in enumerate(trials) if trial is best)
        axes.scatter(places[at], best.score, 160, facecolors="none", edgecolors="C1", linewidths=2)
        axes.set_xlabel(name)
        axes.grid(alpha=0.3)
    for axes in grid[:, 0]:
        axes.set_ylabel("Score")
    for axes in grid.flat[len(names) :]:
        axes.remove()
    figure.suptitle(f"{len(trials)} trials; ringed: the best")
    return figure


def _along(axes, values):
    """Return places of values along the x axis: numbers as they are, others side by side."""
    if all(isinstance(v, numbers.Real) and not isinstance(v, bool) for v in values):
        if min(values) > 0 and max(values) > 30 * np.quantile(values, 0.25):
            axes.set_xscale("log")
        return values
    kinds = sorted(set(map(str, values)))
    axes.set_xticks(range(len(kinds)), [kind[:12] for kind in kinds])
    axes.set_xlim(-0.5, len(kinds) - 0.5)
    return [kinds.index(str(value)) for value in values]
