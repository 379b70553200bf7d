"""The report in words and tables: for the terminal, and as the README's measured part.

A report is a dict that JSON knows; `benchmarks.__main__` says what is in it.
"""

from benchmarks import timings
from benchmarks.cases import GROUPS, MINIDL
from minidl.runtime import files

#: The figure of each group, as `benchmarks.figures` draws it.
FIGURES = {
    "The article's CNN": "article.png",
    "Operations": "operations.png",
    "From plain loops to fused kernels": "ladder.png",
    "Scaling": "scaling.png",
}
#: In the README, everything from this line on is written by the program.
MARKER = "<!-- Measured: everything below is written by `python -m benchmarks`. -->"


def line(results):
    """Return a line for the terminal: the contestants of one case, minidl first.

    >>> line([{"name": "minidl", "median_ms": 2.0, "quartiles_ms": [1.9, 2.2], "thrown_away": 0}])
    'minidl 2.00 (1.90–2.20)'
    """
    return " | ".join(f"{result['name']} {_cell(result)}" for result in results)


def write_readme(path, report):
    """Put the report in the README's measured part; what stands above is kept."""
    above = ""
    if path.exists():
        above = path.read_text(encoding="utf-8").split(MARKER)[0]
    files.write_text(path, f"{above}{MARKER}\n\n{markdown(report)}")


def markdown(report):
    """Return the report as Markdown."""
    sections = [_setting(report), "## Marks\n", marks(report["marks"])]
    for title, cases in GROUPS.items():
        sections.append(f"## {title}\n")
        sections.append(_table_of.get(title, _group)(report, cases))
        if title in FIGURES:
            sections.append(f"![{title}](figures/{FIGURES[title]})\n")
    sections += [_roofs(report), _cold(report), _memory(report), _startup(report), _missing(report)]
    return "\n".join(section for section in sections if section)


def marks(judged):
    """Return the table of marks."""
    rows = []
    for mark in judged:
        if mark["ratio"] is None:
            ratio, verdict = "–", "not measured"
        else:
            ratio = f"{mark['ratio']:.2f} ×"
            verdict = "reached" if mark["reached"] else "missed"
            if mark["thrown_away"]:
                verdict = f"not judged: {', '.join(mark['thrown_away'])} thrown away"
        rows.append([mark["case"], mark["against"], ratio, f"{mark['at_least']:g} ×", verdict])
    head = ["case", "against the fastest, which is", "times as fast", "mark", ""]
    return table(head, rows)


