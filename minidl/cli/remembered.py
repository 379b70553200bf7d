"""What the classroom's commands remember from one time to the next."""

from minidl.cli import terminal


def progress(kind):
    """Return the `minidl.classroom.progress.Progress` of lessons or of exercises."""
    from minidl.classroom.progress import Progress

    kept = Progress(kind)
    if kept.set_aside:
        terminal.notice(f"minidl: {kept.path} could not be read; it is now {kept.set_aside.name}")
    return kept
