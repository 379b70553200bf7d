"""`minidl label`: what it refuses, what it says, and its exports; the page has tests of its own."""

import csv
import re
import socket
import sys
import threading

import pytest
from PIL import Image

from minidl import cli
from minidl.cli import label as command
from minidl.label.annotation import Annotation
from minidl.label.journal import Journal, read


@pytest.fixture
def labelled(pictures):
    """Label one of the pictures otherwise than its folder says."""
    journal = Journal(pictures / ".minidl-labels.jsonl")
    journal.save("blue/0.png", "ann", 0, Annotation("red"))
    journal.close()
    return pictures


@pytest.fixture
def serve(monkeypatch, run):
    """Run the command until it serves; return its result, and the session's state then."""
    pytest.importorskip("bottle", reason="needs the extra 'label'")
    pytest.importorskip("waitress", reason="needs the extra 'label'")
    from minidl.label import server

    def serve(*arguments):
        seen = {}

        class Server(server.Server):
            def __init__(self, session, port):
                super().__init__(session, port)
                seen["state"], seen["session"] = session.state(), session

            def run(self):
                self.stop()
                super().run()

        monkeypatch.setattr(server, "Server", Server)
        result = run("label", *arguments, "--no-browser")
        return result, seen

    return serve


def test_it_says_where_the_page_and_the_labels_are(serve, labelled):
    result, seen = serve(labelled)
    assert (result.code, result.err) == (0, "")
    for line in (
        r"12 images, 12 labelled",
        rf"Labels go to {re.escape(str(labelled / '.minidl-labels.jsonl'))}",
        r"Label them:  http://127\.0\.0\.1:\d+/[\w-]{32}/",
        r"12 of 12 images labelled",
    ):
        assert re.search(f"^{line}$", result.out, re.MULTILINE), line
    assert seen["state"]["classes"] == ["blue", "red"]
    assert seen["state"]["annotator"] == "default"


def test_options(serve, pictures, digits, tmp_path):
    suspects = tmp_path / "suspects.csv"
    suspects.write_text("path\nblue/3.png\nnone.png\n")
    result, seen = serve(
        pictures, "--classes", "red,green", "--annotator", "ann", "--suspects", suspects,
        "--journal", tmp_path / "mine.jsonl",
    )  # fmt: skip
    assert result.code == 0
    assert "names 1 images that are not in" in result.err
    assert seen["state"]["classes"] == ["red", "green"]
    assert seen["state"]["annotator"] == "ann"
    assert seen["state"]["counts"]["suspected"] == 1
    assert seen["state"]["counts"]["labelled"] == 6  # those in the folder red
    assert read(tmp_path / "mine.jsonl").all() == {}


def test_a_models_classes_and_guesses(serve, digits, tmp_path):
    Image.new("L", (28, 28)).save(tmp_path / "1.png")
    result, seen = serve(tmp_path, "--model", digits / "model.safetensors")
    assert result.code == 0
    assert seen["state"]["classes"] == list("0123456789")
    assert seen["session"].learner.out is None


def test_the_new_model_lies_beside_the_journal(serve, pictures):
    _, seen = serve(pictures, "--retrain")
    assert seen["session"].learner.out == pictures / ".minidl-labels.model.safetensors"


def test_the_browser_is_opened_unless_told_otherwise(monkeypatch, pictures, capsys):
    pytest.importorskip("bottle", reason="needs the extra 'label'")
    pytest.importorskip("waitress", reason="needs the extra 'label'")
    from minidl.label.server import Server

    opened = []
    monkeypatch.setattr(command.webbrowser, "open", opened.append)
    monkeypatch.setattr(Server, "run", lambda self: self._close(self._sockets))
    assert cli.main(["label", str(pictures)]) == 0
    assert opened == re.findall(r"http://\S+", capsys.readouterr().out)


def test_without_the_extra_it_says_what_to_install(fails, pictures, monkeypatch):
    for package in ("bottle", "waitress"):
        monkeypatch.setitem(sys.modules, package, None)
    error = fails("label", pictures)
    assert error == (
        "minidl: error: minidl label needs bottle and waitress: pip install 'minidl[label]'\n"
    )
    assert not (pictures / ".minidl-labels.jsonl").exists()


def test_wrong_arguments(fails, pictures, tmp_path):
    pytest.importorskip("bottle", reason="needs the extra 'label'")
    pytest.importorskip("waitress", reason="needs the extra 'label'")
    (tmp_path / "empty").mkdir()
    for arguments, message in (
        (("none",), "there is no folder 'none'"),
        ((pictures / "red" / "0.png",), "is a file"),
        ((tmp_path / "empty",), "there are no images"),
        ((pictures, "--classes", "a,a"), "two classes have the name 'a'"),
        ((pictures, "--classes", "none.json"), "there is no label set 'none.json'"),
        ((pictures, "--annotator", " "), "a name needs text"),
        ((pictures, "--suspects", "none.csv"), "there is no file none.csv"),
        ((pictures, "--model", "none"), "there is no model file none"),
        ((pictures, "--port", "-1"), "--port needs a whole number"),
        ((pictures, "--port", "70000"), "--port"),
        ((pictures, "--journal", pictures / "red" / "0.png"), "not a journal of labels"),
        ((pictures, "--journal", tmp_path / "none" / "j"), "No such file"),
        ((), "Missing argument 'DIR'"),
    ):
        assert message in fails("label", *arguments)


def test_a_port_in_use(fails, pictures):
    pytest.importorskip("bottle", reason="needs the extra 'label'")
    pytest.importorskip("waitress", reason="needs the extra 'label'")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"--port: cannot listen on {port} (" in fails("label", pictures, "--port", port)


def test_a_journal_in_use(fails, pictures):
    pytest.importorskip("bottle", reason="needs the extra 'label'")
    pytest.importorskip("waitress", reason="needs the extra 'label'")
    journal = Journal(pictures / ".minidl-labels.jsonl")
    assert "in use by another 'minidl label'" in fails("label", pictures)
    journal.close()


def test_export(run, labelled, tmp_path):
    result = run("label", labelled, "--export", tmp_path / "labels.csv")
    assert (result.code, result.err) == (0, "")
    assert result.out == f"12 of 12 images written to {tmp_path / 'labels.csv'}\n"
    with open(tmp_path / "labels.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {"path": "blue/0.png", "label": "red"}
    assert rows[1] == {"path": "blue/1.png", "label": "blue"}


def test_export_says_what_annotators_disagree_on(run, labelled, tmp_path):
    journal = Journal(labelled / ".minidl-labels.jsonl")
    journal.save("blue/0.png", "bob", 0, Annotation("blue"))
    result = run("label", labelled, "--export", tmp_path / "labels.csv")  # while it is open
    journal.close()
    assert "left out 1 images on which annotators disagree" in result.err
    result = run("label", labelled, "--export", tmp_path / "own.csv", "--annotator", "bob")
    assert (result.code, result.err) == (0, "")


def test_export_to_another_suffix(fails, labelled, tmp_path):
    assert "--export needs FILE.csv" in fails("label", labelled, "--export", tmp_path / "a.xml")


def test_no_thread_is_left_behind(serve, pictures):
    before = threading.active_count()
    serve(pictures)
    assert threading.active_count() <= before
