"""`minidl.cli.main`: what holds for all commands."""

import subprocess
import sys

import pytest

import minidl
from minidl import cli


def test_the_version(run):
    assert run("--version") == (0, f"minidl {minidl.__version__}\n", "")


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_help_names_the_commands(run, arguments):
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    assert all(command in out for command in ("train", "predict", "info"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--verson",), "--verson"),
        (("tran",), "Did you mean 'train'?"),
        (("train", "--epoch", "3"), "--epochs"),
        (("train", "--epochs"), "--epochs"),
        (("train", "--epochs", "many"), "--epochs"),
        (("train", "mnist", "surplus"), "surplus"),
        (("predict",), "Missing argument"),
        (("predict", "model.safetensors"), "IMAGE"),
        (("info", "--yaml"), "minidl info --help"),
    ],
)
def test_errors_of_usage_are_one_line(fails, arguments, message):
    assert message in fails(*arguments)


def test_a_name_that_is_hard_to_print_stays_in_one_line(fails):
    assert r"no folder 'a\nb\x1b[31m'" in fails("train", "a\nb\x1b[31m")


def test_debug_shows_where_an_error_arose(run):
    code, _, err = run("--debug", "train", "no such folder")
    assert code == 2
    assert "Traceback" in err
    assert err.splitlines()[-1] == "minidl: error: there is no folder 'no such folder'"


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (PermissionError(13, "Permission denied", "f.png"), "f.png: Permission denied"),
        (MemoryError(), "MemoryError"),
        (KeyError("k"), "KeyError: 'k' (a defect; 'minidl --debug …' shows where it arose)"),
    ],
)
def test_other_errors_are_one_line_too(fails, monkeypatch, error, line):
    def gather():
        raise error

    monkeypatch.setattr(cli.info, "gather", gather)
    assert fails("info") == f"minidl: error: {line}\n"


def test_ctrl_c_outside_of_training_ends_at_once(run, monkeypatch):
    def gather():
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.info, "gather", gather)
    assert run("info") == (130, "", "minidl: interrupted\n")


def test_as_a_module():
    command = [sys.executable, "-m", "minidl", "train", "no such folder"]
    ended = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert ended.returncode == 2
    assert (ended.stdout, ended.stderr) == (
        "",
        "minidl: error: there is no folder 'no such folder'\n",
    )


def test_a_reader_that_has_seen_enough_is_no_error():
    code = "import sys; from minidl.cli import main; sys.stdin.read(); sys.exit(main(['info']))"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    process.stdin.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait() == 1
