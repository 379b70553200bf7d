"""Test the tests: change the code at random, and see whether a test fails.

``python tests/mutation/run.py`` needs ``pip install -e ".[test]" cosmic-ray``. It draws a
sample of the mutants that cosmic-ray's operators make of the modules below (another
arithmetic operator, comparison, number …), and runs each, in a copy of the project, against
the tests of its part. A mutant is killed if a test fails, or if the tests take more than ten
minutes. The figures and the survivors are written to docs/mutations.md.

Not counted: mutants of annotations, which do nothing when the code runs, and mutants that
change nothing but the text of an error.
"""

import argparse
import ast
import datetime
import importlib.metadata
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import parso
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

PROJECT = pathlib.Path(__file__).parents[2]
DOCS = PROJECT / "docs" / "mutations.md"
MARK = "<!-- figures -->\n"
#: The parts that are mutated, and the tests that must notice.
PARTS = {
    "minidl/autograd.py": [
        "tests/test_autograd.py",
        "tests/test_gradcheck.py",
        "tests/ops/test_table.py",
    ],
    "minidl/ops": ["tests/ops", "minidl/ops"],
    "minidl/losses": ["tests/losses", "tests/models/test_training.py", "minidl/losses"],
    "minidl/optimizers": ["tests/optimizers", "minidl/optimizers"],
    "minidl/layers": ["tests/layers", "tests/models", "tests/test_saving.py", "minidl/layers"],
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=200, help="mutants to run (default 200)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default 0)")
    parser.add_argument("--minutes", type=float, default=600, help="stop after so long")
    options = parser.parse_args()
    mutants = list(all_mutants())
    chosen = random.Random(options.seed).sample(mutants, min(options.sample, len(mutants)))
    deadline = datetime.datetime.now() + datetime.timedelta(minutes=options.minutes)
    ran, survivors = 0, []
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder, "project")
        shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns(".*", "runs", "*.pyc"))
        sound = set()
        for path, operator, occurrence in chosen:
            if datetime.datetime.now() > deadline:
                break
            code = (PROJECT / path).read_text("utf-8")
            mutated = mutate_code(code, get_operator(operator)(), occurrence)
            if not counts(code, mutated):
                continue
            if part_of(path) not in sound:
                if not passes(copy, tests_of(path)):
                    sys.exit(f"the tests of {part_of(path)} fail without any mutation")
                sound.add(part_of(path))
            (copy / path).write_text(mutated, "utf-8")
            killed = not passes(copy, tests_of(path))
            (copy / path).write_text(code, "utf-8")
            ran += 1
            change = difference(code, mutated)
            print(f"{'killed' if killed else 'SURVIVED'}  {path}: {change}", flush=True)
            if not killed:
                survivors.append(f"- `{path}` {change}")
    write(ran, survivors, len(mutants), options)


def all_mutants():
    """Yield (path, operator, occurrence) for every mutant there is."""
    for part in PARTS:
        root = PROJECT / part
        for file in [root] if root.is_file() else sorted(root.glob("*.py")):
            nodes = list(walk(parso.parse(file.read_text("utf-8"))))
            for operator in operator_names():
                if "Variable" in operator:  # these need to be told the variables
                    continue
                made = get_operator(operator)()
                count = sum(len(list(made.mutation_positions(node))) for node in nodes)
                for occurrence in range(count):
                    yield file.relative_to(PROJECT).as_posix(), operator, occurrence


def walk(node):
    yield node
    for child in getattr(node, "children", ()):
        yield from walk(child)


def counts(code, mutated):
    """Whether a mutant changes what runs: more than annotations and the texts of errors."""
    if mutated is None:
        return False
    try:
        return essence(code) != essence(mutated)
    except SyntaxError:
        return False


def essence(code):
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        if isinstance(node, ast.arg | ast.AnnAssign):
            node.annotation = ast.Constant(None)
        if isinstance(node, ast.JoinedStr):
            node.values = []
    return ast.dump(tree)


def part_of(path):
    return next(part for part in PARTS if path.startswith(part))


def tests_of(path):
    return PARTS[part_of(path)]


def passes(copy, tests):
    """Whether the tests pass in the copy; what takes ten minutes does not."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        result = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, timeout=600, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return result.returncode == 0


def difference(code, mutated):
    """Return the line that differs, before and after."""
    pairs = zip(code.splitlines(), mutated.splitlines(), strict=False)
    for number, (before, after) in enumerate(pairs, 1):
        if before != after:
            return f"line {number}: `{before.strip()}` → `{after.strip()}`"
    return "the end of the file"


def write(ran, survivors, total, options):
    version = importlib.metadata.version("cosmic-ray")
    killed = ran - len(survivors)
    share = f"{100 * killed / ran:.1f} %" if ran else "none"
    lines = [
        f"{datetime.date.today()}, cosmic-ray {version}: of {total:,} mutants, the first {ran} "
        f"of a random order (seed {options.seed}) were run; **{killed} were killed, {share}**.",
        "",
        "Survivors:" if survivors else "None survived.",
        "",
        *survivors,
    ]
    text = DOCS.read_text("utf-8").split(MARK)[0]
    DOCS.write_text(text + MARK + "\n".join(lines).rstrip() + "\n", "utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
