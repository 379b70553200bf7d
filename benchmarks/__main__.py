"""Time minidl side by side with the libraries that are installed; see ``benchmarks/README.md``.

A report holds, under these names: ``date``, ``machine``, its ``load`` before, ``threads``,
``rounds``; ``versions`` of each contestant; ``left_out``, why a contestant is not there;
``agreement`` with PyTorch; ``roofs`` of the machine; ``results``, one for each contestant of
each case (see `interleave.race`); ``failed``, where a contestant has none, and why; ``marks``
(`timings.judge`); ``cold`` (`cold.first_runs`); ``memory`` (`memory.peaks`); and ``startup``
(`startup.measure`).
"""

import argparse
import datetime
import json
import pathlib
import sys

from benchmarks import (
    agreement,
    cold,
    contestants,
    figures,
    guard,
    interleave,
    machine,
    memory,
    report,
    startup,
    timings,
)
from benchmarks.cases import (
    ARTICLE,
    DCGAN,
    FIT_STEP,
    GROUPS,
    HAND_STEP,
    LADDER,
    MARKS,
    MINIDL,
    OPERATIONS,
    PYTORCH,
)
from minidl.runtime import files

BACKWARD = tuple(operation.name for operation in OPERATIONS if operation.backward)
#: Cases of ``--quick``, and those whose first run is timed.
QUICK = (*ARTICLE, *BACKWARD, *LADDER)
COLD = (*ARTICLE, *BACKWARD, DCGAN)
#: Cases whose memory is measured.
MEMORY = (FIT_STEP, HAND_STEP)
FEWER_ROUNDS = GROUPS["Scaling"]
#: From this load on, the times are of a machine that has other work.
BUSY = 0.5


def main(arguments=None):
    options = _parser().parse_args(arguments)
    old = json.loads(options.compare.read_text(encoding="utf-8")) if options.compare else None
    contestants.hold_to(options.threads)
    chosen = QUICK if options.quick else tuple(case for group in GROUPS.values() for case in group)
    chosen = [case for case in chosen if options.only in case]
    measured = measure(options, chosen)
    if not (options.quick or options.only or old):
        measured["cold"] = cold.first_runs(COLD, options.threads)
        measured["memory"] = memory.peaks(
            lambda: contestants.contestants(dict(options.python), options.threads), MEMORY
        )
        measured["startup"] = startup.measure(rounds=3)
    print("\n" + report.marks(measured["marks"]))
    for name, why in measured["left_out"].items():
        print(f"{name} was left out: {why}")
    if old:
        changes = guard.compare(old, measured, options.tolerance)
        print(guard.text(changes, options.tolerance))
        sys.exit(any(change["slower"] for change in changes))
    if not options.only:
        write(measured, options.out, options.quick)


def measure(options, cases):
    """Let all contestants race through the cases; returns the report."""
    load = machine.load()
    if load is not None and load > BUSY:
        print(f"The machine has other work (load {load}): these times mean little.")
    workers, left_out = interleave.start(
        contestants.contestants(dict(options.python), options.threads)
    )
    by_name = {worker.name: worker for worker in workers}
    if MINIDL not in by_name:
        sys.exit(f"minidl's worker does not start: {left_out[MINIDL]}")
    rounds = options.rounds or (3 if options.quick else 10)
    measured = {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": machine.description(),
        "load": load,
        "threads": options.threads,
        "rounds": rounds,
        "versions": {worker.name: worker.versions for worker in workers},
        "left_out": left_out,
        "agreement": None,
        "roofs": None,
        "results": [],
        "failed": [],
        "cold": [],
        "memory": [],
        "startup": {},
    }
    try:
        if PYTORCH in by_name:
            measured["agreement"] = agreement.agree(by_name[MINIDL], by_name[PYTORCH])
        for case in cases:
            turns = -(-rounds // 2) if case in FEWER_ROUNDS else rounds
            results, failed = interleave.race(workers, case, turns)
            measured["results"] += results
            measured["failed"] += [
                {"case": case, "name": name, "why": why} for name, why in failed.items()
            ]
            print(f"{case}: {report.line(results)}", flush=True)
        measured["roofs"] = by_name[MINIDL].ask("peaks")
    except agreement.DisagreementError as error:
        sys.exit(str(error))
    finally:
        for worker in workers:
            worker.close()
    aimed_at = [mark for mark in MARKS if mark.case in cases]
    measured["marks"] = timings.judge(measured["results"], aimed_at, MINIDL)
    return measured


def write(measured, folder, quick):
    """Write the report as JSON and, unless it is a quick one, as README and figures."""
    path = folder / "results" / ("quick.json" if quick else "full.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    files.write_json(path, measured)
    if not quick:
        figures.save(measured, folder / "figures")
        report.write_readme(folder / "README.md", measured)
    print(f"Written to {folder}")


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--quick", action="store_true", help="fewer cases and rounds, no figures")
    parser.add_argument("--rounds", type=int, help="turns of each (default 10; quick: 3)")
    parser.add_argument("--threads", type=int, default=len(contestants.cores()))
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        type=contestants.interpreter(*contestants.INTERPRETERS),
        metavar="NAME=PATH",
        help=f"interpreter that has {', '.join(contestants.INTERPRETERS)} (default: this one)",
    )
    parser.add_argument("--only", default="", metavar="TEXT", help="cases whose name has it")
    parser.add_argument(
        "--compare", type=pathlib.Path, metavar="JSON", help="fail if slower than in this report"
    )
    parser.add_argument(
        "--tolerance", type=float, default=1.25, help="of --compare: times as slow (default 1.25)"
    )
    parser.add_argument("--out", type=pathlib.Path, default=interleave.FOLDER, metavar="FOLDER")
    return parser


if __name__ == "__main__":
    main()
