"""What the machine is called, and whether it has other work."""

import os
import pathlib
import platform


def description():
    """Return processor, cores and operating system in a line."""
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()}"


def load():
    """Return how many threads wanted to run in the last minute, None where that is not known."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _processor():
    info = pathlib.Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
