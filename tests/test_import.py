"""What ``import minidl`` may not do; how long it takes is measured in ``benchmarks``."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from numba.core import event

class Compiled(event.Listener):
    def on_start(self, event):
        print("compiled", event.data["dispatcher"])
    def on_end(self, event):
        pass

with event.install_listener("numba:compile", Compiled()):
    import minidl
heavy = {"matplotlib", "PIL", "rich", "typer", "bottle", "waitress"} & set(sys.modules)
print("imported", sorted(heavy)) if heavy else None
parts = {f"minidl.{name}" for name in ("applications", "data", "datasets", "plots")}
print("imported", sorted(parts & set(sys.modules))) if parts & set(sys.modules) else None
assert minidl.datasets.mnist and "minidl.datasets" in sys.modules
assert "minidl.plots" not in sys.modules
"""


def test_import_compiles_nothing_and_pulls_in_nothing_heavy():
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert result.stdout == ""


def test_the_public_names_are_there():
    import minidl

    for name in minidl.__all__:
        assert hasattr(minidl, name)
    assert minidl.keras is minidl


def test_a_name_that_is_not_there():
    import minidl

    with pytest.raises(AttributeError, match="module 'minidl' has no attribute 'convolutions'"):
        _ = minidl.convolutions
