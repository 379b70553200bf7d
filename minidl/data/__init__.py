"""Getting data: files from the network."""

from minidl.data.download import cache_home, get_file

__all__ = ["cache_home", "get_file"]
