"""``minidl train``: the article's network on the bundled digits, or on your own images."""

import datetime
import os
import pathlib
import time
from typing import Annotated

import typer

from minidl.applications import article_cnn
from minidl.callbacks import BackupAndRestore, Callback
from minidl.cli import images, interrupt, options, results, runs, terminal
from minidl.data.augment import AugmentedBatches
from minidl.kernels.jit import on_compile
from minidl.models.summary import step_costs
from minidl.optimizers import Adam
from minidl.runtime import checks, random


def train(
    context: typer.Context,
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="'mnist': the bundled digits, 8,000 to learn from and 1,000 to test; 'digits8x8': "
            "1,000 and 797 of other writers, small ones made larger. Or a folder "
            "of class-named folders of images (./mnist if it is named so), or of train, val and "
            "test with these in them.",
        ),
    ] = images.DIGITS,
    epochs: options.Epochs = 5,
    batch_size: options.BatchSize = 64,
    learning_rate: options.LearningRate = 0.001,
    seed: options.Seed = 0,
    validation_split: Annotated[
        float | None,
        typer.Option(
            help="Share of each class's images that is kept from training and measures each "
            "epoch. Folders: 0.2, and it judges the model too. mnist: if not given, the test "
            "images measure each epoch; they judge the model in any case.",
            show_default=False,
        ),
    ] = None,
    out: options.Out = None,
    overwrite: options.Overwrite = False,
    image_size: Annotated[
        str | None,
        typer.Option(
            metavar="PIXELS",
            help="Size to which images are stretched: 28, or height x width, like 28x32, from 4 "
            "to 512. [default: 28]",
        ),
    ] = None,
    augment: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="Change the training images at random, anew in every epoch: 'digits' moves, turns "
            "and slants them a little; 'photos' mirrors and relights them too.",
            show_default=False,
        ),
    ] = None,
    grey: Annotated[
        bool | None,
        typer.Option(
            "--grey/--colour",
            help="Whether a folder's images are read in grey. [default: colour]",
            show_default=False,
        ),
    ] = None,
    audit: options.Audit = True,
    checkpoint_every: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", help="How far apart checkpoints are at least; 0: after every step."
        ),
    ] = 10.0,
    resume: Annotated[
        str | None,
        typer.Option(
            metavar="OUT",
            help="Go on with the run of this output folder, with its settings, where it was "
            "broken off; the model is then the same, bit for bit. One that is finished is left "
            "as it is.",
            show_default=False,
        ),
    ] = None,
):
    """Train the article's network to classify images.

    Writes model.safetensors, history.csv (loss and accuracy of each epoch), curves.png,
    confusion.png, mistakes.png (the worst ones) and filters.png (what the first layer looks
    for). Ctrl-C ends the training after the batch under way and keeps the model so far; --resume
    goes on from there, and also after a crash, since config.json holds the settings and
    checkpoint.safetensors, while training goes on, all the rest.
    """
    if resume is not None:
        options.check_resumed_alone(context)
        _resume(pathlib.Path(resume))
        return
    settings = {
        "data": data,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "seed": seed,
        "validation_split": validation_split,
        "image_size": image_size,
        "augment": augment,
        "grey": grey,
        "audit": audit,
        "checkpoint_every": checkpoint_every,
    }
    _check(**settings)
    folder = options.output_folder(out, data)
    with results.folder(folder, overwrite):
        sets = _load(**settings)
        if data not in images.BUNDLED:
            settings["data"] = os.path.abspath(data)  # the run may go on from elsewhere
        with runs.begun(folder, settings, runs.fingerprint(sets)):
            _train(folder, sets, data, **settings)


def _resume(folder):
    """Go on with a run, unless it is finished."""
    if not folder.is_dir():
        raise ValueError(f"--resume: there is no folder {folder}")
    settings, fingerprint, finished = runs.read(folder)
    if finished:
        runs.sweep(folder, runs.CHECKPOINT)  # if it was killed in its very last moment
        terminal.say(f"The run of {folder} is finished; it is left as it is.")
        return
    try:
        _check(**settings)
    except TypeError as error:
        raise ValueError(f"--resume: {folder / runs.CONFIG} does not fit: {error}") from None
    runs.sweep(folder)
    with results.folder(folder, overwrite=True):
        sets = _load(**settings)
        if runs.fingerprint(sets) != fingerprint:
            raise ValueError(
                f"--resume: the images of {settings['data']} are not those that {folder} began with"
            )
        _train(folder, sets, settings["data"], **settings)


