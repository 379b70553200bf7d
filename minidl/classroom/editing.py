"""A cell's code changed by the learner: in an editor if one is set, else line by line."""

import os
import pathlib
import re
import shlex
import subprocess
import tempfile

HELP = (
    "N CODE replaces line N, N alone removes it, N+ CODE adds a line after it; Enter ends.\n"
    "(With an editor's name in the variable EDITOR, that is opened instead.)"
)
_LINE = re.compile(r"\s*(\d+)(\+?) ?(.*)")


def editor():
    """Return the command that ``VISUAL`` or ``EDITOR`` names, or None."""
    return os.environ.get("VISUAL") or os.environ.get("EDITOR") or None


def in_editor(command, source):
    """Let an editor change code, and return it.

    Raises
    ------
    ValueError
        If the editor cannot be started, fails, or leaves no UTF-8 text behind.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "cell.py")
        path.write_text(source + "\n", encoding="utf-8")
        try:
            # A Windows path has backslashes, which are not escapes.
            words = [word.strip('"') for word in shlex.split(command, posix=os.name != "nt")]
            subprocess.run([*words, str(path)], check=True)
            return path.read_text(encoding="utf-8-sig").strip("\n")
        except (OSError, ValueError, subprocess.CalledProcessError) as error:
            raise ValueError(f"the editor {command!r} failed: {error}") from error


def in_lines(source, first, read, say):
    """Let code be changed line by line, and return it.

    Parameters
    ----------
    source : str
    first : int
        Number of the first line. The numbers stay as they are shown when lines come or go.
    read : callable
        Returns a line of input for a prompt.
    say : callable
        Called with what there is to say.
    """
    lines = {number: [line] for number, line in enumerate(source.split("\n"), first)}
    say(HELP)
    while typed := read("  ").rstrip():
        match = _LINE.fullmatch(typed)
        if match is None or int(match[1]) not in lines:
            say(f"A line begins with a number from {first} to {max(lines)}.")
        elif match[2]:
            lines[int(match[1])].append(match[3])
        else:
            lines[int(match[1])] = [match[3]] if match[3] else []
    return "\n".join(line for number in lines for line in lines[number])
