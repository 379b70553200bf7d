"""Compiled kernels: kept where that is possible, and no harm done where it is not."""

import errno
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys

import numba
import numpy as np
import pytest
from numba.core.caching import IndexDataCacheFile

import minidl
from minidl.kernels import cache

needs_numba = pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="nothing is compiled with NUMBA_DISABLE_JIT=1"
)

posix = pytest.mark.skipif(os.name == "nt", reason="folders and their modes are POSIX's")

#: Run convolutions in the dtypes given; print what was compiled, warned of, and computed.
PROGRAM = """
import hashlib, json, sys, warnings
from numba.core import event

class Listener(event.Listener):
    count = 0
    def on_start(self, event):
        self.count += 1
    def on_end(self, event):
        pass

with event.install_listener("numba:compile", Listener()) as listener:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        import minidl, numpy as np
        results = {}
        for dtype in sys.argv[1:]:
            x = np.linspace(-1, 1, 98, dtype=dtype).reshape(1, 7, 7, 2)
            kernel = np.linspace(1, 2, 54, dtype=dtype).reshape(3, 3, 2, 3)
            y = minidl.ops.max_pool2d(minidl.ops.conv2d(x, kernel), 2)
            results[dtype] = hashlib.sha256(y.tobytes()).hexdigest()
print(json.dumps({
    "package": minidl.__file__, "compiled": listener.count, "results": results,
    "warnings": [[w.category.__name__, str(w.message)] for w in told],
}))
"""


def start(*dtypes, **environment):
    """Start the program in an environment of which Numba's settings are only those given."""
    known = {k: v for k, v in os.environ.items() if not k.startswith("NUMBA_")}
    folder = environment.pop("PYTHONPATH", str(pathlib.Path(minidl.__file__).parents[1]))
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *dtypes],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=known | {"PYTHONPATH": folder} | {k: str(v) for k, v in environment.items()},
    )


def told(process):
    output, _ = process.communicate()
    assert process.returncode == 0
    return json.loads(output)


