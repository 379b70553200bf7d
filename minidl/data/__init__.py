"""Data: files and folders of images, labels and what to think of them, sets, augmentation."""

from minidl.data import active, agreement, annotations, augment, label_errors
from minidl.data.audit import Audit, Finding, audit
from minidl.data.dataset import Dataset
from minidl.data.decode import read_image
from minidl.data.directory import image_dataset_from_directory
from minidl.data.download import cache_home
from minidl.data.folder import ImageFolder, load_folder
from minidl.data.idx import read_idx
from minidl.data.labelset import LabelClass, LabelSet
from minidl.data.manifest import Manifest, make_manifest, read_manifest
from minidl.data.npz import read_npz
from minidl.data.remote import get_file
from minidl.data.split import few_of_each, split
from minidl.data.tables import read_csv

__all__ = [
    "Audit",
    "Dataset",
    "Finding",
    "ImageFolder",
    "LabelClass",
    "LabelSet",
    "Manifest",
    "active",
    "agreement",
    "annotations",
    "audit",
    "augment",
    "cache_home",
    "few_of_each",
    "get_file",
    "image_dataset_from_directory",
    "label_errors",
    "load_folder",
    "make_manifest",
    "read_csv",
    "read_idx",
    "read_image",
    "read_manifest",
    "read_npz",
    "split",
]
