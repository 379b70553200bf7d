"""What the machine is called."""

import os
import pathlib
import platform


def description():
    """Return processor, cores and operating system in a line."""
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()}"


def _processor():
    info = pathlib.Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
