"""The command ``minidl``: one file a command, tested by ``tests/cli/``."""

import sys
import traceback
from typing import Annotated

import typer

import minidl
from minidl.cli import (
    data,
    exercise,
    export,
    finetune,
    gan,
    info,
    label,
    lesson,
    look,
    predict,
    terminal,
    train,
)

app = typer.Typer(add_completion=False, rich_markup_mode=None)
app.command("train")(train.train)
app.command("finetune")(finetune.finetune)
app.command("predict")(predict.predict)
app.command("gan")(gan.train)
app.command("look")(look.look)
app.command("label")(label.label)
app.add_typer(data.app, name="data")
app.command("export")(export.export)
app.command("lesson")(lesson.lesson)
app.add_typer(exercise.app, name="exercise")
app.command("info")(info.info)


def main(arguments=None):
    """Run the command, and return its exit code.

    Any error, of usage or of anything else, is one line on stderr; the code is then 2, and 130
    after Ctrl-C.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the command line.

    >>> main(["--version"])
    minidl ...
    0
    """
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    terminal.prepare()
    try:
        command = typer.main.get_command(app)
        code = command.main(arguments, prog_name="minidl", standalone_mode=False)
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        code = terminal.INTERRUPTED
    except BrokenPipeError:
        terminal.silence()  # whoever read our output has seen enough, as `head` does
        return 1
    except Exception as error:
        if "--debug" in arguments:
            traceback.print_exc()
        terminal.error(_message(error))
        return terminal.FAILED
    if code == terminal.INTERRUPTED:
        terminal.notice("minidl: interrupted")
    return code or 0


@app.callback(invoke_without_command=True)
def _minidl(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version, and stop.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error arose.")] = False,
):
    """Deep learning for images, from two formulas."""
    if version:
        typer.echo(f"minidl {minidl.__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _message(error):
    """Say in a line what went wrong."""
    if hasattr(error, "format_message"):  # of usage: all that typer raises has it
        path = error.ctx.command_path if getattr(error, "ctx", None) else "minidl"
        return f"{error.format_message().rstrip('.')} (see '{path} --help')"
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}"
    if isinstance(error, ValueError | TypeError | OSError | RuntimeError | MemoryError):
        return str(error) or type(error).__name__
    return f"{type(error).__name__}: {error} (a defect; 'minidl --debug …' shows where it arose)"
