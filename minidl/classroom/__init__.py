"""Lessons that are stepped through, and exercises that are checked.

From the ground up: `cells` (a lesson's text and code), `places` (where lessons and exercises
are), `running` (a lesson run cell by cell, and the check of all); `mathtext` (formulas that a
terminal can show), `view` (cells in a terminal), `variables` (what they hold), `editing` (a cell
changed), `progress` (what was finished), `stepper` (a lesson in the terminal), `page` (a lesson
as HTML).

Nothing here is imported by ``import minidl``.
"""
