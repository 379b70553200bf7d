"""What ``minidl train`` leaves behind: an output folder, and tables of how well it went."""

import contextlib
import csv
import functools
import tempfile
from dataclasses import dataclass

import numpy as np

from minidl import plots
from minidl.callbacks import History
from minidl.cli import terminal
from minidl.cli.images import Images
from minidl.layers import Conv2D
from minidl.models import Model
from minidl.runtime import files

FILES = (
    "model.safetensors",
    "history.csv",
    "curves.png",
    "confusion.png",
    "mistakes.png",
    "filters.png",
)
COLUMNS = ("loss", "accuracy", "val_loss", "val_accuracy")
MOST_CLASSES = 20  # whose accuracies are shown one by one


@dataclass(frozen=True, eq=False)
class Run:
    """A trained network, and what it was trained on."""

    network: Model
    sets: Images
    history: History
    batch_size: int
    seconds: float

    @functools.cached_property
    def probabilities(self):
        """What the network says of the images that judge it, (N, classes)."""
        return self.network.predict(self.sets.judge[0], self.batch_size, verbose=0)

    def measure(self, examples):
        """Return loss and accuracy on (x, y), a dict."""
        return self.network.evaluate(*examples, self.batch_size, verbose=0, return_dict=True)


@contextlib.contextmanager
def folder(path, overwrite=False):
    """Make the output folder, and prove that it can be written; leave none behind empty.

    Raises
    ------
    ValueError
        If it cannot be made or written, or is not empty and not to be overwritten.
    """
    made = []
    try:
        try:
            made += [each for each in (path, *path.parents) if not each.exists()]
            path.mkdir(parents=True, exist_ok=True)
            occupied = any(path.iterdir())
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as error:
            raise ValueError(
                f"--out: cannot write to the folder {path} ({error.strerror}); choose another"
            ) from error
        if occupied and not overwrite:
            raise ValueError(
                f"--out: the folder {path} is not empty; choose another, or add --overwrite"
            )
        yield
    finally:
        with contextlib.suppress(OSError):  # it is not empty, or was never made
            for each in made:
                each.rmdir()


def write(run, path, figures=True):
    """Write the files, each whole or not at all, and return their paths.

    Files of the same names from an earlier run are replaced, or removed if this run has none.
    """
    network, sets = run.network, run.sets
    model, history, curves, confusion, mistakes, filters = (path / name for name in FILES)
    height, width, channels = network.input_shape[1:]
    network.save(
        model, class_names=sets.class_names, image_size=[height, width], grey=channels == 1
    )
    written = [model]
    if run.history.epoch:
        _write_history(run, history)
        written.append(history)
    if figures:
        (x, y), p = sets.judge, run.probabilities
        for file, figure in (
            (curves, plots.curves(run.history)),
            (confusion, plots.confusion(y, p.argmax(axis=1), sets.class_names)),
            (mistakes, plots.mistakes(x, y, p, sets.class_names)),
        ):
            plots.save(figure, file)
            written.append(file)
        stem = next((layer for layer in network.layers if isinstance(layer, Conv2D)), None)
        if stem is not None:
            plots.save(plots.filters(stem.kernel.data), filters)
            written.append(filters)
    for name in FILES:
        if path / name not in written:
            (path / name).unlink(missing_ok=True)
    return written


def show(run):
    """Print the tables: losses and accuracies, and how well each class is known."""
    sets = {"training": run.sets.training, "validation": run.sets.validation}
    if run.sets.validation is run.sets.judge:
        del sets["validation"]
    sets[run.sets.judged_by] = run.sets.judge
    measures = [run.measure(examples) for examples in sets.values()]
    terminal.say()
    terminal.table(
        ("", *sets),
        [
            ("images", *(f"{len(y):,}" for _, y in sets.values())),
            ("accuracy", *(terminal.percent(each["accuracy"]) for each in measures)),
            ("loss", *(f"{each['loss']:.4f}" for each in measures)),
            ("parameters", f"{run.network.count_params():,}", *[""] * (len(sets) - 1)),
            ("time", f"{run.seconds:.1f} s", *[""] * (len(sets) - 1)),
        ],
    )
    if len(run.sets.class_names) <= MOST_CLASSES:
        terminal.say()
        _show_classes(run)


def list_files(written):
    """Print where the files are."""
    terminal.say()
    terminal.say("Written:")
    for path in written:
        terminal.say(f"  {path}")


def _show_classes(run):
    y = run.sets.judge[1]
    right = run.probabilities.argmax(axis=1) == y
    rows = []
    for number, class_name in enumerate(run.sets.class_names):
        of_class = y == number
        count = int(np.count_nonzero(of_class))
        share = terminal.percent(right[of_class].mean()) if count else "–"
        rows.append((class_name, f"{count:,}", share))
    terminal.table(("class", f"{run.sets.judged_by} images", "accuracy"), rows)


def _write_history(run, path):
    values = run.history.history
    with files.replacing(path) as temporary, temporary.open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("epoch", *COLUMNS))
        for epoch, *found in zip(run.history.epoch, *(values[c] for c in COLUMNS), strict=True):
            rows.writerow((epoch + 1, *found))
