"""Lessons that are stepped through, and exercises that are checked.

From the ground up: `cells` (a lesson's text and code), `places` (where lessons and exercises
are), `running` (a lesson run cell by cell, and the check that runs them all).

Nothing here is imported by ``import minidl``.
"""
