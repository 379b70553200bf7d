"""The tree of pages that Sphinx reads: the repository's own, and those made from its parts.

It mirrors the repository (``README.md`` is its ``index.md``), so links between pages stand in them
as they do in the repository, and in their translations too.
"""

import importlib
import pathlib
import re
import shutil

#: The blank line that ends an example for doctest need not be seen.
_ENDS = re.compile(r"\n(\n```)$", re.MULTILINE)
ROOT = pathlib.Path(__file__).resolve().parents[1]
#: The modules of the API reference, in the order of its pages.
MODULES = (
    "minidl",
    "minidl.formulas",
    "minidl.ops",
    "minidl.autograd",
    "minidl.gradcheck",
    "minidl.layers",
    "minidl.activations",
    "minidl.initializers",
    "minidl.regularizers",
    "minidl.losses",
    "minidl.metrics",
    "minidl.optimizers",
    "minidl.optimizers.schedules",
    "minidl.callbacks",
    "minidl.checkpoints",
    "minidl.saving",
    "minidl.image",
    "minidl.datasets",
    "minidl.data",
    "minidl.data.augment",
    "minidl.applications",
    "minidl.applications.gan",
    "minidl.finetuning",
    "minidl.tuning",
    "minidl.insight",
    "minidl.interchange",
    "minidl.plots",
)
GUIDES = (
    "data",
    "labelling",
    "labels",
    "augmentation",
    "training",
    "finetuning",
    "gan",
    "looking_inside",
    "interchange",
)
CONTENTS = f"""

```{{toctree}}
:hidden:
:caption: Learn

lessons/index
lessons/exercises/index
docs/teaching
docs/terms
```

```{{toctree}}
:hidden:
:caption: Guides

{chr(10).join(f"docs/{name}" for name in GUIDES)}
```

```{{toctree}}
:hidden:
:caption: How it works

docs/conventions
docs/verification
docs/mutations
docs/speed
benchmarks/README
```

```{{toctree}}
:hidden:
:caption: Reference

api/index
```
"""


def stage(target, runs):
    """Lay out the pages.

    Parameters
    ----------
    target : pathlib.Path
        The folder for them; what no page needs any more is removed.
    runs : pathlib.Path
        Where ``python -m minidl.classroom.running --out`` has recorded the lessons.
    """
    from docs import exercises, lessons, translations

    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for link in translations.LANGUAGES:
        readme = readme.replace(f"{link}\n\n", "")
    _write(fresh / "index.md", readme + CONTENTS)
    for page in [*ROOT.glob("docs/*.md"), ROOT / "benchmarks" / "README.md"]:
        _write(fresh / page.relative_to(ROOT), page.read_text(encoding="utf-8"))
    for folder in ("docs/images", "benchmarks/figures"):
        only = shutil.ignore_patterns("*.md")
        shutil.copytree(ROOT / folder, fresh / folder, ignore=only)
    _api(fresh / "api")
    lessons.stage(fresh / "lessons", runs)
    exercises.stage(fresh / "lessons" / "exercises")
    _replace(fresh, target)


def _api(folder):
    """Write the API reference's pages: one a module, and their index."""
    lines = ["# API reference", "", "| module | what it has |", "| --- | --- |"]
    shown = []  # the parts of minidl that its own page has
    for name in MODULES:
        module = importlib.import_module(name)
        lines.append(f"| [`{name}`]({name}.md) | {module.__doc__.partition(chr(10))[0]} |")
        options = [":members:"] + [":imported-members:"] * hasattr(module, "__all__")
        again = [key for key, value in vars(module).items() if any(value is s for s in shown)]
        options += [f":exclude-members: {', '.join(again)}"] if again else []
        shown += [
            getattr(module, key) for key in getattr(module, "__all__", ()) if name == "minidl"
        ]
        block = "\n   ".join([f".. automodule:: {name}", *options])
        _write(folder / f"{name}.md", f"# {name}\n\n```{{eval-rst}}\n{block}\n```\n")
    tree = "\n".join(MODULES)
    lines += ["", f"```{{toctree}}\n:hidden:\n\n{tree}\n```", ""]
    _write(folder / "index.md", "\n".join(lines))


def _write(path, text):
    """Write a page, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_ENDS.sub(r"\1", text), encoding="utf-8")


def _replace(fresh, target):
    """Put the new tree in the place of the old one; files that are the same keep their time.

    Sphinx reads again what has a new time.
    """
    for path in fresh.rglob("*"):
        old = target / path.relative_to(fresh)
        if path.is_file() and old.is_file() and path.read_bytes() == old.read_bytes():
            shutil.copystat(old, path)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
