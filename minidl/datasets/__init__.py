"""Data sets to learn from: one is bundled, its full form is downloaded on request."""

from minidl.datasets import mnist

__all__ = ["mnist"]
