"""Lessons that are stepped through, and exercises that are checked.

From the ground up: `cells` (a lesson's text and code), `places` (where lessons and exercises
are), `running` (a lesson run cell by cell, and the check of all); `mathtext` (formulas that a
terminal can show), `view` (cells in a terminal), `variables` (what they hold), `editing` (a cell
changed), `progress` (what was finished), `stepper` (a lesson in the terminal), `page` (a lesson
as HTML).

And for exercises: `task` (what one is made of, and how one is added), `checks` (one module each),
`inputs` (small arguments); `wire`, `rules`, `worker`, `sandbox` (a learner's code, run in a process
of its own), `answers`, `grader`, `report` (what is wrong with it, and its name), `submissions`
(those of a class).

Nothing here is imported by ``import minidl``.
"""
