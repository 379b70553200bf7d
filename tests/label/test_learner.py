"""The child process that learns: what comes of it, and how it ends."""

import os
import signal
import subprocess
import sys

import pytest
from PIL import Image

from minidl.label import learner as learners
from minidl.label.learner import Learner

ECHO = """
import json, sys
job = json.loads(sys.stdin.buffer.readline())
"""


@pytest.fixture
def child(monkeypatch):
    """Let the child process run other Python than it would."""

    def child(code):
        monkeypatch.setattr(learners, "COMMAND", (sys.executable, "-c", ECHO + code))

    return child


@pytest.fixture
def labelled(images, open_session, ids):
    """Open a labelling with a learner; two images of different classes are labelled."""

    def labelled(**options):
        session = open_session()
        for name, kind in zip(ids("0.png", "1.png"), ("cat", "dog"), strict=True):
            session.save(name, 0, {"class": kind})
        session.learner = Learner(**options)
        return session

    return labelled


def test_it_learns_and_orders_the_queue(images, noise, labelled, ids, tmp_path):
    for i in range(6):
        colour = (220, 30, 30) if i % 2 == 0 else (30, 30, 220)
        Image.fromarray(noise(colour, i)).save(images / f"{i}.png")
    out = tmp_path / "labels.model.safetensors"
    session = labelled(out=out)
    assert session.learn() == {"started": True}
    assert session.state()["learning"]["busy"]
    session.learner.wait()
    status = session.state()["learning"]
    assert status == {"busy": False, "text": "learnt from 2 labels", "error": False, "learns": True}
    assert session.state()["round"] == 1
    assert out.exists()
    first, second = (session.item(name)["guesses"][0][0] for name in ids("4.png", "5.png"))
    assert (first, second) == ("cat", "dog")


def test_it_learns_anew_after_so_many_labels(labelled, child, ids):
    child("print(json.dumps({'guesses': {name: [['cat', 1.0]] for name in job['labels']}}))")
    session = labelled(out="m.safetensors", every=2)
    third, fourth = ids("2.png", "3.png")
    session.save(third, 0, {"class": "cat"})
    session.learner.wait()
    assert session.state()["round"] == 0
    session.save(fourth, 0, {"class": "cat"})
    session.learner.wait()
    assert session.state()["round"] == 1
    assert session.item(fourth)["guesses"] == [["cat", 1.0]]


def test_labels_that_come_meanwhile_are_learnt_afterwards(labelled, child, ids, tmp_path):
    go = tmp_path / "go"
    os.mkfifo(go) if hasattr(os, "mkfifo") else pytest.skip("needs named pipes")
    child(  # the first time, it waits
        "import pathlib\n"
        f"go = pathlib.Path({str(go)!r})\n"
        "if go.exists(): go.read_text(); go.unlink()\n"
        "print(json.dumps({'guesses': {}}))"
    )
    session = labelled(out="m.safetensors", every=1)
    (name,) = ids("2.png")
    assert session.learn() == {"started": True}
    assert session.learn() == {"started": False}
    session.save(name, 0, {"class": "cat"})
    go.write_text("go")
    session.learner.wait()
    assert session.state()["round"] == 2


def test_a_child_that_fails_is_said(labelled, child):
    for code, message in (
        ("print(json.dumps({'error': 'no space'}))", "no space"),
        ("sys.exit(3)", "the process in which the model learns has ended"),
        ("print(json.dumps({'progress': [1, 2]})); sys.exit(3)", "the process in which"),
        ("print('no JSON')", "Expecting value"),
    ):
        child(code)
        session = labelled(out="m.safetensors")
        session.learn()
        session.learner.wait()
        status = session.state()["learning"]
        assert message in status["text"]
        assert (status["busy"], status["error"]) == (False, True)
        session.close()
        session.journal.path.unlink()


def test_the_child_says_what_went_wrong(labelled, tmp_path):
    session = labelled(model=tmp_path / "none.safetensors")
    session.learner.learn(session)
    session.learner.wait()
    assert "there is no model file" in session.state()["learning"]["text"]


def test_one_class_is_not_enough(images, open_session, ids):
    session = open_session(learner=Learner(out="m.safetensors"))
    session.learner.wait()
    assert "two classes" in session.state()["learning"]["text"]
    assert session.state()["learning"]["busy"] is False


def test_to_close_ends_the_child(labelled, child):
    child("sys.stdin.read()")
    session = labelled(out="m.safetensors")
    session.learn()
    session.close()
    assert session.learner.learn(session) is False


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_the_child_ends_when_the_server_is_killed():
    """The child waits for a job that does not end; its parent is killed."""
    parent = (
        "import subprocess, sys, time\n"
        "code = 'from minidl.label import learn; import threading\\n'"
        "'learn.work = lambda job, tell: (tell(busy=1), threading.Event().wait())\\n'"
        "'learn.main()'\n"
        "child = subprocess.Popen([sys.executable, '-c', code], stdin=subprocess.PIPE)\n"
        "child.stdin.write(b'{}\\n'); child.stdin.flush(); time.sleep(1000)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b'{"busy": 1}\n'
    process.send_signal(signal.SIGKILL)
    # The child holds the other end of the pipe: it is at its end when the child is.
    assert process.stdout.read() == b""
    process.wait()
    process.stdout.close()
