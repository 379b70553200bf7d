"""Model, Sequential and the functional form: compile, fit, evaluate, predict, summary, save."""

from minidl.models.model import Model
from minidl.models.sequential import Sequential

__all__ = ["Model", "Sequential"]
