"""What ``minidl gan`` leaves behind: images, losses, the generator, and a report."""

import csv
import functools
from typing import NamedTuple

import numpy as np

from minidl import plots
from minidl.applications import gan
from minidl.applications.gan.run import CHECKPOINT, SETTINGS
from minidl.cli import terminal
from minidl.runtime import files

MODEL, REPORT, LOSSES = "model.safetensors", "report.json", "losses.csv"
FIGURES = ("losses.png", "samples.png", "neighbours.png", "animation.gif")
FOLDER = "samples"
COLUMNS = 10  # of the grids
SHOWN = 20  # images shown beside their neighbours
JUDGED = 2000
MOST_FRAMES = 100  # of the animation
SCALE = 2  # of the grids' pixels


class Digits(NamedTuple):
    """Real images from 0 to 1, (N, 28, 28, 1), and their class numbers."""

    training: tuple
    test: tuple


def clear(folder):
    """Remove what an earlier run has left in the folder, its checkpoint first."""
    for name in (CHECKPOINT, REPORT, SETTINGS, MODEL, LOSSES, *FIGURES):
        (folder / name).unlink(missing_ok=True)
    for path in (folder / FOLDER).glob("epoch_*.png"):
        path.unlink()


def sweep(folder):
    """Remove the beginnings of files that a run which was killed has left."""
    for name in (REPORT, SETTINGS, MODEL, LOSSES, *FIGURES):
        files.sweep(folder / name)
    for path in (folder / FOLDER).glob("epoch_*.png"):
        files.sweep(path)


def finished(folder):
    """Whether the run in the folder has come to its end: the report is written last."""
    return (folder / REPORT).exists()


class Outcome:
    """The images and figures of a run, while it goes on and when it has ended."""

    def __init__(self, run, digits):
        self.run, self.digits = run, digits
        self.classes = run.classes
        self.verdict = None
        (run.folder / FOLDER).mkdir(exist_ok=True)

    @functools.cached_property
    def conditional(self):
        """Whether the generator is told the class."""
        return self.run.recipe.conditional

    def after_epoch(self, epoch):
        """Say how the epoch went, and write its samples and losses."""
        for_discriminator, for_generator = self.run.losses[-1]
        terminal.say(
            f"Epoch {epoch}/{self.run.epochs} · discriminator {for_discriminator:.4f} · "
            f"generator {for_generator:.4f}"
        )
        self.write_samples(epoch)
        self.write_losses()

    def write_samples(self, epoch):
        """Write the grid of an epoch, always of the same noise; 0 is before the first."""
        picture = plots.grid(self._of_fixed_noise(), COLUMNS)
        plots.save_picture(picture, self._grid_path(epoch), SCALE)

    def write_losses(self):
        """Write losses.csv."""
        path = self.run.folder / LOSSES
        with files.replacing(path) as temporary, temporary.open("w", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(("epoch", "discriminator_loss", "generator_loss"))
            for epoch, found in enumerate(self.run.losses, start=1):
                rows.writerow((epoch, *map(float, found)))
        return path

    def write_progress(self):
        """Write the generator and the losses as they are, and return the paths."""
        folder = self.run.folder
        self.run.gan.averaged.save(
            folder / MODEL,
            latent_dim=self.run.recipe.latent_dim,
            class_names=[str(i) for i in range(self.classes)] if self.conditional else [],
        )
        written = [folder / MODEL, folder / CHECKPOINT, self.write_losses()]
        if self.run.losses:
            epochs = range(1, len(self.run.losses) + 1)
            figure = plots.adversarial_losses(epochs, *zip(*self.run.losses, strict=True))
            plots.save(figure, folder / "losses.png")
            written.append(folder / "losses.png")
        return [*written, folder / FOLDER]

    def write(self, seconds):
        """Judge the generator; write everything, the report last; return the paths."""
        folder = self.run.folder
        written = self.write_progress()
        names = [str(i) for i in range(self.classes)] if self.conditional else None
        figure = plots.samples(self._of_fixed_noise(), COLUMNS, names)
        plots.save(figure, folder / "samples.png")
        every = -(-self.run.epochs // MOST_FRAMES)
        epochs = [*range(0, self.run.epochs, every), self.run.epochs]
        frames = [path for path in map(self._grid_path, epochs) if path.exists()]
        plots.save_animation(frames, folder / "animation.gif")

        images, labels = self._judged(self.run.gan)
        judge = gan.Judge(gan.classifier(*self.digits.training), *self.digits)
        untrained = self.run.untrained(images.shape[1:])
        self.verdict = judge.judge(images, labels, self._judged(untrained)[0])
        index, _ = gan.nearest(images[:SHOWN], self.digits.training[0])
        figure = plots.neighbours(images[:SHOWN], self.digits.training[0][index])
        plots.save(figure, folder / "neighbours.png")
        report = self.run.settings() | {"seconds": seconds, "verdict": self.verdict.to_dict()}
        files.write_json(folder / REPORT, report)
        figures = [folder / name for name in FIGURES if folder / name not in written]
        return [*written, *figures, folder / REPORT]

    def show(self):
        """Print what the judge found."""
        verdict = self.verdict
        rows = [("images judged", f"{verdict.samples:,}")]
        if verdict.recognised is not None:
            rows.append(("recognised as the class asked for", terminal.percent(verdict.recognised)))
        rows += [
            (f"with a probability of {gan.SURE:.0%} or more", terminal.percent(verdict.sure)),
            ("rarest class", terminal.percent(min(verdict.spread))),
            ("most frequent class", terminal.percent(max(verdict.spread))),
            ("Fréchet distance to test digits", f"{verdict.frechet:.2f}"),
            ("  of the untrained generator", f"{verdict.frechet_untrained:.2f}"),
            ("  of training digits", f"{verdict.frechet_training:.2f}"),
            ("  part of the untrained one", f"1/{1 / max(verdict.ratio, 1e-9):.0f}"),
            ("distance to training digits, test digits: 1", f"{verdict.nearness:.2f}"),
            ("the judge is right about test digits", terminal.percent(verdict.judge_accuracy)),
        ]
        terminal.say()
        terminal.table(("", ""), rows)
        for warning in verdict.warnings:
            terminal.notice(f"minidl: warning: {warning}")

    def _grid_path(self, epoch):
        return self.run.folder / FOLDER / f"epoch_{epoch:04}.png"

    def _of_fixed_noise(self):
        """Return a row of images for each class; as many of no class if unconditional."""
        labels = np.repeat(np.arange(self.classes), COLUMNS)
        network = self.run.gan
        return network.generate(network.noise(len(labels)), labels if self.conditional else None)

    def _judged(self, network):
        """Return the images to judge, and the classes asked for, each equally often, or None."""
        labels = np.arange(JUDGED) % self.classes if self.conditional else None
        return network.generate(network.noise(JUDGED, seed=1), labels), labels
