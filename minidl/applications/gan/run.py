"""A training in a folder, which can be stopped at any moment, and goes on from its checkpoint."""

import json
import math
import pathlib

import numpy as np

from minidl import checkpoints
from minidl.applications.gan.training import GAN, Batches, Recipe
from minidl.runtime import checks, files, random

VERSION = 1
SETTINGS, CHECKPOINT = "gan.json", "checkpoint.safetensors"


class Run:
    """A GAN, the images it learns from, and the folder that keeps it.

    Parameters
    ----------
    folder : path
        Exists.
    recipe : Recipe
    steps : int
        To make in all.
    images : array (N, H, W, C)
        Real ones, from 0 to 1.
    labels : array (N,)
        Class numbers, from 0; all classes occur.

    Attributes
    ----------
    gan : GAN
    losses : list of (float, float)
        Mean losses of each epoch that has ended, of discriminator and generator.
    """

    def __init__(self, folder, recipe, steps, images, labels):
        self.folder = pathlib.Path(folder)
        self.recipe = recipe
        self.steps = checks.integer(steps, "steps")
        self.classes = int(np.max(labels)) + 1
        self.gan = self.untrained(images.shape[1:])
        x = images.astype(np.float32) * 2 - 1
        self.batches = Batches(x, labels, recipe.batch_size, self.gan.loss.turns, recipe.seed)
        self.losses = []
        self._sums = np.zeros(2)  # of the epoch under way

    @property
    def steps_per_epoch(self):
        """How many steps use every image once, but for the rest at the end."""
        return self.batches.steps

    @property
    def epochs(self):
        """How many epochs there will have been, the last one perhaps cut short."""
        return math.ceil(self.steps / self.steps_per_epoch)

    def untrained(self, image_shape):
        """Return the GAN as it was, or would have been, before the first step."""
        with random.seeded(self.recipe.seed):
            return GAN(self.recipe, image_shape, self.classes)

    def train(self, on_step=None, on_epoch=None):
        """Make the steps that are left; a checkpoint is written after every epoch.

        Parameters
        ----------
        on_step : callable, optional
            Called as ``on_step(steps made)`` after each; training stops if it returns True.
        on_epoch : callable, optional
            Called as ``on_epoch(epochs ended)`` after each, before its checkpoint is written: what
            it writes is there whenever the checkpoint is.

        Returns
        -------
        bool
            Whether all steps have been made.

        Raises
        ------
        ValueError
            If a loss is not finite.
        """
        gan, stop = self.gan, False
        while gan.steps < self.steps and not stop:
            found = gan.step(self.batches.of_step(gan.steps))
            if not np.isfinite(found).all():
                raise ValueError(
                    f"the losses became {found[0]:g} (discriminator) and {found[1]:g} (generator) "
                    f"at step {gan.steps}; a smaller learning rate usually helps"
                )
            self._sums += found
            place = gan.steps % self.steps_per_epoch
            if place == 0 or gan.steps == self.steps:
                self.losses.append(tuple(self._sums / (place or self.steps_per_epoch)))
                self._sums[:] = 0
                if on_epoch is not None:
                    on_epoch(len(self.losses))
                self.save()
            stop = on_step is not None and on_step(gan.steps)
        return gan.steps == self.steps

    def save(self):
        """Write the checkpoint, in place of the last one."""
        state = {
            "settings": self.settings(),
            "step": self.gan.steps,
            "losses": np.reshape(self.losses, (-1, 2)),
            "sums": self._sums,
        }
        checkpoints.save(self.folder / CHECKPOINT, self.gan.parts(), state)

    def restore(self):
        """Go back to the checkpoint, or to the start if there is none yet.

        Raises
        ------
        ValueError
            If the file is damaged, of a newer version, or of another run.
        """
        path = self.folder / CHECKPOINT
        files.sweep(path)
        if not path.exists():
            return
        state = checkpoints.restore(path, self.gan.parts())
        try:
            if state["settings"] != self.settings():
                raise ValueError(f"it is not of the run that {SETTINGS} describes")
            self.gan.steps = checks.integer(state["step"], "its step", 0)
            losses, self._sums = np.reshape(state["losses"], (-1, 2)), np.array(state["sums"])
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path}: a checkpoint that does not fit: {error}") from None
        self.losses = [tuple(row) for row in losses]

    def settings(self):
        """Return what the run is, as JSON knows it."""
        return {"version": VERSION, "recipe": self.recipe.to_dict(), "steps": self.steps}

    def write_settings(self):
        """Write what the run is, so that it can go on."""
        files.write_json(self.folder / SETTINGS, self.settings())


def read_settings(folder):
    """Return the recipe and the number of steps of the run in a folder.

    Raises
    ------
    FileNotFoundError
        If there is no run in the folder.
    ValueError
        If its settings are damaged, or of a newer version.
    """
    path = pathlib.Path(folder, SETTINGS)
    if not path.is_file():
        raise FileNotFoundError(f"there is no run of a GAN in {folder}: no {SETTINGS}")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        version = checks.integer(found["version"], "its version")
        if version > VERSION:
            raise ValueError(f"it has version {version}, this minidl reads up to {VERSION}")
        return Recipe.from_dict(found["recipe"]), checks.integer(found["steps"], "its steps")
    except KeyError as error:
        raise ValueError(f"{path}: not the settings of a GAN: {error} is missing") from None
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"{path}: not the settings of a GAN: {error}") from None
