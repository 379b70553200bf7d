"""``minidl gan``: a generator of handwritten digits, and how good it is."""

import pathlib
import time
from typing import Annotated

import typer

from minidl.applications import gan
from minidl.applications.gan.run import Run, read_settings
from minidl.cli import gan_results, images, interrupt, options, results, terminal
from minidl.kernels.jit import on_compile
from minidl.runtime import checks

DEFAULT = gan.Recipe()
EPOCHS = 60


def train(
    context: typer.Context,
    epochs: Annotated[
        int | None,
        typer.Option(help=f"How often to go through all images. [default: {EPOCHS}]"),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(help="How many steps to make, instead of --epochs.", show_default=False),
    ] = None,
    conditional: Annotated[
        bool,
        typer.Option(
            "--conditional/--unconditional",
            help="Whether the generator is told which digit to make.",
        ),
    ] = DEFAULT.conditional,
    form: Annotated[
        str, typer.Option(help="Of the networks: 'dcgan', convolutions, or 'dense'.")
    ] = DEFAULT.form,
    loss: Annotated[str, typer.Option(help=f"One of {', '.join(gan.LOSSES)}.")] = DEFAULT.loss,
    batch_size: Annotated[int, typer.Option(help="Images a turn.")] = DEFAULT.batch_size,
    latent_dim: Annotated[int, typer.Option(help="Length of the noise.")] = DEFAULT.latent_dim,
    width: Annotated[int, typer.Option(help="Channels, or units, of the networks.")] = (
        DEFAULT.width
    ),
    learning_rate: Annotated[
        float, typer.Option(help="Of Adam, for both networks.")
    ] = DEFAULT.learning_rate,
    averaging: Annotated[
        float,
        typer.Option(help="How much of the averaged generator stays at each step, below 1."),
    ] = DEFAULT.averaging,
    seed: Annotated[int, typer.Option(help="Same seed, same machine: same images.")] = DEFAULT.seed,
    out: options.Out = None,
    overwrite: options.Overwrite = False,
    resume: Annotated[
        str | None,
        typer.Option(
            metavar="DIR",
            help="Go on with the run in this folder, as if it had never been stopped; alone.",
            show_default=False,
        ),
    ] = None,
):
    """Train a generator of handwritten digits against a discriminator, and judge its images.

    Writes model.safetensors (the generator), samples/ (a grid an epoch, always of the same
    noise), animation.gif, samples.png, losses.csv and losses.png, neighbours.png, and
    report.json: what a classifier, trained apart, makes of 2,000 images. Ctrl-C ends the
    training after the step under way and keeps what is there; --resume goes on.
    """
    digits = load()
    if resume is not None:
        options.check_resumed_alone(context)
        _resume(pathlib.Path(resume), digits)
        return
    recipe = _recipe(
        form=form,
        loss=loss,
        conditional=conditional,
        latent_dim=latent_dim,
        width=width,
        batch_size=batch_size,
        learning_rate=learning_rate,
        averaging=averaging,
        seed=seed,
    )
    folder = options.output_folder(out)
    steps = _steps(steps, epochs, recipe, len(digits.training[1]))
    with results.folder(folder, overwrite):
        gan_results.clear(folder)
        run = Run(folder, recipe, steps, *digits.training)
        run.write_settings()
        _train(run, digits)


def load():
    """Return the bundled digits as `gan_results.Digits`."""
    sets = images.load(images.DIGITS)
    return gan_results.Digits(sets.training, sets.judge)


def _recipe(**given):
    """Return the recipe; errors name the option."""
    try:
        return gan.Recipe(**given)
    except (ValueError, TypeError) as error:
        text = str(error)
        for name in given:
            option = "--" + name.replace("_", "-")
            if text.startswith(name):
                raise type(error)(option + text[len(name) :]) from None
            if text.startswith(f"unknown {name} "):
                raise type(error)(f"{option}: {text}") from None
        raise


def _steps(steps, epochs, recipe, count):
    """Return how many steps to make."""
    if steps is not None and epochs is not None:
        raise ValueError("--steps and --epochs say the same; give one of them")
    if steps is not None:
        return checks.integer(steps, "--steps")
    epochs = checks.integer(EPOCHS if epochs is None else epochs, "--epochs")
    a_step = recipe.batch_size * gan.LOSSES[recipe.loss].turns
    if a_step > count:
        raise ValueError(f"--batch-size: a step needs {a_step} images, but there are {count:,}")
    return epochs * (count // a_step)


def _resume(folder, digits):
    recipe, steps = read_settings(folder)
    if gan_results.finished(folder):
        terminal.say(f"The run in {folder} is finished: there is nothing left to do.")
        return
    gan_results.sweep(folder)
    run = Run(folder, recipe, steps, *digits.training)
    run.restore()
    terminal.say(f"Going on after step {run.gan.steps:,} of {steps:,}.")
    _train(run, digits)


def _train(run, digits):
    _describe(run)
    outcome = gan_results.Outcome(run, digits)
    began = time.perf_counter()
    with (
        interrupt.on_request("stopping after this step") as request,
        on_compile(terminal.compiling),
        terminal.progress("Training") as progress,
    ):

        def on_step(steps):
            if progress is not None:
                progress(steps, run.steps)
            return request.made

        if not run.gan.steps:
            outcome.write_samples(0)
        complete = run.train(on_step, outcome.after_epoch)
    if not complete:
        run.save()
        written = outcome.write_progress()
        terminal.say(f"Stopped after step {run.gan.steps:,} of {run.steps:,}.")
        results.list_files(written)
        terminal.say(f"Go on: minidl gan --resume {run.folder}")
        raise typer.Exit(terminal.INTERRUPTED)
    terminal.notice(f"judging {gan_results.JUDGED:,} images …")
    seconds = time.perf_counter() - began
    with on_compile(terminal.compiling):
        written = outcome.write(seconds)
    outcome.show()
    results.list_files(written)


def _describe(run):
    recipe, network = run.recipe, run.gan
    kind = "conditional" if recipe.conditional else "unconditional"
    counts = (network.generator.count_params(), network.discriminator.count_params())
    terminal.say(f"Networks {recipe.form}, {kind}: {counts[0]:,} and {counts[1]:,} parameters")
    terminal.say(
        f"Training {run.epochs:,} epochs, {run.steps:,} steps of {network.loss.turns} × "
        f"{recipe.batch_size} images; loss {recipe.loss}"
    )
