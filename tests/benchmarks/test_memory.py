"""The memory of a process, as its worker fills it."""

import sys

import pytest

from benchmarks import interleave, memory

#: Takes 64 MiB for a moment, once it is asked to prepare the case.
SCRIPT = """
import json, sys

print(json.dumps({"versions": {}, "cases": ["large"]}), flush=True)
for line in sys.stdin:
    b"1" * 2**26
    print(json.dumps({}), flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is counted by Linux")
def test_what_was_taken_for_a_moment_is_seen(tmp_path):
    script = tmp_path / "worker.py"
    script.write_text(SCRIPT, encoding="utf-8")
    missing = tmp_path / "nothing.py"

    def workers():
        return [
            interleave.Worker(name, sys.executable, path, threads=1)
            for name, path in (("there", script), ("missing", missing))
        ]

    (found,) = memory.peaks(workers, ["large"])
    assert (found["case"], found["name"]) == ("large", "there")
    assert 60 <= found["peak_mib"] - found["before_mib"] < 80
    assert memory.peaks(workers, ["unknown"]) == []
