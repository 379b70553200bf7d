"""`kill -9` at any moment: what was answered is there afterwards."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading

import pytest
from label_client import Client

from minidl.label.journal import read

CLIENTS = 3


@pytest.fixture
def start(images, tmp_path):
    """Start the command in a child process; returns it and a `Client`."""
    pytest.importorskip("bottle", reason="needs the extra 'label'")
    pytest.importorskip("waitress", reason="needs the extra 'label'")
    processes = []

    def start():
        command = [sys.executable, "-m", "minidl", "label", images, "--classes", "cat,dog"]
        command += ["--journal", tmp_path / "labels.jsonl", "--no-browser"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        processes.append(process)
        for line in process.stdout:
            if found := re.search(r"http://\S+/", line):
                return process, Client(found[0])
        raise AssertionError("it printed no address")

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("after", [1, 40])
def test_no_answered_label_is_lost(start, ids, tmp_path, after):
    """Clients save as fast as they can; in the middle of it, the server is killed."""
    process, client = start()
    answered = [[] for _ in range(CLIENTS)]
    enough = threading.Event()

    def burst(number, name):
        version = 0
        while True:
            said = {"class": "cat", "boxes": [_box(version % 11)]}
            label = {"id": name, "version": version, "annotation": said}
            try:
                status, _ = client.json("api/label", label)
            except (OSError, ValueError, http.client.HTTPException):  # the server is dead
                return
            assert status == 200
            version += 1
            answered[number].append(said)
            if sum(map(len, answered)) >= after:
                enough.set()

    names = ["0.png", "1.png", "2.png"]
    threads = [threading.Thread(target=burst, args=each) for each in enumerate(ids(*names))]
    for thread in threads:
        thread.start()
    assert enough.wait(60)
    process.send_signal(signal.SIGKILL)
    for thread in threads:
        thread.join()
    process.wait()

    state = read(tmp_path / "labels.jsonl")
    for number, image in enumerate(names):
        saved = state.saved(image, "default")
        # The last one may have reached the disk without the answer reaching the client.
        assert saved.version - len(answered[number]) in (0, 1)
        if answered[number] and saved.version == len(answered[number]):
            assert saved.annotation.to_json() == answered[number][-1]

    process, client = start()
    for number, name in enumerate(ids(*names)):
        item = client.json(f"api/item/{name}")[1]
        assert item["version"] == state.saved(names[number], "default").version
        label = {"id": name, "version": item["version"], "annotation": {"class": "dog"}}
        assert client.json("api/label", label) == (200, {"version": item["version"] + 1})


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_ends_it_cleanly(start, ids, tmp_path):
    process, client = start()
    label = {"id": ids("0.png")[0], "version": 0, "annotation": {"class": "cat"}}
    assert client.json("api/label", label)[0] == 200
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    assert process.wait() == 0
    assert rest.splitlines()[-1] == "1 of 6 images labelled"
    assert json.loads((tmp_path / "labels.jsonl").read_text().splitlines()[-1])["image"] == "0.png"


def _box(x):
    return {"class": "cat", "x": x, "y": 0, "width": 1, "height": 1}
