"""Lessons made for a test."""

CELLS = (
    "# %% [markdown]\n# # 7 · Two cells\n#\n# A sum $x_0 + x_1$.",
    "# %%\nimport pathlib\n\nx = [1, 2]\nprint(sum(x))",
    "# %% [markdown]\n# Now a figure.",
    '# %%\nx.append(3)\npathlib.Path("07_two.png").write_bytes(b"\\x89PNG")\n'
    'print("len", len(x))\nprint("figure: 07_two.png")',
)


def write(folder, *cells, name="07_two.py"):
    """Write a lesson of these cells, by default two texts and two of code; return its path."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("\n\n".join(cells or CELLS) + "\n", encoding="utf-8")
    return path
