"""Measured parts of the documentation, written from results: ``python -m benchmarks.pages``.

A part stands between ``<!-- measured: NAME -->`` and ``<!-- end -->``, and is written anew. Run it
after `benchmarks.finetuning` or `benchmarks.gan`.
"""

import json
import pathlib
import re
import statistics

from benchmarks.report import table
from minidl.runtime import files

RESULTS = pathlib.Path(__file__).parent / "results"
DOCS = pathlib.Path(__file__).parents[1] / "docs"
_PART = re.compile(r"(<!-- measured: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def finetuning(results):
    """Return the table of accuracies by labels a class, Keras's beside ours."""
    ours, keras = results["accuracy"], results["keras"]
    version = keras["versions"]["keras"]
    labels = list(ours["from scratch"])
    names = {
        "untrained": "the network as it is",
        "from scratch": "from scratch",
        "features frozen": "only the last layer learns",
        "fine-tuned": "fine-tuned",
        "better recipe": "a better recipe",
    }
    rows = []
    for method, name in names.items():
        rows.append([name, *(_percent(ours[method][n]) for n in labels)])
        if method in keras["accuracy"]:
            theirs = keras["accuracy"][method]
            cells = (_percent(theirs[n]) if n in theirs else "" for n in labels)
            rows.append([f"{name}, Keras {version}", *cells])
    return table(["labels a class", *labels], rows)


def choosing(results):
    """Return the table of the recipes that the better one was chosen from."""
    found = sorted(results["choosing"].items(), key=lambda item: -statistics.mean(item[1]))
    return table(["recipe", "accuracy"], [[name, _percent(each)] for name, each in found])


def gan(results):
    """Return the table of what the judge makes of the images of both, and of other recipes."""
    rows = [
        [f"{kind}, {contestant}, seed {seed}", *_verdict(figures)]
        for kind in ("conditional", "unconditional")
        for contestant, by_seed in results[kind].items()
        for seed, figures in by_seed.items()
    ]
    for name, figures in results["variants"].items():
        rows.append([f"{name.replace('_', ' ')}, minidl", *_verdict(figures)])
    head = "trained", "steps", "recognised as asked", "classes", "Fréchet", "of the untrained"
    return table(head, rows)


def written(page, parts):
    r"""Return a page's text with its measured parts written anew.

    >>> print(written("<!-- measured: a -->\nold\n<!-- end -->", {"a": "new\n"}))
    <!-- measured: a -->
    new
    <!-- end -->
    """
    return _PART.sub(lambda found: found[1] + parts[found[2]] + found[3], page)


def parts():
    """Return the measured parts, by name."""
    tuned, made = (
        json.loads((RESULTS / f"{name}.json").read_text("utf-8")) for name in ("finetuning", "gan")
    )
    return {"finetuning": finetuning(tuned), "choosing": choosing(tuned), "gan": gan(made)}


def main():
    """Write the pages that have such parts."""
    for path in sorted(DOCS.glob("*.md")):
        before = path.read_text("utf-8")
        after = written(before, parts())
        if after != before:
            files.write_text(path, after)
            print(path.name)


def _percent(shares):
    return f"{100 * statistics.mean(shares):.1f} ± {100 * statistics.pstdev(shares):.1f} %"


def _verdict(figures):
    verdict = figures["verdict"]
    spread = verdict["spread"]
    return (
        figures["steps"],
        f"{verdict['recognised']:.1%}" if verdict["recognised"] is not None else "–",
        f"{min(spread):.1%} to {max(spread):.1%}",
        f"{verdict['frechet']:.2f}",
        f"1/{1 / verdict['ratio']:.0f}",
    )


if __name__ == "__main__":
    main()
