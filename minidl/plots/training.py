"""How training went: losses and metrics by epoch, gradients by step, accuracy by labels."""

import numpy as np

from minidl.plots import drawing


def curves(history):
    """Draw loss and metrics against the epoch, for training and validation.

    Parameters
    ----------
    history : History, or dict of lists
        What `fit` returned, or its ``history``.

    >>> figure = curves({"loss": [1.2, 0.7], "val_loss": [1.0, 0.8], "accuracy": [0.6, 0.8]})
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['Loss', 'Accuracy']
    """
    from matplotlib.ticker import MaxNLocator

    values = getattr(history, "history", history)
    names = [name for name in values if not name.startswith("val_")]
    if not names:
        raise ValueError("curves: the history holds no epoch")
    figure = drawing.figure_of(4.5 * len(names), 3.6)
    for axes, name in zip(np.ravel(figure.subplots(1, len(names))), names, strict=True):
        for key, label in ((name, "Training"), (f"val_{name}", "Validation")):
            if key in values:
                epochs = range(1, len(values[key]) + 1)
                marker = "o" if len(epochs) <= 30 else ""
                axes.plot(epochs, values[key], marker=marker, markersize=4, label=label)
        axes.set_xlabel("Epoch")
        axes.set_ylabel(name.replace("_", " ").capitalize())
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.grid(alpha=0.3)
        axes.legend()
    figure.suptitle("Training, epoch by epoch")
    return figure


def gradient_norms(norms):
    """Draw the norm of every layer's gradients against the step, on a logarithmic scale.

    Lines go from the input's layer (dark) to the output's (bright). The faint line is a step's
    norm, the strong one a running mean, where there are more than 50 steps.

    Parameters
    ----------
    norms : `minidl.callbacks.GradientNorms`, or its ``norms``

    >>> (axes,) = gradient_norms({"conv2d": [1.0, 0.5], "dense": [2.0, 0.1]}).axes
    >>> axes.get_yscale(), axes.get_xlabel()
    ('log', 'Step')
    """
    from matplotlib import colormaps

    norms = getattr(norms, "norms", norms)
    if not any(norms.values()):
        raise ValueError("gradient_norms: there is no step")
    figure = drawing.figure_of(7.6, 4.4)
    axes = figure.subplots()
    for name, shade in zip(norms, np.linspace(0, 0.85, len(norms)), strict=True):
        values = np.array(norms[name], float)
        values[values <= 0] = np.nan  # has no logarithm
        steps, colour = np.arange(1, len(values) + 1), colormaps["viridis"](shade)
        if len(values) > 50:
            axes.plot(steps, values, color=colour, linewidth=0.5, alpha=0.25)
            values = _running_mean(values, len(values) // 25)
        axes.plot(steps, values, color=colour, label=name, marker="o" * (len(values) < 3))
    axes.set_yscale("log")
    axes.set(title="Gradients, layer by layer", xlabel="Step", ylabel="Norm of the gradient")
    axes.grid(alpha=0.3)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right center", frameon=False)
    return figure


def learning_curves(curves, target=None):
    """Draw test accuracy against the number of labels: a line a strategy, a band over seeds.

    The line is the mean of the strategy's runs, the band one standard deviation to each side.

    Parameters
    ----------
    curves : sequence of `minidl.data.active.LearningCurve`
        Those of one strategy are its runs with different seeds.
    target : float, optional
        An accuracy to mark.

    >>> from minidl.data.active import LearningCurve
    >>> runs = [LearningCurve("margin", np.array([10, 20]), np.array([0.5, a]), np.arange(20))
    ...         for a in (0.75, 0.25)]
    >>> (axes,) = learning_curves(runs).axes
    >>> axes.lines[0].get_ydata()
    array([0.5, 0.5])
    """
    runs = {}
    for curve in curves:
        runs.setdefault(curve.strategy, []).append(curve)
    if not runs:
        raise ValueError("learning_curves: there is no curve")
    figure = drawing.figure_of(6.4, 4.4)
    axes = figure.subplots()
    for strategy, of_strategy in runs.items():
        labels = of_strategy[0].labels
        if not all(np.array_equal(curve.labels, labels) for curve in of_strategy):
            raise ValueError(
                f"learning_curves: runs of {strategy!r} differ in their numbers of labels"
            )
        accuracy = np.array([curve.accuracy for curve in of_strategy])
        mean, spread = accuracy.mean(axis=0), accuracy.std(axis=0)
        (line,) = axes.plot(labels, mean, label=strategy.replace("_", " "))
        if len(accuracy) > 1:
            axes.fill_between(
                labels, mean - spread, mean + spread, color=line.get_color(), alpha=0.15
            )
    if target is not None:
        axes.axhline(target, color="0.5", linestyle="--", linewidth=1)
    seeds = max(map(len, runs.values()))
    axes.set_xlabel("Labels")
    axes.set_ylabel("Test accuracy")
    axes.set_title(
        "Learning curves" + (f": mean and deviation of {seeds} runs" if seeds > 1 else "")
    )
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    return figure


def few_labels(accuracy, target=None):
    """Draw test accuracy against labels a class: a line a method, bars of one deviation.

    Parameters
    ----------
    accuracy : dict of dict of sequence
        By method, then by labels a class: that of every seed.
    target : float, optional
        An accuracy to mark.

    >>> figure = few_labels({"fine-tuned": {5: [0.8, 0.9], 10: [0.9, 0.9]}})
    >>> figure.axes[0].get_xlabel()
    'Labels a class'
    """
    if not accuracy:
        raise ValueError("few_labels: there is no method")
    figure = drawing.figure_of(7.6, 4.6)
    axes = figure.subplots()
    for method, by_labels in accuracy.items():
        labels = list(by_labels)
        mean, spread = ([f(each) for each in by_labels.values()] for f in (np.mean, np.std))
        axes.errorbar(labels, mean, spread, marker="o", markersize=4, capsize=3, label=method)
    if target is not None:
        axes.axhline(target, color="0.5", linestyle="--", linewidth=1)
    axes.set_xscale("log")
    places = sorted({labels for by_labels in accuracy.values() for labels in by_labels})
    axes.set_xticks(places, [str(place) for place in places])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("Labels a class")
    axes.set_ylabel("Test accuracy")
    axes.set_title("Learning from few labels")
    axes.grid(alpha=0.3)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside right center", frameon=False)
    return figure


def _running_mean(values, window):
    """Return the mean of the last `window` values that are there at each place."""
    there = ~np.isnan(values)
    totals, counts = (
        np.concatenate([np.zeros(window), np.cumsum(each)])
        for each in (np.where(there, values, 0), there)
    )
    sums, numbers = totals[window:] - totals[:-window], counts[window:] - counts[:-window]
    return np.divide(sums, numbers, out=np.full(len(values), np.nan), where=there & (numbers > 0))
