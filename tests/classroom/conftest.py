"""Lessons made for a test."""

import lesson_files
import pytest


@pytest.fixture
def write_lesson(tmp_path):
    """Write a lesson of these cells, and return its path."""
    return lambda *cells: lesson_files.write(tmp_path / "lessons", *cells)


@pytest.fixture
def lesson(write_lesson):
    """A lesson with two texts and two cells of code, the second of which leaves a figure."""
    return write_lesson()
