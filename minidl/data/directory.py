"""Keras's ``image_dataset_from_directory``: a folder of class-named folders, as batches.

May import ``dataset``, ``listing`` and ``reader``; tested by ``tests/data/test_directory.py``.
"""

import os
from pathlib import Path

import numpy as np

from minidl.data.dataset import Dataset
from minidl.data.listing import check_is_folder, has_image_name, is_hidden, visible
from minidl.runtime import checks

LABEL_MODES = ("int", "categorical", "binary")
SUBSETS = ("training", "validation", "both")


def image_dataset_from_directory(
    directory: str | os.PathLike,
    labels="inferred",
    label_mode: str | None = "int",
    class_names: list[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: tuple[int, int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    verbose: bool = True,
) -> Dataset | tuple[Dataset, Dataset]:
    """Return the images below a folder as batches, read when they are needed.

    Names, defaults and the choice of validation files are Keras 3's: the same seed gives the
    same files. Batches are read ahead in a thread.

    Parameters
    ----------
    directory : path
        With labels, it holds a folder a class; images may lie in folders inside these. Files
        whose extension is not that of an image are left out.
    labels : "inferred", None or sequence of int
        From the folders' names; none; or a number for each file, sorted by path.
    label_mode : "int", "categorical", "binary" or None
        int32 (N,); one-hot float32 (N, classes); 0 or 1, float32 (N, 1); no labels.
    class_names : list of str, optional
        The folders' names, in the order that numbers them; sorted by default.
    color_mode : "grayscale", "rgb" or "rgba"
    batch_size : int, or None for single images
    image_size : (height, width)
    shuffle : bool
        Whether each epoch takes the files in a new order.
    seed : int, optional
        For the order, and for the choice of validation files.
    validation_split : float, optional
        Share of the files that is kept apart.
    subset : "training", "validation" or "both"
        What to return, with `validation_split`.
    interpolation, crop_to_aspect_ratio, pad_to_aspect_ratio
        See `ImageReader`.
    follow_links : bool
        Whether to look into folders that are linked.
    data_format : "channels_last", or None for the same
    verbose : bool
        Whether to print how many files there are.

    Returns
    -------
    Dataset, or two for "both"
        Of (images, labels), or of images: float32 (N, H, W, C), 0 … 255. Has ``class_names``
        and ``file_paths``.

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If there is no such folder.
    ValueError
        If an argument is malformed, or no images are found.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("white", "black"):
    ...         (Path(folder) / name).mkdir()
    ...         Image.new("RGB", (60, 40), name).save(Path(folder) / name / "image.png")
    ...     data = image_dataset_from_directory(folder, image_size=(4, 6), shuffle=False)
    ...     ((x, y),) = data
    Found 2 files belonging to 2 classes.
    >>> data.class_names, x.shape, x[:, 0, 0, 0], y
    (['black', 'white'], (2, 4, 6, 3), array([  0., 255.], dtype=float32),
     array([0, 1], dtype=int32))
    """
    root = Path(directory)
    check_is_folder(root)
    _check_arguments(labels, label_mode, class_names, data_format)
    _check_split(validation_split, subset, shuffle, seed)
    if labels is None:
        label_mode = None
    inferred = isinstance(labels, str)
    names = _class_names(root, class_names) if inferred else None
    paths, numbers = _files(root, names, follow_links)
    if not paths:
        raise ValueError(f"no images found in {str(root)!r}: no file has the extension of one")
    if not inferred and labels is not None:
        numbers = _given_labels(labels, paths, root)
        names = [str(number) for number in range(max(numbers) + 1)]
    if verbose:
        of_classes = f" belonging to {len(names)} classes" if names else ""
        print(f"Found {len(paths)} files{of_classes}.")
    encoded = _encoded(numbers, label_mode, names)

    options = {
        "image_size": image_size,
        "color_mode": color_mode,
        "interpolation": interpolation,
        "crop_to_aspect_ratio": crop_to_aspect_ratio,
        "pad_to_aspect_ratio": pad_to_aspect_ratio,
    }

    def dataset(chosen, shuffled):
        files = [str(paths[i]) for i in chosen]
        data = Dataset.from_files(
            files, None if encoded is None else encoded[chosen], names, **options
        )
        data = data.shuffle(seed) if shuffled else data
        data = data if batch_size is None else data.batch(batch_size)
        return data.prefetch()

    order = np.arange(len(paths))
    if validation_split is None:
        return dataset(order, shuffle)
    if shuffle:
        # The generator and the call that Keras 3 shuffles the list of files with.
        np.random.RandomState(seed).shuffle(order)
    count = int(validation_split * len(paths))
    if not 0 < count < len(paths):
        raise ValueError(
            f"validation_split={validation_split} leaves nothing on one side of {len(paths)} files"
        )
    parts = {"training": order[:-count], "validation": order[-count:]}
    wanted = list(parts) if subset == "both" else [subset]
    if verbose:
        for name in wanted:
            print(f"Using {len(parts[name])} files for {name}.")
    made = tuple(dataset(parts[name], shuffle) for name in wanted)
    return made if subset == "both" else made[0]


def _check_arguments(labels, label_mode, class_names, data_format):
    if label_mode is not None and label_mode not in LABEL_MODES:
        raise checks.unknown_name("label_mode", label_mode, LABEL_MODES)
    if isinstance(labels, str) and labels != "inferred":
        raise ValueError(f"labels needs 'inferred', None or a sequence of int, got {labels!r}")
    if class_names is not None and not isinstance(labels, str):
        raise ValueError("class_names is for labels='inferred': it orders the folders")
    if data_format not in (None, "channels_last"):
        raise ValueError(f"data_format needs 'channels_last' or None, got {data_format!r}")


def _check_split(validation_split, subset, shuffle, seed):
    if seed is not None:
        checks.integer(seed, "seed", 0)
    if (validation_split is None) != (subset is None):
        raise ValueError(
            "validation_split and subset need each other, got "
            f"validation_split={validation_split!r} and subset={subset!r}"
        )
    if subset is None:
        return
    checks.real(validation_split, "validation_split", 0, 1, exclusive=True)
    if subset not in SUBSETS:
        raise checks.unknown_name("subset", subset, SUBSETS)
    if shuffle and seed is None:
        raise ValueError(
            "validation_split with shuffle=True needs a seed: without one, two calls would choose "
            "other files, and images be in both sets"
        )


def _class_names(root, given):
    found = [entry.name for entry in visible(root) if entry.is_dir()]
    if given is None:
        return found
    if set(given) != set(found) or len(given) != len(found):
        raise ValueError(f"class_names needs the folders' names, {found}, got {list(given)}")
    return list(given)


def _files(root, class_names, follow_links):
    """Return paths, class by class and sorted, and the class numbers, None without classes."""
    paths, numbers = [], []
    folders = [root] if class_names is None else [root / name for name in class_names]
    for number, folder in enumerate(folders):
        found = []
        for parent, inner, names in os.walk(folder, followlinks=follow_links):
            inner[:] = [name for name in inner if not is_hidden(name)]
            found += [Path(parent, name) for name in names if not is_hidden(name)]
        found = sorted(path for path in found if has_image_name(path))
        paths += found
        numbers += [number] * len(found)
    return paths, None if class_names is None else numbers


def _given_labels(labels, paths, root):
    numbers = [checks.integer(label, "labels: a label", 0) for label in labels]
    if len(numbers) != len(paths):
        raise ValueError(
            f"labels needs a number for each of the {len(paths)} files in {str(root)!r}, "
            f"got {len(numbers)}"
        )
    return numbers


def _encoded(numbers, label_mode, class_names):
    """Return the labels as the mode has them, an array, or None."""
    if label_mode is None:
        return None
    if label_mode == "binary" and len(class_names) != 2:
        raise ValueError(f"label_mode='binary' needs two classes, got {len(class_names)}")
    if label_mode == "categorical":
        return np.eye(len(class_names), dtype=np.float32)[numbers]
    if label_mode == "binary":
        return np.array(numbers, np.float32)[:, np.newaxis]
    return np.array(numbers, np.int32)
