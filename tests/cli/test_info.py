"""`minidl info`."""

import json
import pathlib
import platform

import numpy as np

import minidl


def test_the_table_names_versions_and_threads(run):
    code, out, err = run("info")
    assert (code, err) == (0, "")
    facts = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert facts["numpy"] == np.__version__
    assert facts["threads"] == str(minidl.get_num_threads())


def test_json(run, monkeypatch, tmp_path):
    monkeypatch.setenv("MINIDL_HOME", str(tmp_path))
    code, out, err = run("info", "--json")
    assert (code, err) == (0, "")
    facts = json.loads(out)
    assert facts["versions"]["python"] == platform.python_version()
    assert facts["versions"]["minidl"] == minidl.__version__
    assert facts["cores"] >= 1
    assert facts["data_cache"] == str(tmp_path)
    assert pathlib.Path(facts["package"]) == pathlib.Path(minidl.__file__).parent
    assert all({"internal_api", "num_threads"} <= set(library) for library in facts["blas"])
    assert facts["kernel_cache"]


def test_a_library_without_metadata_is_said_to_be_missing(run, monkeypatch):
    monkeypatch.setattr("minidl.cli.info.LIBRARIES", ("no-such-library",))
    assert json.loads(run("info", "--json").out)["versions"]["no-such-library"] == "not installed"
