"""`minidl train`: what it says, what it writes, what it refuses, and how it is stopped."""

import csv
import os
import re
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import minidl
from minidl.cli import images, results, train
from minidl.saving import load_extra

FILES = ["confusion.png", "curves.png", "filters.png", "history.csv", "mistakes.png"]
WRITTEN = [*FILES, "model.safetensors"]  # and said to be so
FILES = ["config.json", *WRITTEN]
SMALL = ("--epochs", "2", "--image-size", "8")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def rows(folder):
    with open(folder / "history.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_the_digits_and_all_files(digits):
    assert names(digits) == FILES
    for path in digits.glob("*.png"):
        with Image.open(path) as image:
            image.load()
            assert image.format == "PNG"
            assert min(image.size) > 200
    (row,) = rows(digits)
    assert list(row) == ["epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert row["epoch"] == "1"
    assert float(row["val_accuracy"]) > 0.8
    assert load_extra(digits / "model.safetensors") == {
        "class_names": list("0123456789"),
        "image_size": [28, 28],
        "grey": True,
    }


def test_the_model_is_as_good_as_the_history_says(digits):
    model = minidl.load_model(digits / "model.safetensors")
    _, (x, y) = minidl.datasets.mnist.load_data()
    loss, accuracy = model.evaluate(images.scaled(x[..., np.newaxis]), y, verbose=0)
    assert accuracy == float(rows(digits)[0]["val_accuracy"])
    assert loss == pytest.approx(float(rows(digits)[0]["val_loss"]), rel=1e-5)


def test_what_it_says_in_a_pipe(run, pictures, tmp_path):
    out = tmp_path / "new" / "run"
    code, said, err = run("train", pictures, "--out", out, "--image-size", "6x8", "--epochs", 2)
    assert code == 0
    assert err == "" or err.startswith("compiling")
    assert all(c.isprintable() for c in said.replace("\n", ""))
    for line in (
        r"Data +.*pictures: 10 training, 2 validation images, 6 × 8 colour",
        r"Classes +2: blue, red",
        r"First step · loss \d+\.\d+",
        r"Epoch 1/2 · loss .* val_accuracy .*",
        r"Epoch 2/2 · loss .* val_accuracy .*",
        r" +training +validation",
        r"accuracy +\d+\.\d % +\d+\.\d %",
        r"blue +1 +\d+\.\d %",
    ):
        assert re.search(rf"^{line}$", said, re.MULTILINE), line
    assert all(f"  {out / name}\n" in said for name in WRITTEN)
    assert names(out) == FILES
    assert [row["epoch"] for row in rows(out)] == ["1", "2"]


def test_by_default_the_folder_is_named_after_date_and_time(run, pictures, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("train", pictures, "--image-size", "8", "--epochs", 1).code == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d", folder.name)
    assert names(folder) == FILES


def test_grey_images(run, pictures, tmp_path):
    assert run("train", pictures, *SMALL, "--grey", "--out", tmp_path / "run").code == 0
    model = minidl.load_model(tmp_path / "run" / "model.safetensors")
    assert model.input_shape == (None, 8, 8, 1)
    assert load_extra(tmp_path / "run" / "model.safetensors")["grey"] is True


def test_class_names_of_all_kinds(run, write_images, tmp_path):
    classes = ["猫", "$\\frac$", "[bold]dog", "a name that is far too long for any figure" * 2]
    for i, name in enumerate(classes):
        write_images(tmp_path / "pictures" / name, (60 * i, 30, 30), count=3)
    out = tmp_path / "run"
    code, said, _ = run("train", tmp_path / "pictures", *SMALL, "--out", out)
    assert code == 0
    assert all(f"\n{name} " in said for name in classes)
    assert load_extra(out / "model.safetensors")["class_names"] == sorted(classes)


def test_a_share_of_the_digits_validates_and_the_test_images_judge():
    sets = images.load("mnist", validation_split=0.1, seed=1)
    counts = [len(y) for _, y in (sets.training, sets.validation, sets.judge)]
    assert counts == [7200, 800, 1000]
    assert sets.judged_by == "test"
    assert np.all(np.bincount(sets.validation[1]) >= 60)
    again = images.load("mnist", validation_split=0.1, seed=1)
    other = images.load("mnist", validation_split=0.1, seed=2)
    assert np.array_equal(sets.validation[0], again.validation[0])
    assert not np.array_equal(sets.validation[1], other.validation[1])


def test_the_same_seed_gives_the_same_file(pictures, tmp_path):
    def model(name, *options):
        command = [sys.executable, "-m", "minidl", "train", pictures, *SMALL, *options]
        subprocess.run([*command, "--out", tmp_path / name], check=True, capture_output=True)
        return (tmp_path / name / "model.safetensors").read_bytes()

    first = model("first")
    assert model("second") == first
    assert model("third", "--seed", "1") != first


@pytest.mark.parametrize(("broken", "lines"), [(2, 3), (8, 7)])
def test_unreadable_images_are_named_counted_and_skipped(run, pictures, tmp_path, broken, lines):
    for i in range(broken):
        (pictures / "red" / f"broken {i}.png").write_bytes(b"\x89PNG no image")
    code, said, err = run("train", pictures, *SMALL, "--out", tmp_path / "run")
    assert code == 0
    assert "10 training, 2 validation" in said
    told = [line for line in err.splitlines() if line.startswith("minidl: ")]
    assert len(told) == lines
    assert "broken 0.png: not an image" in told[0]
    assert told[-1] == f"minidl: skipped {broken} in all"


def warnings(err):
    return [line for line in err.splitlines() if line.startswith("minidl: warning: ")]


def test_copies_go_to_one_side_of_the_split(run, pictures, tmp_path):
    for i in range(6):
        for copy in "ab":
            name = pictures / "red" / f"{i}{copy}.bmp"
            Image.open(pictures / "red" / f"{i}.png").save(name)
    code, _, err = run("train", pictures, *SMALL, "--out", tmp_path / "run")
    assert code == 0
    (line,) = warnings(err)
    assert "18 images are copies or near-copies of each other" in line
    sets = images.load(str(pictures), image_size=(9, 8))
    training, validation = ({x.tobytes() for x in s[0]} for s in (sets.training, sets.validation))
    assert not training & validation
    assert len(sets.training[1]) + len(sets.validation[1]) == 24
    assert warnings(run("train", pictures, *SMALL, "--no-audit", "--out", tmp_path / "2").err) == []


def test_a_folder_of_sets(run, fails, pictures, write_images, tmp_path):
    folder = tmp_path / "sets"
    shutil.copytree(pictures, folder / "train")
    write_images(folder / "Test" / "red", (200, 50, 40), count=3)
    write_images(folder / "Test" / "blue", (40, 50, 200), count=2)
    code, said, err = run("train", folder, *SMALL, "--out", tmp_path / "1")
    assert code == 0
    assert "10 training, 2 validation, 5 test images" in said
    assert warnings(err) == []

    shutil.copytree(folder / "Test", folder / "val")
    (folder / "val" / "red" / "broken.png").write_bytes(b"")
    code, said, err = run("train", folder, *SMALL, "--out", tmp_path / "2")
    assert "12 training, 5 validation, 5 test images" in said
    (line,) = warnings(err)
    assert "10 images are in two sets" in line
    assert "Test/blue/0.png = val/blue/0.png" in line
    assert f"see 'minidl data audit {folder}'" in line
    assert "minidl: skipped 1 in all" in err
    sets = images.load(str(folder), image_size=(9, 8), audit=False)
    assert sets.class_names == ["blue", "red"]
    for given, name in ((sets.training, "train"), (sets.validation, "val"), (sets.judge, "Test")):
        assert len(given[1]) == len(list((folder / name).rglob("[0-9].png")))
        reds = given[0].mean(axis=(1, 2))[:, 0] > 0.5
        assert np.array_equal(given[1], reds)

    assert "has a set of its own" in fails(
        "train", folder, "--validation-split", "0.2", "--out", tmp_path / "3"
    )
    (folder / "val" / "red").rename(folder / "val" / "green")
    error = run("train", folder, "--out", tmp_path / "3").err.splitlines()[-1]
    assert "the training set has no class 'green'" in error
    (folder / "train").rename(folder / "dev")
    assert "two folders of one set: dev, val" in fails("train", folder, "--out", tmp_path / "3")
    shutil.rmtree(folder / "val")
    assert "none to train on" in fails("train", folder, "--out", tmp_path / "3")


def test_an_image_in_two_classes_is_warned_of(run, pictures, tmp_path):
    shutil.copy(pictures / "red" / "0.png", pictures / "blue" / "copy.png")
    _, _, err = run("train", pictures, *SMALL, "--out", tmp_path / "run")
    line, other = warnings(err)
    assert "2 images are in two classes, like blue/copy.png = red/0.png" in line
    assert "2 images are copies" in other


def test_images_of_which_none_can_be_read(fails, tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        (tmp_path / "pictures" / name / "broken.png").write_bytes(b"no image")
    error = fails("train", tmp_path / "pictures", "--out", tmp_path / "run")
    assert "broken.png" in error
    assert "and 1 more" in error
    assert names(tmp_path) == ["pictures"]


def test_folders_that_are_none_empty_or_of_one_class(fails, pictures, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "one").mkdir()
    (pictures / "red").rename(tmp_path / "one" / "red")
    out = tmp_path / "new" / "run"
    for folder, message in (
        ("missing", "there is no folder"),
        ("empty", "no class folders"),
        ("one", "one class folder, 'red'"),
    ):
        assert message in fails("train", tmp_path / folder, "--out", out)
    assert not out.parent.exists()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--epochs", "0"),
        ("--epochs", "1.5"),
        ("--batch-size", "-1"),
        ("--learning-rate", "nan"),
        ("--learning-rate", "inf"),
        ("--learning-rate", "0"),
        ("--seed", "-1"),
        ("--validation-split", "1.5"),
        ("--validation-split", "0"),
        ("--validation-split", "nan"),
        ("--image-size", "0"),
        ("--image-size", "3"),
        ("--image-size", "28x3"),
        ("--image-size", "9999999"),
        ("--image-size", "28x28x3"),
        ("--augment", "photo"),
        ("--image-size", "-28"),
    ],
)
def test_bad_values(fails, pictures, tmp_path, option, value):
    error = fails("train", pictures, "--out", tmp_path / "run", option, value)
    assert option in error
    assert value in error or "integer" in error
    assert names(tmp_path) == ["pictures"]


@pytest.mark.parametrize("option", [("--image-size", "32"), ("--colour",)])
def test_the_digits_have_their_own_size_and_colour(fails, tmp_path, option):
    assert "28 × 28" in fails("train", *option, "--out", tmp_path / "run")
    assert names(tmp_path) == []


def test_a_folder_for_results_that_is_not_empty(run, fails, pictures, tmp_path):
    out = tmp_path / "run"
    out.mkdir()
    (out / "mine.txt").write_text("precious")
    (out / "curves.png").write_text("old")
    assert "--overwrite" in fails("train", pictures, *SMALL, "--out", out)
    assert names(out) == ["curves.png", "mine.txt"]
    assert run("train", pictures, *SMALL, "--out", out, "--overwrite").code == 0
    assert names(out) == sorted([*FILES, "mine.txt"])
    assert (out / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_an_empty_folder_for_results_is_used_and_not_removed(run, fails, pictures, tmp_path):
    out = tmp_path / "run"
    out.mkdir()
    fails("train", tmp_path / "missing", "--out", out)
    assert names(out) == []
    assert run("train", pictures, *SMALL, "--out", out).code == 0
    assert names(out) == FILES


def test_folders_for_results_that_cannot_be_written(fails, pictures, tmp_path):
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "run", "/dev/null/run", "x" * 300):
        assert "--out: cannot write to the folder" in fails("train", pictures, "--out", out)
    assert "would be taken for a class" in fails("train", pictures, "--out", pictures / "run")
    assert names(tmp_path) == ["file", "pictures"]


def test_a_loss_that_is_not_finite(fails, run, pictures, tmp_path):
    options = ("--learning-rate", "1e30", "--image-size", "8", "--out", tmp_path / "run")
    code, _, err = run("train", pictures, *options, "--batch-size", "2")
    assert code == 2
    assert re.fullmatch(r"(compiling.*\n)?minidl: error: fit: the loss became .*\n", err)
    error = fails("train", pictures, *options, "--epochs", "1")
    assert "at the validation after epoch 1" in error
    assert names(tmp_path) == ["pictures"]


def test_a_full_disk_leaves_the_old_files(fails, run, pictures, tmp_path, monkeypatch):
    out = tmp_path / "run"
    assert run("train", pictures, *SMALL, "--out", out).code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def replacing(path):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("minidl.runtime.files.replacing", replacing)
    error = fails("train", pictures, *SMALL, "--seed", 1, "--out", out, "--overwrite")
    assert error.endswith("config.json: No space left on device\n")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def interrupt(arguments, moment):
    """Train in another process, press Ctrl-C once a line begins with `moment`."""
    code = (
        "import signal, sys; from minidl.cli import main; "
        # Whoever runs the tests in the background may have Ctrl-C ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler); sys.exit(main())"
    )
    command = [sys.executable, "-c", code, "train", *map(str, arguments)]
    environment = os.environ | {"PYTHONIOENCODING": "utf-8"}
    said = []
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
    ) as process:
        for line in process.stdout:
            said.append(line)
            if line.startswith(moment):
                process.send_signal(signal.SIGINT)
                break
        rest, err = process.communicate()
    return process.returncode, "".join(said) + rest, err


def test_ctrl_c_within_the_first_epoch_keeps_the_model(tmp_path):
    out = tmp_path / "run"
    code, said, err = interrupt(["--epochs", 1000, "--out", out], "First step")
    assert code == 130
    assert "Ctrl-C again stops at once" in err
    assert "Traceback" not in err
    assert "Stopped in epoch " in said
    assert f"  {out / 'model.safetensors'}\n" in said
    assert "model.safetensors" in names(out)
    stopped = {"checkpoint.safetensors", "config.json", "history.csv", "model.safetensors"}
    assert set(names(out)) <= stopped
    minidl.load_model(out / "model.safetensors")


def test_ctrl_c_later_keeps_the_epochs_that_ended(pictures, tmp_path):
    out = tmp_path / "run"
    code, said, _ = interrupt(
        [pictures, "--epochs", 1_000_000, "--image-size", 8, "--out", out], "Epoch 3/"
    )
    assert code == 130
    written = ["history.csv", "model.safetensors"]
    assert names(out) == ["checkpoint.safetensors", "config.json", *written]
    assert all(f"  {out / name}\n" in said for name in written)
    found = rows(out)
    assert len(found) >= 3
    assert [int(row["epoch"]) for row in found] == list(range(1, len(found) + 1))
    assert all(row["val_loss"] for row in found[:-1])


class Stopped(minidl.callbacks.Callback):
    """Presses Ctrl-C `times` times in the first batch."""

    def __init__(self, times):
        self.times = times

    def on_train_batch_begin(self, batch):
        for _ in range(self.times):
            signal.raise_signal(signal.SIGINT)


def fit(watch, times, epochs=3):
    """Train on 8 examples in 2 batches, while `watch` watches."""
    model = minidl.applications.article_cnn((6, 6, 1), 2)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    sets = images.Images(["a", "b"], *[(np.zeros((8, 6, 6, 1)), np.zeros(8, int))] * 3, "test")
    fit, model.fit = (
        model.fit,
        lambda *a, callbacks, **k: fit(*a, callbacks=[*callbacks, Stopped(times)], **k),
    )
    history = watch.fit(model, sets, 4, epochs)
    return results.Run(model, sets, history, 4, 0.0)


@pytest.mark.parametrize("kind", ["digits", "photos"])
def test_augmented_images_are_other_ones_but_the_same_each_time(run, pictures, tmp_path, kind):
    found = []
    for number, options in enumerate([(), ("--augment", kind), ("--augment", kind)]):
        out = tmp_path / str(number)
        assert run("train", pictures, *SMALL, *options, "--out", out).code == 0
        found.append((out / "history.csv").read_text())
    assert found[0] != found[1] == found[2]


def test_ctrl_c_ends_after_the_batch_under_way(tmp_path):
    before = signal.getsignal(signal.SIGINT)
    watch = train.Watch()
    run = fit(watch, times=1)
    assert (watch.interrupted, run.history.epoch, watch.batch) == (True, [], 0)
    assert signal.getsignal(signal.SIGINT) is before
    (tmp_path / "mistakes.png").write_text("of an earlier run")
    assert results.write(run, tmp_path, figures=False) == [tmp_path / "model.safetensors"]
    assert names(tmp_path) == ["model.safetensors"]


def test_a_second_ctrl_c_ends_at_once():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        fit(train.Watch(), times=2)
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_that_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        watch = train.Watch()
        run = fit(watch, times=2)
    finally:
        signal.signal(signal.SIGINT, before)
    assert not watch.interrupted
    assert run.history.epoch == [0, 1, 2]
