"""Figures of what others return: training curves, confusions, mistakes, filters.

Every function returns a `matplotlib.figure.Figure` of its own, made without pyplot: no window,
no display, no global state. `save` writes it as a PNG. Matplotlib is imported when the first
figure is drawn. `graph_svg` needs none of it: it returns the text of an SVG.
"""

from minidl.plots.answers import confusion, mistakes
from minidl.plots.drawing import save
from minidl.plots.graph import graph_svg
from minidl.plots.insight import activations, attention, points
from minidl.plots.sheets import contact_sheet
from minidl.plots.training import curves, learning_curves
from minidl.plots.weights import filters

__all__ = [
    "activations",
    "attention",
    "confusion",
    "contact_sheet",
    "curves",
    "filters",
    "graph_svg",
    "learning_curves",
    "mistakes",
    "points",
    "save",
]
