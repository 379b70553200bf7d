"""Solutions are run by the grader alone."""

collect_ignore_glob = ["*/*.py"]
