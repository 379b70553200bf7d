"""Figures of a report: bars, roofline, scaling, ladder."""

import numpy as np

from benchmarks import timings
from benchmarks.cases import (
    ARTICLE,
    BY_NAME,
    DCGAN,
    JAX,
    KERAS,
    LADDER,
    MINIDL,
    MYGRAD,
    OPERATIONS,
    PYTORCH,
    SCALING,
    TUNED,
)
from benchmarks.report import number
from minidl.runtime import files

COLORS = {
    MINIDL: "#d1495b",
    PYTORCH: "#b9c4cf",
    TUNED: "#8697a8",
    KERAS: "#6a994e",
    JAX: "#3d6fb4",
    MYGRAD: "#e0a458",
}
MARKERS = {MINIDL: "o", PYTORCH: "s", TUNED: "D", KERAS: "^", JAX: "v"}
#: A bar so many times as long as the shortest is cut off.
CUT = 6


def save(report, folder):
    """Draw every figure that the report has numbers for, as PNG; returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    results = report["results"]
    backward = [operation.name for operation in OPERATIONS if operation.backward]
    drawn = {
        "article.png": bars(results, (*ARTICLE, DCGAN), "Whole networks: time of each library"),
        "operations.png": bars(results, backward, "Single operations: time of each library"),
        "ladder.png": ladder(results),
        "scaling.png": scaling(results),
        "roofline.png": roofline(results, report["roofs"]),
    }
    for name, figure in drawn.items():
        with files.replacing(folder / name) as temporary:
            figure.savefig(temporary, dpi=100, format="png")
    return list(drawn)


def bars(results, cases, title):
    """Draw a panel for each case, with a bar for each contestant; whiskers are quartiles."""
    cases = [case for case in cases if timings.medians(results, case)]
    columns = min(2, len(cases))
    rows = -(-len(cases) // columns)
    figure = _figure(5.6 * columns, 0.7 + 2.2 * rows)
    panels = np.ravel(figure.subplots(rows, columns))
    for axes, case in zip(panels, cases, strict=False):
        measured = [r for r in results if r["case"] == case and r["median_ms"] is not None]
        _bars_of_case(axes, measured)
        axes.set_title(case, fontsize=10)
        axes.set_xlabel("milliseconds an epoch" if "epoch" in case else "milliseconds", fontsize=9)
    for axes in panels[len(cases) :]:
        axes.set_visible(False)
    figure.suptitle(f"{title} (shorter is better)")
    return figure


def _bars_of_case(axes, measured):
    shortest = min(r["median_ms"] for r in measured)
    limit = min(CUT * shortest, max(r["quartiles_ms"][1] for r in measured))
    for place, result in enumerate(measured):
        median = result["median_ms"]
        whiskers = [min(quartile, limit) for quartile in result["quartiles_ms"]]
        axes.barh(place, min(median, limit), color=COLORS[result["name"]])
        text = f"  {number(median)}"
        if median > limit:
            text += " (cut off)"
        else:
            axes.plot(whiskers, [place, place], color="black", linewidth=1.2)
        axes.text(whiskers[1], place, text, va="center", fontsize=9)
    axes.set_yticks(range(len(measured)), [r["name"] for r in measured], fontsize=9)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.6 * limit)
    axes.locator_params(axis="x", nbins=6)
    axes.spines[["top", "right"]].set_visible(False)


def ladder(results):
    """Draw the time of each rung of the ladder, on a logarithmic scale."""
    rungs = {case: timings.medians(results, case).get(MINIDL) for case in LADDER}
    rungs = {case: 1000 * ms for case, ms in rungs.items() if ms is not None}
    figure = _figure(9, 0.9 + 0.5 * len(rungs))
    axes = figure.subplots()
    axes.barh(range(len(rungs)), list(rungs.values()), color=COLORS[MINIDL])
    for place, micros in enumerate(rungs.values()):
        axes.text(micros, place, f" {number(micros)}", va="center", fontsize=9)
    axes.set_yticks(range(len(rungs)), list(rungs), fontsize=9)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(min(rungs.values()) / 4, 4 * max(rungs.values()))
    axes.set_xlabel("microseconds an image (28 × 28, 32 filters of 3 × 3), logarithmic")
    axes.set_title("The convolution formula, from plain loops to fused kernels")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def scaling(results):
    """Draw the time of a convolution against batch size, image size and channels."""
    labels = {
        "batch size": "images of 28 × 28, 32 → 32 channels",
        "image size": "rows and columns (16 images, 32 → 32 channels)",
        "channels": "channels in and out (16 images of 28 × 28)",
    }
    from matplotlib.ticker import FuncFormatter, LogLocator

    figure = _figure(13, 4.2)
    panels = figure.subplots(1, len(SCALING))
    for axes, (what, sweep) in zip(panels, SCALING.items(), strict=True):
        lines = {}
        for size, operation in sweep.items():
            for name, ms in timings.medians(results, operation.name).items():
                lines.setdefault(name, []).append((size, ms))
        for name, points in lines.items():
            marker = MARKERS[name]
            axes.plot(*zip(*points, strict=True), marker=marker, color=COLORS[name], label=name)
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
        axes.set_xticks(list(sweep), list(sweep))
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda ms, _: f"{ms:g}"))
        axes.minorticks_off()
        axes.set_xlabel(labels[what], fontsize=9)
        axes.set_title(f"against the {what}" if what != "channels" else "against the channels")
        axes.grid(alpha=0.3)
    panels[0].set_ylabel("milliseconds")
    if panels[0].lines:
        panels[0].legend(fontsize=9)
    figure.suptitle("Convolution 3 × 3, forward + backward: time (lower is better)")
    return figure


def roofline(results, roofs):
    """Draw operations by arithmetic intensity and speed, under what the machine can do."""
    figure = _figure(9.5, 5.6)
    axes = figure.subplots()
    backward = [operation for operation in OPERATIONS if operation.backward]
    letters = dict(zip((operation.name for operation in backward), "ABCDEFGH", strict=False))
    for name in (MINIDL, PYTORCH, TUNED):
        points = [
            (operation.flops / operation.traffic, operation.flops / times[name] / 1e6)
            for operation in backward
            if name in (times := timings.medians(results, operation.name))
        ]
        if points:
            x, y = zip(*points, strict=True)
            axes.scatter(x, y, color=COLORS[name], marker=MARKERS[name], label=name, zorder=3)
    intensities = np.geomspace(0.05, 1000, 200)
    roof = np.minimum(roofs["gflops"], roofs["gbytes"] * intensities)
    axes.plot(intensities, roof, color="black", linewidth=1.2)
    last, lift = 0, 4
    for operation in sorted(backward, key=lambda operation: operation.flops / operation.traffic):
        x = operation.flops / operation.traffic
        fastest = min(timings.medians(results, operation.name).values(), default=np.inf)
        # Winograd's convolutions pass the roof: the letter stands above both.
        y = max(min(roofs["gflops"], roofs["gbytes"] * x), 1.15 * operation.flops / fastest / 1e6)
        lift = lift + 12 if x < 1.3 * last else 4  # neighbours stand above one another
        last = x
        axes.annotate(
            letters[operation.name], (x, y), (0, lift), textcoords="offset points", ha="center"
        )
    key = "\n".join(f"{letter}  {BY_NAME[name].name}" for name, letter in letters.items())
    axes.text(0.98, 0.03, key, transform=axes.transAxes, ha="right", va="bottom", fontsize=8)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(top=8 * roofs["gflops"])
    axes.set_xlabel("arithmetic intensity: FLOP for each byte that must be moved")
    axes.set_ylabel("GFLOP/s")
    axes.set_title(
        f"Roofline: {number(roofs['gflops'])} GFLOP/s of a matrix product, "
        f"{number(roofs['gbytes'])} GB/s of memory"
    )
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left", fontsize=9)
    return figure


def _figure(width, height):
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")
