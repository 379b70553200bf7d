"""Looking inside a model: what layers compute, where it looks, how features lie.

`minidl.plots` draws what these return.
"""

from minidl.insight.activations import activations
from minidl.insight.attention import grad_cam, saliency, smooth_grad
from minidl.insight.graph import Graph, graph
from minidl.insight.projection import pca, tsne

__all__ = ["Graph", "activations", "grad_cam", "graph", "pca", "saliency", "smooth_grad", "tsne"]
