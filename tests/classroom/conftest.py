"""Lessons made for a test."""

import pytest

CELLS = [
    "# %% [markdown]\n# # 7 · Two cells\n#\n# A sum $x_0 + x_1$.",
    "# %%\nimport pathlib\n\nx = [1, 2]\nprint(sum(x))",
    "# %% [markdown]\n# Now a figure.",
    '# %%\nx.append(3)\npathlib.Path("07_two.png").write_bytes(b"\\x89PNG")\n'
    'print("len", len(x))\nprint("figure: 07_two.png")',
]


@pytest.fixture
def write_lesson(tmp_path):
    """Write a lesson of these cells, and return its path."""

    def write(*cells, name="07_two.py"):
        path = tmp_path / "lessons" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n\n".join(cells) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def lesson(write_lesson):
    """A lesson with two texts and two cells of code, the second of which leaves a figure."""
    return write_lesson(*CELLS)
