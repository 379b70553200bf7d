"""Models for and from other libraries: Keras's weights, PyTorch's state dicts, ONNX.

Methods of a model, by Keras's names, are the way in: ``save_weights``, ``load_weights``,
``export``. What follows here is what they rest on, and PyTorch.
"""

from minidl.interchange.keras import load_weights, save_weights
from minidl.interchange.onnx import export, to_onnx

__all__ = ["export", "load_weights", "save_weights", "to_onnx"]
