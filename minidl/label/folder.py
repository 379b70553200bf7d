"""The images of a folder, and nothing outside of it.

May import `minidl.data`; tested by ``tests/label/test_folder.py``.
"""

import contextlib
import hashlib
import io
import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path

from minidl.data import decode
from minidl.data.listing import EXTENSIONS

LARGEST_SIDE = 4096  # pixels; what is larger is shown smaller, and cannot be painted on
LOSSLESS = 1 << 20  # pixels up to which the page gets PNG; above, JPEG
ORIENTATION = 0x0112  # the tag of EXIF; 5 to 8 stand for quarter turns

#: Images are decoded one at a time: large ones fill the memory, and `decode` sets the filter of
#: warnings, which all threads share.
_DECODING = threading.Lock()


@dataclass(frozen=True)
class Image:
    """An image file below the folder."""

    id: str
    """Stands for the image in URLs, so that these hold no names of files."""
    path: str
    """From the folder, with slashes. Bytes that are no text are Python's surrogates."""

    @property
    def folder(self):
        """The sub-folder of the first level that it lies in, or None."""
        first, slash, _ = self.path.partition("/")
        return first if slash else None


class Folder:
    """The images below a folder, by path, in the order of people: 2 before 10.

    Images are told by their extensions. What is hidden is left out, and so is every link that
    leads out of the folder. Linked folders are not entered, since links can make a circle.

    Parameters
    ----------
    root : path

    Raises
    ------
    FileNotFoundError, NotADirectoryError
        If it is no folder.
    ValueError
        If there are no images in it.
    """

    def __init__(self, root):
        if not os.path.lexists(root):
            raise FileNotFoundError(f"there is no folder {os.fspath(root)!r}")
        if not os.path.isdir(root):
            raise NotADirectoryError(f"{os.fspath(root)!r} is a file; needed is a folder of images")
        self.root = Path(root).resolve()
        self.left_out = []
        """Links that lead out of the folder."""
        self.images = {}
        """Image by id."""
        for path in sorted(self._walk(), key=_natural):
            self.images[_id(path)] = Image(_id(path), path)
        if not self.images:
            raise ValueError(
                f"there are no images ({', '.join(EXTENSIONS)}) below {os.fspath(root)!r}"
            )

    def classes(self):
        """Return the sub-folders of the first level that hold images, if there are several."""
        names = dict.fromkeys(image.folder for image in self.images.values() if image.folder)
        return list(names) if len(names) > 1 else []

    def size(self, image):
        """Return (height, width) of an image once it stands upright; errors as of `picture`."""
        with self._opened(image) as opened:
            width, height = opened.size
            quarter_turn = opened.getexif().get(ORIENTATION, 1) >= 5
        return (width, height) if quarter_turn else (height, width)

    def picture(self, image):
        """Return what a browser can show of an image: (media type, bytes).

        It is decoded here and encoded anew, so that any format can be seen and no file's bytes
        reach the browser as they are.

        Raises
        ------
        ValueError
            If it is damaged, too large, gone, or led out of the folder meanwhile.
        """
        with self._opened(image) as opened:
            flat = decode.flatten(opened, "RGB")
            flat.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        encoded = io.BytesIO()
        if flat.width * flat.height <= LOSSLESS:
            flat.save(encoded, "PNG", compress_level=1)
            return "image/png", encoded.getvalue()
        flat.save(encoded, "JPEG", quality=92)
        return "image/jpeg", encoded.getvalue()

    def find(self, path):
        """Return the id of the image at a path from the folder, or an absolute one; else None."""
        absolute = os.path.normpath(os.path.join(self.root, path))
        relative = os.path.relpath(absolute, self.root).replace(os.sep, "/")
        name = _id(relative)
        return name if name in self.images else None

    def location(self, image):
        """Return where an image is; ValueError if that is not, or no longer, in the folder."""
        try:
            # A link may have been put in the place of a file, or of a folder above it.
            location = Path(self.root, image.path).resolve(strict=True)
        except (OSError, RuntimeError):
            raise ValueError("there is no such file any more") from None
        if not location.is_relative_to(self.root):
            raise ValueError("a link that leads out of the folder")
        return location

    @contextlib.contextmanager
    def _opened(self, image):
        location = self.location(image)
        with _DECODING:
            try:
                with decode.opened(location) as opened:
                    yield opened
            except Exception as error:  # of any kind, as in `read_image`
                raise ValueError(decode.reason(error)) from error

    def _walk(self):
        """Yield the paths of the images, from the folder and with slashes."""
        for parent, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                if name.startswith(".") or not name.lower().endswith(EXTENSIONS):
                    continue
                file = Path(parent, name)
                path = file.relative_to(self.root).as_posix()
                if file.is_symlink() and not file.resolve().is_relative_to(self.root):
                    self.left_out.append(path)
                else:
                    yield path


def _id(path):
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _natural(path):
    """Return a key that sorts numbers in names by their value, folder by folder."""
    return [
        [(0, int(part), part) if part.isdecimal() else (1, 0, part) for part in _parts(name)]
        for name in path.split("/")
    ]


def _parts(name):
    return [part for part in re.split(r"([0-9]{1,18})", name) if part]
