"""Labelling images by keyboard, in a page that this machine serves to itself.

From the ground up: `annotation` (what is said of an image), `journal` (the file that keeps it),
`folder` (the images), `lists` (classes and suspects from files), `agreement` (of several
annotators), `queue` (what comes next), `session` (all of this as one state), `learn` (a model in
a child process), `server` and `page/` (HTTP, and what the browser shows), `export`.

The server needs the extra ``label``. Nothing here is imported by ``import minidl``.
"""
