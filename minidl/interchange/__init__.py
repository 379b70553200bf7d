"""Models for and from other libraries: Keras's weights, PyTorch's state dicts, ONNX.

A model's methods ``save_weights``, ``load_weights`` and ``export``, by Keras's names, are these.
"""

from minidl.interchange.keras import load_weights, save_weights
from minidl.interchange.onnx import export, to_onnx
from minidl.interchange.torch import load_torch, save_torch

__all__ = ["export", "load_torch", "load_weights", "save_torch", "save_weights", "to_onnx"]
