"""Getting data (files, folders of images, splits), labelling it, and judging its labels."""

from minidl.data import active, agreement, annotations, label_errors
from minidl.data.decode import read_image
from minidl.data.download import cache_home, get_file
from minidl.data.folder import ImageFolder, load_folder
from minidl.data.labelset import LabelClass, LabelSet
from minidl.data.split import split

__all__ = [
    "ImageFolder",
    "LabelClass",
    "LabelSet",
    "active",
    "agreement",
    "annotations",
    "cache_home",
    "get_file",
    "label_errors",
    "load_folder",
    "read_image",
    "split",
]
