"""Getting data: files from the network, folders of images, splits for validation, augmentation."""

from minidl.data import augment
from minidl.data.decode import read_image
from minidl.data.download import cache_home, get_file
from minidl.data.folder import ImageFolder, load_folder
from minidl.data.split import split

__all__ = [
    "ImageFolder",
    "augment",
    "cache_home",
    "get_file",
    "load_folder",
    "read_image",
    "split",
]
