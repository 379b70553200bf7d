"""minidl: deep learning for images from two formulas, in NumPy and Numba."""

__version__ = "0.1.0"
