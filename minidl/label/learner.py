"""The server's side of the model: starts the child process that learns, and hears its guesses.

Standard library, and the place of `minidl`; tested by ``tests/label/test_learner.py``.
"""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import minidl

EVERY = 10  # new labels after which a model learns anew
COMMAND = (sys.executable, "-P", "-m", "minidl.label.learn")  # -P: run nothing from this folder
PACKAGES = Path(minidl.__file__).parents[1]  # where the child finds this minidl, and no other


class Learner:
    """A model that guesses, and may learn in the background.

    Parameters
    ----------
    model : path, optional
        A saved model to guess with, and to start learning from.
    out : path, optional
        Where to write what it learns. Without it, it only guesses.
    every : int
        New labels after which it learns anew.
    """

    def __init__(self, model=None, out=None, every=EVERY):
        self.model = model
        self.out = out
        self.every = every
        self._lock = threading.Lock()
        self._process = None
        self._thread = None
        self._closed = False
        self._new = 0
        self._status = {"busy": False, "text": "", "error": False}

    def on_save(self, session):
        """Count a label; learn if there are enough new ones."""
        with self._lock:
            self._new += 1
        self._learn_if_due(session)

    def learn(self, session):
        """Learn and guess in the background; whether that was started: not while it goes on."""
        with self._lock:
            if self._closed or self._status["busy"]:
                return False
            self._new = 0
            self._status = {"busy": True, "text": "starting", "error": False}
            self._thread = threading.Thread(target=self._work, args=(session,), daemon=True)
            self._thread.start()
        return True

    def status(self):
        """Return {"busy", "text", "error", "learns"} for the page."""
        with self._lock:
            return {**self._status, "learns": self.out is not None}

    def wait(self):
        """Wait until nothing is going on."""
        while (thread := self._thread) and thread.is_alive():
            thread.join()

    def close(self):
        """End the child process."""
        with self._lock:
            self._closed = True
            if self._process:
                self._process.kill()
        self.wait()

    def _work(self, session):
        labels = session.labels()
        out = self.out if len(set(labels.values())) > 1 else None
        if not out and not self.model:
            self._say("it learns as soon as two classes have labels", busy=False)
            return
        paths = {"model": self.model and str(self.model), "out": out and str(out)}
        text = f"learning from {len(labels):,} labels" if out else "looking at the images"
        self._say(text)
        last = self._run({"images": session.locations(), "labels": labels, **paths}, text)
        if "guesses" not in last:
            text = last.get("error", "the process in which the model learns has ended")
            self._say(text, busy=False, error=True)
            return
        session.take_guesses(last["guesses"])
        self._say(f"learnt from {len(labels):,} labels" if out else "", busy=False)
        self._learn_if_due(session)

    def _learn_if_due(self, session):
        with self._lock:
            due = self.out and self._new >= self.every
        if due:
            self.learn(session)

    def _run(self, job, text):
        """Give the job to a child process, and return the last thing that it says."""
        last = {}
        try:
            with self._started() as process:
                process.stdin.write(json.dumps(job).encode() + b"\n")
                process.stdin.flush()
                for line in process.stdout:
                    last = json.loads(line)
                    if "progress" in last:
                        self._say("{}: round {} of {}".format(text, *last["progress"]))
        except (OSError, ValueError) as error:
            return {"error": str(error)}
        return last

    def _started(self):
        with self._lock:
            if self._closed:
                raise OSError("the server ends")
            paths = os.pathsep.join([str(PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])])
            self._process = subprocess.Popen(
                COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": paths},
                start_new_session=True,  # Ctrl-C is for the server, which ends the child
            )
            return self._process

    def _say(self, text, busy=True, error=False):
        with self._lock:
            self._status = {"busy": busy, "text": text, "error": error}
