"""The command in this process, a model of the bundled digits, and folders of small images."""

from collections import namedtuple

import numpy as np
import pytest
from PIL import Image

from minidl import cli

Result = namedtuple("Result", "code out err")


@pytest.fixture
def run(capsys):
    """Run the command, and return its exit code and what it printed."""

    def run(*arguments):
        capsys.readouterr()
        code = cli.main([str(each) for each in arguments])
        return Result(code, *capsys.readouterr())

    return run


@pytest.fixture
def fails(run):
    """Run the command, and return its error: one line on stderr."""

    def fails(*arguments):
        result = run(*arguments)
        assert result.code == 2
        assert result.err.count("\n") == 1
        assert result.err.startswith("minidl: error: ")
        return result.err

    return fails


@pytest.fixture
def write_images():
    """Write `count` images of a colour, with noise, into a class's folder."""

    def write(folder, colour, count=6, size=(9, 8)):
        folder.mkdir(parents=True)
        rng = np.random.default_rng(count)
        for i in range(count):
            x = np.clip(np.array(colour) + rng.integers(-30, 30, (*size, 3)), 0, 255)
            Image.fromarray(x.astype(np.uint8)).save(folder / f"{i}.png")

    return write


@pytest.fixture
def pictures(tmp_path, write_images):
    """A folder of two classes that a small network tells apart."""
    write_images(tmp_path / "pictures" / "red", (220, 30, 30))
    write_images(tmp_path / "pictures" / "blue", (30, 30, 220))
    return tmp_path / "pictures"


@pytest.fixture(scope="session")
def digits(tmp_path_factory):
    """The output folder of one epoch on the bundled digits."""
    folder = tmp_path_factory.mktemp("digits") / "run"
    assert cli.main(["train", "--epochs", "1", "--out", str(folder)]) == 0
    return folder
