"""What is to be known of one image file: is it whole, what does it hold, what does it look like.

May import ``decode``, ``listing`` and ``prints``; tested by ``tests/data/test_facts.py``.
"""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from minidl.data.decode import flatten, opened, reason
from minidl.data.listing import Listed
from minidl.data.prints import SIDE
from minidl.runtime import files

#: How files of the known formats begin.
SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF")
USUAL_EXTENSIONS = {
    "PNG": (".png",),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "BMP": (".bmp", ".dib"),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
}
COLOURS = 8  # pixels of the side of the picture's colours


@dataclass
class Facts:
    """What is known of a file; None where it could not be found out."""

    path: str
    """From the folder's root on, with slashes."""
    label: str | None
    split: str | None
    problem: str | None = None
    """Why it cannot be used: a kind of finding."""
    reason: str = ""
    bytes: int | None = None
    sha256: str | None = None
    format: str | None = None
    mode: str | None = None
    """Pillow's name of what a pixel is, like "RGB" or "L"."""
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    pixels: str | None = None
    """SHA-256 of the size and the upright RGB pixels: equal in files of different formats."""
    contrast: float | None = None
    """Standard deviation of the grey values, 0 … 127.5."""
    grey_range: int | None = None
    """Difference of the lightest and the darkest grey value."""

    @property
    def has_usual_extension(self):
        """Whether the name's extension says what the file is."""
        return Path(self.path).suffix.lower() in USUAL_EXTENSIONS[self.format]

    def to_dict(self):
        """Return the facts as JSON knows them."""
        return asdict(self)


def examine(file: Listed, root: Path) -> tuple[Facts, tuple[np.ndarray, np.ndarray] | None]:
    """Read a file; nothing about it raises.

    Returns
    -------
    facts : Facts
    thumbnail : (array (64, 64), array (8, 8, 2)), uint8, or None
        Grey values, and colours as Cb and Cr.
    """
    facts = Facts(file.relative(root), file.label, file.split)
    try:
        if file.path.is_file():
            facts.bytes = file.path.stat().st_size
            facts.sha256 = files.sha256(file.path)
        if facts.bytes == 0:
            facts.problem, facts.reason = "empty", "it has no bytes"
            return facts, None
        return facts, _look(file.path, facts)
    except Exception as error:  # decoders meet damage with many kinds
        facts.problem, facts.reason = _problem(file.path, error), reason(error)
        return facts, None


def _look(path, facts):
    """Note what the image is, and return its thumbnail."""
    from PIL import Image

    with opened(path) as image:
        # A photograph with a preview or a depth map behind it is one picture to everybody else.
        facts.format = "JPEG" if image.format == "MPO" else image.format
        facts.frames = 1 if facts.format == "JPEG" else getattr(image, "n_frames", 1)
        facts.mode = image.mode
        facts.width, facts.height = image.size
        flat = flatten(image, "RGB")
    size = f"{flat.width} x {flat.height} ".encode()
    facts.pixels = hashlib.sha256(size + flat.tobytes()).hexdigest()
    facts.contrast, facts.grey_range = _contrast(flat)
    small = flat.resize((SIDE, SIDE), Image.Resampling.BILINEAR).convert("YCbCr")
    colours = small.resize((COLOURS, COLOURS), Image.Resampling.BOX)
    return np.array(small)[..., 0], np.array(colours)[..., 1:]


def _contrast(flat):
    """Return the standard deviation and the range of the grey values of a Pillow image."""
    counts = np.array(flat.convert("L").histogram(), np.float64)
    values = np.arange(256)
    share = counts / counts.sum()
    mean = share @ values
    present = np.flatnonzero(counts)
    return round(float(np.sqrt(share @ (values - mean) ** 2)), 3), int(present[-1] - present[0])


def _problem(path, error):
    from PIL import Image, UnidentifiedImageError

    if isinstance(error, Image.DecompressionBombWarning | Image.DecompressionBombError):
        return "bomb"
    if isinstance(error, PermissionError | FileNotFoundError) or not path.is_file():
        return "unreadable"
    if isinstance(error, UnidentifiedImageError):
        with open(path, "rb") as file:
            return "damaged" if file.read(4).startswith(SIGNATURES) else "not_an_image"
    return "damaged"
