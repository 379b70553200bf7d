"""Getting data: files from the network, folders of images, sets for validation and test."""

from minidl.data.audit import Audit, Finding, audit
from minidl.data.dataset import Dataset
from minidl.data.decode import read_image
from minidl.data.directory import image_dataset_from_directory
from minidl.data.download import cache_home
from minidl.data.folder import ImageFolder, load_folder
from minidl.data.idx import read_idx
from minidl.data.manifest import Manifest, make_manifest, read_manifest
from minidl.data.npz import read_npz
from minidl.data.remote import get_file
from minidl.data.split import split
from minidl.data.tables import read_csv

__all__ = [
    "Audit",
    "Dataset",
    "Finding",
    "ImageFolder",
    "Manifest",
    "audit",
    "cache_home",
    "get_file",
    "image_dataset_from_directory",
    "load_folder",
    "make_manifest",
    "read_csv",
    "read_idx",
    "read_image",
    "read_manifest",
    "read_npz",
    "split",
]