def _check(
    data,
    epochs,
    batch_size,
    learning_rate,
    seed,
    validation_split,
    image_size,
    augment,
    grey,
    audit,
    checkpoint_every,
):
    """Refuse settings that are out of range."""
    options.check_training(epochs, batch_size, learning_rate, seed, validation_split, augment)
    checks.real(checkpoint_every, "--checkpoint-every", 0)
    if image_size is not None:
        images.parse_size(image_size)


def _load(data, image_size, grey, validation_split, seed, audit, **_):
    size = None if image_size is None else images.parse_size(image_size)
    return images.load(data, size, grey, validation_split, seed, audit)


def _train(
    folder, sets, shown, *, epochs, batch_size, learning_rate, seed, augment, checkpoint_every, **_
):
    """Train, from the folder's checkpoint on if there is one, and write the results."""
    random.set_random_seed(seed)
    network = article_cnn(sets.training[0].shape[1:], len(sets.class_names))
    network.compile(Adam(learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    _describe(shown, sets, network, batch_size)
    policy = images.policy(augment, seed)
    every = datetime.timedelta(seconds=checkpoint_every)
    backup = BackupAndRestore(folder, every, delete_checkpoint=False)

    watch = Watch()
    began = time.perf_counter()
    history = watch.fit(network, sets, batch_size, epochs, policy, backup)
    seconds = time.perf_counter() - began
    run = results.Run(network, sets, history, batch_size, seconds)
    if watch.interrupted:
        written = results.write(run, folder, figures=False)
        terminal.say(f"Stopped in epoch {watch.epoch + 1}, after batch {watch.batch + 1}.")
        results.list_files(written)
        terminal.say(f"Go on with it: minidl train --resume {folder}")
        raise typer.Exit(terminal.INTERRUPTED)
    written = results.write(run, folder)
    runs.finish(folder)
    results.show(run)
    results.list_files(written)
    terminal.say(f"Use it: minidl predict {written[0]} IMAGE…")


class Watch(Callback):
    """Shows the first step's loss, and ends the training when Ctrl-C is pressed.

    `epoch` and `batch` are the last ones, counted from 0.
    """

    def __init__(self):
        self._request = interrupt.Request()
        self.epoch = 0
        self.batch = -1

    @property
    def interrupted(self):
        """Whether Ctrl-C has been pressed."""
        return self._request.made

    def fit(self, network, sets, batch_size, epochs, policy=None, *callbacks):
        """Train, on images changed by a `policy` if there is one; returns the history."""
        data = (*sets.training, batch_size)
        if policy is not None:
            data = (AugmentedBatches(*sets.training, policy, batch_size),)
        with (
            interrupt.on_request("stopping after this batch") as self._request,
            on_compile(terminal.compiling),
        ):
            return network.fit(
                *data, epochs=epochs, callbacks=[self, *callbacks], validation_data=sets.validation
            )

    def on_epoch_begin(self, epoch):
        """Note where training is."""
        if self.batch < 0 and (epoch or self.model.progress.batch):
            terminal.say(f"Going on in epoch {epoch + 1}, batch {self.model.progress.batch + 1}")
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs):
        """Show that it works, soon."""
        if self.batch < 0 and not (self.epoch or batch):
            terminal.say(f"First step · loss {logs['loss']:.4f}")
        self.batch = batch
        self._stop_if_interrupted()

    def on_epoch_end(self, epoch, logs):
        """Heed a Ctrl-C that came while the epoch was judged."""
        self._stop_if_interrupted()

    def _stop_if_interrupted(self):
        if self.interrupted:
            self.model.stop_training = True


def _describe(data, sets, network, batch_size):
    height, width, channels = network.input_shape[1:]
    costs = step_costs(network, batch_size)
    names = sets.class_names
    shown = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
    counts = [f"{len(sets.training[1]):,} training"]
    if sets.judged_by != "validation" and sets.validation is not sets.judge:
        counts.append(f"{len(sets.validation[1]):,} validation")
    counts.append(f"{len(sets.judge[1]):,} {sets.judged_by}")
    colour = "grey" if channels == 1 else "colour"
    terminal.say(f"Data     {data}: {', '.join(counts)} images, {height} × {width} {colour}")
    terminal.say(f"Classes  {len(names)}: {shown}")
    terminal.say(
        f"Network  {costs['parameters']:,} parameters; a step of {batch_size} images takes "
        f"{costs['bytes'] / 1e6:,.0f} MB"
    )
