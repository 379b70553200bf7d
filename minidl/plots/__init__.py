"""Figures of what others return: training curves, confusions, mistakes, filters, samples.

Every function returns a `matplotlib.figure.Figure` of its own, made without pyplot: no window,
no display, no global state. `save` writes it as a PNG. Matplotlib is imported when the first
figure is drawn. `graph_svg` needs none of it: it returns the text of an SVG.
"""

from minidl.plots.answers import confusion, mistakes
from minidl.plots.drawing import save
from minidl.plots.generated import (
    adversarial_losses,
    grid,
    neighbours,
    samples,
    save_animation,
    save_picture,
)
from minidl.plots.graph import graph_svg
from minidl.plots.insight import activations, attention, loss_surface, points
from minidl.plots.sheets import contact_sheet
from minidl.plots.training import curves, few_labels, gradient_norms, learning_curves
from minidl.plots.tuning import range_test, search
from minidl.plots.weights import filters

__all__ = [
    "activations",
    "adversarial_losses",
    "attention",
    "confusion",
    "contact_sheet",
    "curves",
    "few_labels",
    "filters",
    "gradient_norms",
    "graph_svg",
    "grid",
    "learning_curves",
    "loss_surface",
    "mistakes",
    "neighbours",
    "points",
    "range_test",
    "samples",
    "save",
    "save_animation",
    "save_picture",
    "search",
]
