"""Networks for a purpose, built from the public API alone."""

from minidl.applications import gan
from minidl.applications.cnn import article_cnn, residual_cnn

__all__ = ["article_cnn", "gan", "residual_cnn"]
