"""Getting data: files from the network, folders of images."""

from minidl.data.decode import read_image
from minidl.data.download import cache_home, get_file
from minidl.data.folder import ImageFolder, load_folder

__all__ = ["ImageFolder", "cache_home", "get_file", "load_folder", "read_image"]
