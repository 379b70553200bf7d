"""Model and Sequential: compile, fit, evaluate, predict, summary, save."""

from minidl.models.model import Model, Sequential

__all__ = ["Model", "Sequential"]