@pytest.fixture
def sealed(tmp_path):
    """A copy of the package, and an environment, in which no folder of Numba's can be made.

    A file stands in each folder's place, for that stops the superuser too.
    """
    shutil.copytree(
        pathlib.Path(minidl.__file__).parent,
        tmp_path / "site" / "minidl",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for folder in {p.parent for p in (tmp_path / "site").rglob("*.py")}:
        (folder / "__pycache__").write_text("not a folder")
    (tmp_path / "home").write_text("not a folder")
    (tmp_path / "tmp").mkdir()
    below = tmp_path / "home" / "below"
    return {
        "PYTHONPATH": str(tmp_path / "site"),
        "TMPDIR": tmp_path / "tmp",
        "HOME": below,
        "XDG_CACHE_HOME": below,
    }


@posix
def test_a_read_only_package_and_home_work_with_one_warning(sealed):
    first = told(start("float32", **sealed))
    assert first["package"].startswith(sealed["PYTHONPATH"])
    assert first["compiled"]
    ((kind, message),) = first["warnings"]
    folder = sealed["TMPDIR"] / f"minidl-{os.getuid()}"
    assert kind == "RuntimeWarning"
    assert f"kept in {folder}; set NUMBA_CACHE_DIR" in message
    assert folder.stat().st_mode & 0o777 == 0o700
    again = told(start("float32", **sealed))
    assert again["compiled"] == 0
    assert again["warnings"] == first["warnings"]
    assert again["results"] == first["results"]


def test_two_processes_at_once_do_not_break_each_others_cache(tmp_path):
    orders = (["float32", "float64"], ["float64", "float32"])
    both = [start(*order, NUMBA_CACHE_DIR=tmp_path) for order in orders]
    first, second = (told(process) for process in both)
    assert first["compiled"]
    assert first["results"] == second["results"]
    third = told(start("float32", "float64", NUMBA_CACHE_DIR=tmp_path))
    assert third["results"] == first["results"]
    # Where both wrote at once, what one of them kept may be lost.
    assert third["compiled"] < first["compiled"] + second["compiled"]
    last = told(start("float64", "float32", NUMBA_CACHE_DIR=tmp_path))
    assert last["compiled"] == 0
    assert last["results"] == first["results"]
    assert not any(run["warnings"] for run in (first, second, third, last))


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Return a function that is new each time, of one file: ``f(x) = x + x``."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "_warned", False)
    path = tmp_path / "twice.py"
    path.write_text("from minidl.kernels.jit import jit\n\n@jit\ndef f(x):\n    return x + x\n")

    def load():
        spec = importlib.util.spec_from_file_location("twice", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.f

    load.path = path
    return load


def hits(f):
    return sum(f.stats.cache_hits.values())


def files(tmp_path, ending):
    return sorted((tmp_path / "cache").rglob(f"*{ending}"))


@needs_numba
def test_what_is_kept_is_found_again(make):
    assert make()(2) == 4
    f = make()
    assert f(2) == 4
    assert hits(f) == 1


@needs_numba
@pytest.mark.parametrize("ending", [".nbi", ".nbc"])
@pytest.mark.parametrize("left", [0, 40])
def test_files_cut_short_are_written_anew(make, tmp_path, ending, left):
    make()(2)
    (path,) = files(tmp_path, ending)
    path.write_bytes(path.read_bytes()[:left])
    f = make()
    assert f(2) == 4
    assert hits(f) == 0
    f = make()
    assert f(2) == 4
    assert hits(f) == 1


@needs_numba
def test_code_of_another_signature_is_not_run(make, tmp_path):
    make()(2)
    whole = files(tmp_path, ".nbc")[0].read_bytes()
    shutil.rmtree(tmp_path / "cache")
    make()(0.25)
    files(tmp_path, ".nbc")[0].write_bytes(whole)
    assert make()(0.25) == 0.5
    f = make()
    assert f(0.25) == 0.5
    assert hits(f) == 1


@needs_numba
def test_a_full_disk_costs_one_warning(make, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(IndexDataCacheFile, "save", full)
    f = make()
    with pytest.warns(RuntimeWarning, match="cannot be kept in .*No space left on device"):
        assert f(2) == 4
    assert f(0.25) == 0.5  # a second warning would be an error
    assert make()(3) == 6


@needs_numba
def test_a_folder_that_goes_away_costs_one_warning(make, tmp_path):
    f = make()
    assert f(2) == 4
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").write_text("not a folder")
    with pytest.warns(RuntimeWarning, match="set NUMBA_CACHE_DIR"):
        assert f(0.25) == 0.5
    assert f(np.float32(0.5)) == 1


@needs_numba
def test_a_file_that_was_edited_after_import_is_not_kept(make, tmp_path):
    f = make()
    make.path.write_text(make.path.read_text().replace("x + x", "x + 700"))
    assert f(2) == 4
    assert not files(tmp_path, ".nbi")
    assert make()(2) == 702


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(cache, "_warned", False)

    def folder():
        with pytest.warns(RuntimeWarning, match="compiled kernels are kept in"):
            return pathlib.Path(cache.temporary_folder.__wrapped__())

    return folder


@posix
def test_the_temporary_folder_is_used_again(temporary, tmp_path, monkeypatch):
    assert temporary() == tmp_path / f"minidl-{os.getuid()}"
    monkeypatch.setattr(cache, "_warned", False)
    assert temporary() == tmp_path / f"minidl-{os.getuid()}"


@posix
@pytest.mark.parametrize("what", ["open", "link", "file", "another's"])
def test_a_temporary_folder_that_others_could_write_to_is_left_alone(
    temporary, tmp_path, monkeypatch, what
):
    usual = tmp_path / f"minidl-{os.getuid()}"
    if what == "open":
        usual.mkdir()
        usual.chmod(0o770)
    elif what == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        usual.symlink_to(tmp_path / "elsewhere")
    elif what == "file":
        usual.write_text("")
    else:
        other = os.getuid() + 1
        usual = tmp_path / f"minidl-{other}"
        usual.mkdir(mode=0o700)
        monkeypatch.setattr(os, "getuid", lambda: other)
    folder = temporary()
    assert folder != usual
    assert folder.parent == tmp_path
    assert folder.stat().st_mode & 0o777 == 0o700


@needs_numba
def test_without_any_folder_kernels_still_run(make, monkeypatch, tmp_path):
    def nowhere(*_, **__):
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(cache, "FunctionCache", nowhere)
    monkeypatch.setattr(cache, "temporary_folder", lambda: str(tmp_path))
    f = make()
    with pytest.warns(RuntimeWarning, match="compiled kernels cannot be kept"):
        assert f(2) == 4
    assert f(0.25) == 0.5
    assert f.stats.cache_path is None
    assert pathlib.Path(numba.config.CACHE_DIR) == tmp_path / "cache"
