"""Data sets to learn from: two are bundled; MNIST's full form is downloaded on request."""

from minidl.datasets import digits8x8, mnist

__all__ = ["digits8x8", "mnist"]