def table(head, rows):
    """Return a Markdown table.

    >>> print(table(["case", "ms"], [["step", "3"]]), end="")
    | case | ms |
    | --- | --- |
    | step | 3 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, cells))} |\n" for cells in lines)


def number(value):
    """Return a number with about three digits.

    >>> [number(x) for x in (0.01234, 1.234, 12.34, 1234.5)]
    ['0.0123', '1.23', '12.3', '1,234']
    """
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    if value >= 1:
        return f"{value:.2f}"
    return f"{value:.3g}"


def _cell(result):
    if result["median_ms"] is None:
        return "thrown away"
    low, high = map(number, result["quartiles_ms"])
    return f"{number(result['median_ms'])} ({low}–{high})"


def _setting(report):
    agreement = report["agreement"]
    if agreement is None:
        checked = "PyTorch was not there: nothing was checked against it.\n"
    else:
        differences = ", ".join(f"{apart:.1g} in the {what}" for what, apart in agreement.items())
        checked = (
            "Checked before anything was timed: from the same weights, minidl and PyTorch differ "
            f"by at most {differences}, as a share of the largest number, over ten steps of "
            "Adam.\n"
        )
    load = report["load"]
    load = "" if load is None else f" (load before: {load})"
    versions = [
        [name, ", ".join(f"{library} {version}" for library, version in versions.items())]
        for name, versions in report["versions"].items()
    ]
    return (
        f"{report['date']}, {report['machine']}{load}; {report['threads']} threads, "
        f"{report['rounds']} rounds. Milliseconds, float32: the median, and in brackets the "
        f"quartiles.\n\n{table(['contestant', 'versions'], versions)}\n{checked}"
    )


def _group(report, cases):
    """Return a table with a row for each case and a column for each contestant."""
    results = [result for result in report["results"] if result["case"] in cases]
    if not results:
        return "Not measured.\n"
    names = list(dict.fromkeys(result["name"] for result in results))
    by_place = {(result["case"], result["name"]): result for result in results}
    rows = []
    for case in dict.fromkeys(result["case"] for result in results):
        ratio, fastest = timings.lead(timings.medians(results, case), MINIDL, names[1:])
        rows.append(
            [case]
            + [_cell(by_place[case, n]) if (case, n) in by_place else "" for n in names]
            + [f"{ratio:.2f} × {fastest}" if ratio else ""]
        )
    head = ["case", *names, "minidl against the fastest other"]
    return table(head, rows) + _choices(results, names)


def _choices(results, names):
    """Return a folded table of what was chosen where there were several ways."""
    chosen = {}
    for result in results:
        if result["choice"]:
            chosen.setdefault(result["case"], {})[result["name"]] = result["choice"]
    if not chosen:
        return ""
    names = [name for name in names if any(name in choices for choices in chosen.values())]
    rows = [[case, *(ways.get(name, "") for name in names)] for case, ways in chosen.items()]
    return (
        "\n<details><summary>The quickest of several ways, chosen in the warm-up</summary>\n\n"
        f"{table(['case', *names], rows)}\n</details>\n"
    )


def _ladder(report, cases):
    rows, before = [], None
    for case in cases:
        times = timings.medians(report["results"], case)
        if MINIDL in times:
            gain = f"{before / times[MINIDL]:.1f} ×" if before else ""
            rows.append([case, f"{number(times[MINIDL] * 1000)} µs", gain])
            before = times[MINIDL]
    return table(["28 × 28 → 32 filters of 3 × 3", "per image", "as fast as the row above"], rows)


_table_of = {
    "From plain loops to fused kernels": _ladder,
    # The figure shows what matters; the numbers are in the JSON.
    "Scaling": lambda report, cases: "",
}


def _roofs(report):
    if report["roofs"] is None:
        return ""
    return (
        "## The machine's roofs\n\n"
        f"A product of 2048 × 2048 matrices runs at {number(report['roofs']['gflops'])} GFLOP/s, "
        f"the sum of two arrays of 128 MiB at {number(report['roofs']['gbytes'])} GB/s.\n\n"
        "![Roofline](figures/roofline.png)\n"
    )


def _cold(report):
    if not report["cold"]:
        return ""
    rows = []
    for run in report["cold"]:
        results = {r["name"]: r for r in report["results"] if r["case"] == run["case"]}
        ours = results.pop(MINIDL)
        warm = ours["median_ms"]
        others = (f"{name} {number(r['first_ms'])}" for name, r in results.items())
        rows.append(
            [
                run["case"],
                number(run["empty_ms"]),
                number(run["filled_ms"]),
                "thrown away" if warm is None else number(warm * ours["steps"]),
                ", ".join(others),
            ]
        )
    head = [
        "first run, ms (of `fit`: an epoch)",
        "minidl, kernels not compiled yet",
        "minidl, from Numba's cache",
        "minidl, warm",
        "others' first runs",
    ]
    return f"## Cold\n\n{table(head, rows)}"


def _memory(report):
    rows = [
        [
            each["case"],
            each["name"],
            number(each["peak_mib"] - each["before_mib"]),
            number(each["peak_mib"]),
        ]
        for each in report["memory"]
    ]
    head = ["peak of resident memory, MiB", "", "beyond what it began with", "in all"]
    return f"## Memory\n\n{table(head, rows)}" if rows else ""


def _startup(report):
    rows = [[name, f"{seconds:.2f}"] for name, seconds in report["startup"].items()]
    return f"## Start\n\n{table(['in a new process', 's'], rows)}" if rows else ""


def _missing(report):
    """Say who was left out, and how many turns were thrown away."""
    lines = [f"- {name} was left out: {why}" for name, why in report["left_out"].items()]
    lines += [f"- {each['name']}, {each['case']}: {each['why']}" for each in report["failed"]]
    text = "\n".join(lines or ["Nobody."]) + "\n"
    thrown_away = [
        f"- {result['name']}, {result['case']}: {result['thrown_away']} of "
        f"{result['thrown_away'] + len(result['turns_ms'])} turns thrown away"
        for result in report["results"]
        if result["thrown_away"]
    ]
    if thrown_away:
        text += (
            "\nTimes that snapped to multiples of 4 ms say that two spinning threads shared "
            "a core:\n\n" + "\n".join(thrown_away) + "\n"
        )
    return f"## Left out\n\n{text}"
