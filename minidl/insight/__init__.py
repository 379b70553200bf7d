"""Looking inside a model: what layers compute, where it looks, how features and losses lie.

`minidl.plots` draws what these return.
"""

from minidl.insight.activations import activations
from minidl.insight.attention import grad_cam, saliency, smooth_grad
from minidl.insight.graph import Graph, graph
from minidl.insight.projection import pca, tsne
from minidl.insight.surface import LossSurface, loss_surface, random_direction

__all__ = [
    "Graph",
    "LossSurface",
    "activations",
    "grad_cam",
    "graph",
    "loss_surface",
    "pca",
    "random_direction",
    "saliency",
    "smooth_grad",
    "tsne",
]
