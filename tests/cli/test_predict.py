"""`minidl predict`, with models good, foreign and hostile."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image
from safetensors import safe_open
from safetensors.numpy import save_file

import minidl
from minidl.datasets import mnist


@pytest.fixture(scope="session")
def scans(tmp_path_factory):
    """Test images as files, as (path, digit)."""
    folder = tmp_path_factory.mktemp("scans")
    _, (x, y) = mnist.load_data()
    files = []
    for i in range(40):
        files.append((folder / f"digit {i}.png", str(y[i])))
        Image.fromarray(x[i]).save(files[-1][0])
    return files


@pytest.fixture
def forged(digits, tmp_path):
    """Write the model of the digits with another description or other weights."""

    def forge(change=lambda description: None, weights=lambda tensors: None, text=None):
        with safe_open(digits / "model.safetensors", framework="numpy") as file:
            description = json.loads(file.metadata()["minidl"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        change(description)
        weights(tensors)
        path = tmp_path / "forged.safetensors"
        save_file(tensors, path, {"minidl": text or json.dumps(description)})
        return path

    return forge


def test_digits_are_recognised(run, digits, scans):
    code, out, err = run("predict", digits / "model.safetensors", *(path for path, _ in scans))
    assert (code, err) == (0, "")
    lines = [line.rsplit(maxsplit=3) for line in out.splitlines()]
    assert [line[0] for line in lines] == [str(path) for path, _ in scans]
    right = [line[1] == digit for line, (_, digit) in zip(lines, scans, strict=True)]
    assert sum(right) >= 34


def test_columns_are_aligned(run, digits, scans):
    out = run("predict", digits / "model.safetensors", scans[0][0], scans[39][0]).out
    assert len({len(line) for line in out.splitlines()}) == 1


def test_json_has_all_probabilities(run, digits, scans):
    paths = [str(path) for path, _ in scans[:3]]
    code, out, err = run("predict", "--json", digits / "model.safetensors", *paths)
    assert (code, err) == (0, "")
    results = json.loads(out)
    assert [each["path"] for each in results] == paths
    for each in results:
        probabilities = each["probabilities"]
        assert sum(probabilities.values()) == pytest.approx(1)
        assert each["class"] == max(probabilities, key=probabilities.get)
        assert each["probability"] == probabilities[each["class"]]


def test_images_are_prepared_as_for_training(run, pictures, tmp_path):
    out = tmp_path / "run"
    trained = run(
        "train", pictures, "--out", out, "--epochs", 8, "--image-size", "8x6", "--batch-size", 4,
        "--learning-rate", 0.01,
    )  # fmt: skip
    assert trained.code == 0
    results = json.loads(
        run("predict", "--json", out / "model.safetensors", *sorted(pictures.glob("*/*.png"))).out
    )
    assert [each["class"] for each in results] == ["blue"] * 6 + ["red"] * 6


def test_a_model_without_names_gives_class_numbers(run, scans, tmp_path):
    path = tmp_path / "plain.safetensors"
    minidl.applications.article_cnn((28, 28, 1), 3).save(path)
    code, out, _ = run("predict", "--json", path, scans[0][0])
    assert code == 0
    assert list(json.loads(out)[0]["probabilities"]) == ["0", "1", "2"]


def test_an_unreadable_image_is_reported_and_the_others_predicted(run, digits, scans, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(scans[0][0].read_bytes()[:60])
    model, good = digits / "model.safetensors", scans[1][0]
    code, out, err = run("predict", model, broken, good, tmp_path / "none.png", tmp_path)
    assert code == 2
    assert out.startswith(f"{good}  ")
    assert out.count("\n") == 1
    errors = err.splitlines()
    assert len(errors) == 3
    assert all(line.startswith("minidl: error: ") for line in errors)
    assert "broken.png" in errors[0]
    assert "none.png" in errors[1]
    assert "folder" in errors[2]


def test_json_is_a_list_even_if_no_image_can_be_read(run, digits):
    code, out, err = run("predict", "--json", digits / "model.safetensors", "none.png")
    assert (code, out) == (2, "[]\n")
    assert err == "minidl: error: there is no image file 'none.png'\n"


def test_missing_and_truncated_models(fails, digits, scans, tmp_path):
    assert "there is no model file" in fails("predict", tmp_path / "none", scans[0][0])
    assert "not a safetensors file" in fails("predict", tmp_path, scans[0][0])
    whole = (digits / "model.safetensors").read_bytes()
    path = tmp_path / "part.safetensors"
    for length in (0, 7, 500, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert "part.safetensors" in fails("predict", path, scans[0][0])


def test_a_foreign_model(fails, scans, tmp_path):
    path = tmp_path / "foreign.safetensors"
    save_file({"weight": np.zeros(3, np.float32)}, path)
    assert "not a model that minidl wrote" in fails("predict", path, scans[0][0])


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update({"class": "os.system"}),
        lambda d: d["config"]["layers"][0].update({"class": "os.system"}),
        lambda d: d["config"]["layers"][0].update({"class": "Layer.__init__"}),
        lambda d: d["config"]["layers"][3]["config"].update(units=10**12),
        lambda d: d["config"]["layers"][3]["config"].update(units=10**30),
        lambda d: d["config"]["layers"][0]["config"].update(kernel_size=[10**9, 10**9]),
        lambda d: d["config"]["layers"][0]["config"].update(activation="os.system"),
        lambda d: d.update(input_shape=[None, 10**9, 10**9, 1]),
        lambda d: d.update(input_shape=[None, 28, 28, 3]),
        lambda d: d.update(input_shape=None),
        lambda d: d.update(config=[]),
        lambda d: d.update(version=99),
        lambda d: d["extra"].update(class_names=["cat"]),
        lambda d: d["extra"].update(class_names=["cat"] * 10),
        lambda d: d["extra"].update(class_names=[{}] * 10),
        lambda d: d["extra"].update(class_names="0123456789"),
    ],
)
def test_a_hostile_description(fails, forged, scans, change):
    assert "forged.safetensors: " in fails("predict", forged(change), scans[0][0])


@pytest.mark.parametrize("text", ["[" * 100_000, "[]", "null", "{", '{"version": 1}'])
def test_a_description_that_is_none(fails, forged, scans, text):
    assert "forged.safetensors: " in fails("predict", forged(text=text), scans[0][0])


@pytest.mark.parametrize(
    "weights",
    [
        lambda t: t.update({"dense/kernel": np.zeros((3, 3), np.float32)}),
        lambda t: t.update(more=np.zeros(1, np.float32)),
        lambda t: t.popitem(),
        lambda t: t.update({name: array.astype(np.float16) for name, array in t.items()}),
        lambda t: t.update({name: np.full_like(array, np.nan) for name, array in t.items()}),
        lambda t: t.update({name: np.full_like(array, 3e38) for name, array in t.items()}),
    ],
)
def test_hostile_weights(fails, forged, scans, weights):
    assert "forged.safetensors: " in fails("predict", forged(weights=weights), scans[0][0])


def test_a_model_that_is_no_classifier_of_images(fails, scans, tmp_path):
    path = tmp_path / "regression.safetensors"
    layers = minidl.layers
    minidl.Sequential([layers.Input((4,)), layers.Dense(2)]).save(path)
    assert "needs a model from images" in fails("predict", path, scans[0][0])
    minidl.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(2)]).save(path)
    assert "not probabilities" in fails("predict", path, scans[0][0])


def test_a_class_name_cannot_steer_the_terminal(run, forged, scans):
    names = ["\x1b[2J\nfirst", "[red]", *map(str, range(8))]
    path = forged(lambda d: d["extra"].update(class_names=names))
    out = run("predict", path, *(scan for scan, _ in scans)).out
    assert "\x1b" not in out
    assert out.count("\n") == len(scans)


def test_a_model_may_be_moved(run, digits, scans, tmp_path):
    moved = tmp_path / "模型.safetensors"
    shutil.copy(digits / "model.safetensors", moved)
    assert run("predict", moved, scans[0][0]).code == 0
