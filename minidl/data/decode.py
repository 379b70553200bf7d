"""Image files of any common kind, as arrays of one size and depth.

``load_folder`` and ``minidl predict`` both read through here, so that a model is asked about
images prepared as those it learnt from. NumPy and, inside the functions, Pillow; tested by
``tests/data/test_decode.py``.
"""

import contextlib
import operator
import os
import threading
import warnings
from pathlib import Path

import numpy as np

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP")
FLOAT_SCALES = (1.0, 255.0, 65535.0)  # what white may be in a file of floating-point values


def read_image(
    path: str | os.PathLike, image_size: tuple[int, int] = (28, 28), grey: bool = False
) -> np.ndarray:
    """Read one image file, whatever its kind, as an array of 8-bit values.

    The format (PNG, JPEG, BMP, GIF, TIFF or WebP) is told by the content, not by the name; of
    several frames the first is read. In order:

    1. A rotation or reflection noted in EXIF is carried out.
    2. Values become 8-bit. 16-bit grey is divided by 257, so that 65535 is 255. Floating-point
       grey is taken to lie in 0..1, unless a larger value shows it to lie in 0..255 or 0..65535.
    3. Transparency is laid over white.
    4. Colours become RGB, or grey by the luma of ITU-R BT.601:
       (299 · R + 587 · G + 114 · B) / 1000.
    5. The whole image is stretched to ``image_size``, bilinearly; where it shrinks, the filter
       widens with the step, so that nothing aliases (Pillow's ``BILINEAR``).

    Parameters
    ----------
    path : path
        The file.
    image_size : (int, int)
        Height and width of the result, in pixels.
    grey : bool
        Whether to return one channel instead of red, green, blue.

    Returns
    -------
    numpy.ndarray
        uint8, shape (H, W, C), C = 1 if ``grey`` else 3.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file cannot be read as an image: the message says why. Also for an ``image_size``
        that is not two positive whole numbers.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("RGB", (640, 480), "red").save(f"{folder}/red.png")
    ...     image = read_image(f"{folder}/red.png", image_size=(2, 2))
    >>> image.shape, image[0, 0]
    ((2, 2, 3), array([255, 0, 0], dtype=uint8))
    """
    height, width = check_image_size(image_size)
    try:
        return decode(Path(path), height, width, grey)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no image file {os.fspath(path)!r}") from None
    # Decoders meet damaged bytes with many kinds of exception, some not even documented.
    except Exception as error:
        raise ValueError(f"cannot read image {os.fspath(path)!r}: {reason(error)}") from error


def decode(path: Path, height: int, width: int, grey: bool) -> np.ndarray:
    """Do the work of ``read_image``, with whatever exception a damaged file provokes."""
    from PIL import Image

    with opened(path) as image:
        flat = flatten(image, "L" if grey else "RGB")
    resized = flat.resize((width, height), Image.Resampling.BILINEAR)
    return np.array(resized, dtype=np.uint8).reshape(height, width, 1 if grey else 3)


def thumbnail(path: Path, side: int) -> np.ndarray:
    """Read an image in small: uint8 (H, W, 3), its proportions kept, no side above `side`.

    Raises what `read_image` raises.
    """
    try:
        with opened(Path(path)) as image:
            small = flatten(image, "RGB")
    except Exception as error:
        raise ValueError(f"cannot read image {os.fspath(path)!r}: {reason(error)}") from error
    small.thumbnail((side, side))
    return np.array(small)


@contextlib.contextmanager
def opened(path: Path):
    """Give the image in a file, not decoded yet; what is no regular file is not opened."""
    from PIL import Image

    # To open a named pipe would wait for ever.
    if path.exists() and not path.is_file():
        raise ValueError(
            "it is a folder, not an image" if path.is_dir() else "it is not a regular file"
        )
    with open(path, "rb") as file, _quiet(), Image.open(file, formats=FORMATS) as image:
        yield image


def flatten(image, mode: str):
    """Decode an image: upright, of 8-bit values, in mode "L", "RGB" or "RGBA".

    Only in "RGBA" is anything transparent.
    """
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":
        # Pillow's own conversions would clip these at 255.
        image = Image.fromarray(_to_eight_bits(np.asarray(image)))
    elif image.has_transparency_data and mode != "RGBA":
        foreground = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, foreground)
    return image.convert(mode)


def reason(error: Exception) -> str:
    """Say in a few words, without the file's name, why ``decode`` failed."""
    from PIL import Image, UnidentifiedImageError

    if isinstance(error, UnidentifiedImageError):
        return f"not an image of a known format ({', '.join(FORMATS)}), or damaged"
    if isinstance(error, Image.DecompressionBombWarning | Image.DecompressionBombError):
        return f"more than {Image.MAX_IMAGE_PIXELS:,} pixels"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def check_image_size(image_size: tuple[int, int]) -> tuple[int, int]:
    """Return (height, width) as ints, or raise ValueError."""
    try:
        height, width = map(operator.index, image_size)
    except (TypeError, ValueError):
        height = width = 0
    if height < 1 or width < 1:
        raise ValueError(
            f"image_size must be (height, width), two positive whole numbers, got {image_size!r}"
        )
    return height, width


class _quiet:  # noqa: N801 (called as a function)
    """Inside, Pillow's remarks on metadata are not shown, and a suspected bomb is an error.

    Filters of warnings belong to the process: what several threads set and restore on their own
    would stay. So the first one in sets them, and the last one out restores them.
    """

    depth = 0
    lock = threading.Lock()

    def __enter__(self):
        from PIL import Image

        with _quiet.lock:
            if _quiet.depth == 0:
                _quiet.saved = warnings.catch_warnings()
                _quiet.saved.__enter__()
                warnings.filterwarnings("ignore", module=r"PIL\b")
                warnings.simplefilter("error", Image.DecompressionBombWarning)
            _quiet.depth += 1

    def __exit__(self, *_error):
        with _quiet.lock:
            _quiet.depth -= 1
            if _quiet.depth == 0:
                _quiet.saved.__exit__(None, None, None)


def _to_eight_bits(values: np.ndarray) -> np.ndarray:
    """Scale 16-bit integers or floating-point values, shape (H, W), to uint8."""
    low, high = values.min(), values.max()
    scales = (65535,) if values.dtype.kind in "iu" else FLOAT_SCALES
    white = next((scale for scale in scales if low >= 0 and high <= scale), None)
    if white is None:
        raise ValueError(f"values from {low} to {high}, which are outside 0..{scales[-1]:g}")
    return np.rint(values.astype(np.float64) * (255 / white)).astype(np.uint8)
