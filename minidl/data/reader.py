"""Image files as arrays for a network: of one size, with the colours that are wanted.

May import ``decode``; tested by ``tests/data/test_reader.py``.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from minidl.data.decode import check_image_size, flatten, opened, reason
from minidl.runtime import checks

MODES = {"grayscale": "L", "rgb": "RGB", "rgba": "RGBA"}
#: Keras's names, and Pillow's.
FILTERS = {
    "nearest": "NEAREST",
    "bilinear": "BILINEAR",
    "bicubic": "BICUBIC",
    "area": "BOX",
    "lanczos3": "LANCZOS",
}


@dataclass(frozen=True)
class ImageReader:
    """Reads image files as Keras's ``image_dataset_from_directory`` presents them.

    Called with a path, it returns float32, shape (H, W, C), 0 … 255, of C = 1, 3 or 4. Files
    are decoded as by `read_image`, but that "rgba" keeps transparency.

    Parameters
    ----------
    image_size : (int, int)
        Height and width.
    color_mode : "grayscale", "rgb" or "rgba"
    interpolation : "nearest", "bilinear", "bicubic", "area" or "lanczos3"
        Where an image shrinks, the filter widens with the step, so that nothing aliases
        (Pillow's way; Keras, on TensorFlow, does not smooth).
    crop_to_aspect_ratio : bool
        Whether to take the largest window in the middle that has the size's proportions,
        instead of stretching the whole.
    pad_to_aspect_ratio : bool
        Whether to add black, or transparent, margins that give it these proportions.
    """

    image_size: tuple[int, int] = (256, 256)
    color_mode: str = "rgb"
    interpolation: str = "bilinear"
    crop_to_aspect_ratio: bool = False
    pad_to_aspect_ratio: bool = False

    def __post_init__(self):
        check_image_size(self.image_size)
        for kind, name, known in (
            ("color_mode", self.color_mode, MODES),
            ("interpolation", self.interpolation, FILTERS),
        ):
            if name not in known:
                raise checks.unknown_name(kind, name, known)
        if self.crop_to_aspect_ratio and self.pad_to_aspect_ratio:
            raise ValueError(
                "only one of crop_to_aspect_ratio and pad_to_aspect_ratio can be True, got both"
            )

    def __call__(self, path: str | os.PathLike) -> np.ndarray:
        """Read a file.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If it cannot be read as an image: the message names it and says why.
        """
        try:
            with opened(Path(path)) as image:
                flat = flatten(image, MODES[self.color_mode])
        except FileNotFoundError:
            raise FileNotFoundError(f"there is no image file {os.fspath(path)!r}") from None
        except Exception as error:  # of any kind, as in read_image
            raise ValueError(f"cannot read image {os.fspath(path)!r}: {reason(error)}") from error
        array = np.asarray(self._resized(flat), dtype=np.float32)
        return array.reshape(*self.image_size, -1)

    def _resized(self, image):
        from PIL import Image

        height, width = self.image_size
        box = None
        if self.crop_to_aspect_ratio:
            # The sides, in pixels, of the largest window of the proportions that are wanted.
            w = min(image.width, image.height * width / height)
            h = min(image.height, image.width * height / width)
            left, top = (image.width - w) / 2, (image.height - h) / 2
            box = (left, top, left + w, top + h)
        elif self.pad_to_aspect_ratio:
            image = _padded(image, height, width)
        return image.resize((width, height), Image.Resampling[FILTERS[self.interpolation]], box)


def _padded(image, height, width):
    """Return the image in the middle of a black one of the proportions height : width."""
    from PIL import Image

    w = max(image.width, round(image.height * width / height))
    h = max(image.height, round(image.width * height / width))
    padded = Image.new(image.mode, (w, h))
    padded.paste(image, ((w - image.width) // 2, (h - image.height) // 2))
    return padded
