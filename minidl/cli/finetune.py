"""``minidl finetune``: a trained network learns other images, from few labels."""

import time
from typing import Annotated

import numpy as np
import typer

from minidl import finetuning
from minidl.cli import images, options, predict, results, terminal
from minidl.cli.train import Watch
from minidl.optimizers import Adam
from minidl.runtime import checks, random


def finetune(
    model: options.ModelFile,
    data: Annotated[
        str,
        typer.Argument(
            metavar="DATA",
            help="'digits8x8', 'mnist', or a folder of class-named folders of images, or of train, "
            "val and test with these in them.",
        ),
    ],
    labels_per_class: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Learn from so many images of each class only, chosen at random.",
            show_default=False,
        ),
    ] = None,
    freeze: Annotated[
        int, typer.Option(metavar="N", help="Keep the first N layers with weights as they are.")
    ] = 0,
    rate_decay: Annotated[
        float,
        typer.Option(
            metavar="FACTOR",
            help="Each layer learns so many times as slowly as the next one towards the output; "
            "Howard and Ruder take 2.6.",
        ),
    ] = 1.0,
    augment: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="Change the training images at random, anew in every epoch: 'digits' or 'photos'.",
            show_default=False,
        ),
    ] = None,
    average: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            help="Keep a running average of the weights, of which this share stays at each step, "
            "and use it in the end: 0.98, for example; 0 for none.",
        ),
    ] = 0.0,
    epochs: options.Epochs = 40,
    batch_size: options.BatchSize = 32,
    learning_rate: options.LearningRate = 0.001,
    seed: options.Seed = 0,
    validation_split: Annotated[
        float | None,
        typer.Option(
            help="Share of each class's images that is kept from training and measures each "
            "epoch. Folders without val: 0.2.",
            show_default=False,
        ),
    ] = None,
    out: options.Out = None,
    overwrite: options.Overwrite = False,
    audit: options.Audit = True,
):
    """Let a trained network learn other images, from few labels.

    Keeps all layers but the last, and of that what it knows of classes of the same name; other
    classes start anew. Images are prepared as the model needs them. Writes what 'minidl train'
    writes. Ctrl-C ends the training after the batch under way and keeps the model so far.
    """
    options.check_training(epochs, batch_size, learning_rate, seed, validation_split, augment)
    checks.integer(freeze, "--freeze", 0)
    checks.real(rate_decay, "--rate-decay", 1, 1e6)
    if not 0 <= average < 1:
        raise ValueError(f"--average needs a share from 0 to less than 1, got {average}")
    if labels_per_class is not None:
        checks.integer(labels_per_class, "--labels-per-class")
    policy = images.policy(augment, seed)
    old, known = predict.load(model)
    folder = options.output_folder(out, data)

    with results.folder(folder, overwrite):
        sets = _sets(old, model, data, validation_split, seed, audit)
        if labels_per_class is not None:
            sets = sets.with_few(labels_per_class, np.random.default_rng(seed))
        random.set_random_seed(seed)
        network, kept = _prepared(old, model, known, sets.class_names)
        optimizer = Adam(
            learning_rate, use_ema=bool(average), **({"ema_momentum": average} if average else {})
        )
        network.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        finetuning.freeze(network, freeze)
        finetuning.discriminative_learning_rates(network, optimizer, rate_decay)
        _describe(data, sets, network, kept)
        before = np.mean(_predicted(network, sets.judge[0], batch_size) == sets.judge[1])

        watch = Watch()
        began = time.perf_counter()
        history = watch.fit(network, sets, batch_size, epochs, policy)
        run = results.Run(network, sets, history, batch_size, time.perf_counter() - began)
        written = results.write(run, folder, figures=not watch.interrupted)
        if watch.interrupted:
            terminal.say(f"Stopped in epoch {watch.epoch + 1}, after batch {watch.batch + 1}.")
            results.list_files(written)
            raise typer.Exit(terminal.INTERRUPTED)
        results.show(run)
        terminal.say()
        terminal.say(f"Before fine-tuning: accuracy {terminal.percent(before)}")
        results.list_files(written)
        terminal.say(f"Use it: minidl predict {written[0]} IMAGE…")


def _sets(old, model, data, validation_split, seed, audit):
    """Return the images, as the model takes them."""
    height, width, channels = old.input_shape[1:]
    if data in images.BUNDLED:
        if ((height, width), channels) != (images.DIGITS_SIZE, 1):
            raise ValueError(
                f"{model}: takes images of {height} × {width} × {channels}, but the digits of "
                f"{data} are 28 × 28 × 1"
            )
        return images.load(data, validation_split=validation_split, seed=seed)
    return images.load(data, (height, width), channels == 1, validation_split, seed, audit)


def _prepared(old, path, known, class_names):
    """Return the network with its new head, and how many classes it knows already."""
    kept = {i: known.index(name) for i, name in enumerate(class_names) if name in known}
    try:
        return finetuning.replace_head(old, len(class_names), kept), len(kept)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{path}: {error}") from error


def _predicted(network, x, batch_size):
    return network.predict(x, batch_size, verbose=0).argmax(axis=1)


def _describe(data, sets, network, kept):
    names = sets.class_names
    shown = ", ".join(names[:10]) + (", …" if len(names) > 10 else "")
    learning = sum(layer.trainable for layer in finetuning.layers_with_weights(network))
    counts = f"{len(sets.training[1]):,} training, {len(sets.judge[1]):,} {sets.judged_by}"
    terminal.say(f"Data     {data}: {counts} images")
    terminal.say(f"Classes  {len(names)}: {shown}; {kept} known to the model")
    terminal.say(
        f"Network  {network.count_params():,} parameters; "
        f"{learning} of {len(finetuning.layers_with_weights(network))} layers learn"
    )
