"""Ctrl-C, for commands that finish what is under way first."""

import contextlib
import os
import signal
import threading


class Request:
    """Whether somebody has pressed Ctrl-C."""

    def __init__(self):
        self.made = False


@contextlib.contextmanager
def on_request(message):
    """Give a `Request`; inside, the first Ctrl-C makes it, and the second one is as ever.

    Parameters
    ----------
    message : str
        What is said on stderr at the first one.

    >>> with on_request("stopping after this step") as request:
    ...     request.made
    False
    """
    request = Request()
    here = threading.current_thread() is threading.main_thread()
    if not here or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield request
        return

    def ask(_number, _frame):
        request.made = True
        signal.signal(signal.SIGINT, before)
        # print() may be what the signal interrupted, and must not be entered twice.
        os.write(2, f"\n{message}; Ctrl-C again stops at once\n".encode())

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield request
    finally:
        signal.signal(signal.SIGINT, before)
