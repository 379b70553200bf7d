"""`image_dataset_from_directory`: Keras's arguments, and the files that Keras chooses."""

import inspect

import numpy as np
import pytest
from PIL import Image

from minidl.data import image_dataset_from_directory, read_image


@pytest.fixture
def pets(tmp_path):
    """Five cats, four dogs, in another order on disk than by name."""
    for label, count in (("dog", 4), ("cat", 5)):
        for i in reversed(range(count)):
            path = tmp_path / label / ("old" if i == 3 else ".") / f"{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            colour = (40 * i, 200 if label == "dog" else 0, 0)
            Image.new("RGB", (12, 8), colour).save(path)
    (tmp_path / "cat" / "notes.txt").write_text("left out")
    (tmp_path / ".hidden").mkdir()
    return tmp_path


def load(folder, **options):
    return image_dataset_from_directory(
        folder, **{"image_size": (4, 6), "verbose": False, **options}
    )


def together(data):
    """Return all images and labels of an epoch."""
    x, y = zip(*data, strict=True)
    return np.concatenate(x), np.concatenate(y)


KERAS_3 = """
directory labels label_mode class_names color_mode batch_size image_size shuffle seed
validation_split subset interpolation follow_links crop_to_aspect_ratio pad_to_aspect_ratio
data_format verbose
"""


def test_the_arguments_are_keras_3s():
    assert list(inspect.signature(image_dataset_from_directory).parameters) == KERAS_3.split()


def test_all_files_in_order(pets, capsys):
    data = load(pets, shuffle=False, batch_size=4, verbose=True)
    assert capsys.readouterr().out == "Found 9 files belonging to 2 classes.\n"
    assert data.class_names == ["cat", "dog"]
    assert len(data) == 3
    names = [f"{p[-2]}/{p[-1]}" for p in (path.split("/") for path in data.file_paths)]
    assert names[:6] == [
        "cat/0.png",
        "cat/1.png",
        "cat/2.png",
        "cat/4.png",
        "old/3.png",
        "dog/0.png",
    ]
    x, y = together(data)
    np.testing.assert_array_equal(y, np.array([0] * 5 + [1] * 4, np.int32), strict=True)
    assert x.shape == (9, 4, 6, 3)
    assert x.dtype == np.float32
    for image, path in zip(x, data.file_paths, strict=True):
        np.testing.assert_array_equal(image, read_image(path, (4, 6)))


def test_each_epoch_has_another_order_and_the_seed_decides(pets):
    def epochs(seed):
        data = load(pets, seed=seed)
        return [together(data)[0][:, 0, 0, :2].tolist() for _ in range(2)]

    first, second = epochs(1)
    assert sorted(first) == sorted(second)
    assert first != second
    assert epochs(1) == [first, second]
    assert epochs(2) != [first, second]


def test_label_modes(pets):
    def labels(**options):
        return together(load(pets, shuffle=False, **options))[1]

    numbers = np.array([0] * 5 + [1] * 4)
    categorical = np.eye(2, dtype=np.float32)[numbers]
    np.testing.assert_array_equal(labels(label_mode="categorical"), categorical, strict=True)
    binary = numbers.astype(np.float32)[:, None]
    np.testing.assert_array_equal(labels(label_mode="binary"), binary, strict=True)
    np.testing.assert_array_equal(labels(class_names=["dog", "cat"]), [0] * 4 + [1] * 5)
    np.testing.assert_array_equal(labels(labels=list(range(9))), range(9))
    for options in ({"label_mode": None}, {"labels": None}):
        (x,) = load(pets, **options)
        assert x.shape == (9, 4, 6, 3)
    single = list(load(pets, batch_size=None, shuffle=False))
    assert len(single) == 9
    assert single[0][0].shape == (4, 6, 3)
    assert load(pets, color_mode="grayscale").take(1).class_names == ["cat", "dog"]


@pytest.mark.parametrize("seed", [0, 7])
def test_validation_files_are_those_of_keras(pets, seed, capsys):
    training, validation = load(pets, validation_split=0.3, subset="both", seed=seed, verbose=True)
    assert "Using 7 files for training.\nUsing 2 files for validation.\n" in capsys.readouterr().out
    # What Keras 3 does with its sorted list of files.
    files = load(pets, shuffle=False).file_paths
    rng = np.random.RandomState(seed)
    rng.shuffle(files)
    assert training.file_paths == files[:-2]
    assert validation.file_paths == files[-2:]
    for subset, both in (("training", training), ("validation", validation)):
        alone = load(pets, validation_split=0.3, subset=subset, seed=seed)
        assert alone.file_paths == both.file_paths
        _, y = together(alone)
        assert sorted(y) == sorted(int("dog" in path) for path in alone.file_paths)


def test_links_are_followed_if_asked(pets, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    Image.new("L", (3, 3)).save(elsewhere / "9.png")
    (pets / "cat" / "linked").symlink_to(elsewhere, target_is_directory=True)
    assert len(load(pets, batch_size=None)) == 9
    assert len(load(pets, batch_size=None, follow_links=True)) == 10


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": "folders"}, "labels needs 'inferred'"),
        ({"labels": [0, 1]}, "each of the 9 files"),
        ({"labels": [-1] * 9}, "whole number of at least 0"),
        ({"label_mode": "one-hot"}, "unknown label_mode 'one-hot'"),
        ({"class_names": ["cat", "bird"]}, r"\['cat', 'dog'\], got \['cat', 'bird'\]"),
        ({"class_names": ["a"], "labels": None}, "class_names is for"),
        ({"color_mode": "gray"}, "did you mean 'grayscale'"),
        ({"image_size": 28}, "image_size must be"),
        ({"interpolation": "linear"}, "unknown interpolation"),
        ({"validation_split": 0.2}, "need each other"),
        ({"subset": "training"}, "need each other"),
        ({"validation_split": 1.5, "subset": "both", "seed": 0}, r"number in \(0, 1\)"),
        ({"validation_split": 0.01, "subset": "both", "seed": 0}, "nothing on one side"),
        ({"validation_split": 0.2, "subset": "test", "seed": 0}, "unknown subset"),
        ({"validation_split": 0.2, "subset": "training"}, "needs a seed"),
        ({"data_format": "channels_first"}, "channels_last"),
        ({"batch_size": 0}, "batch_size"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_arguments(pets, options, message):
    with pytest.raises(ValueError, match=message):
        load(pets, **options)


def test_folders_without_images(tmp_path):
    with pytest.raises(ValueError, match="no images found"):
        load(tmp_path)
    with pytest.raises(FileNotFoundError, match="no folder"):
        load(tmp_path / "missing")
    for name in "abc":
        (tmp_path / name).mkdir()
        Image.new("L", (3, 3)).save(tmp_path / name / "1.png")
    with pytest.raises(ValueError, match="two classes, got 3"):
        load(tmp_path, label_mode="binary")
