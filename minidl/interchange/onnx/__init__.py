"""Export to ONNX, the exchange format that ONNX Runtime and others compute from."""

import pathlib

from minidl import layers
from minidl.interchange.onnx import activations, features, images
from minidl.interchange.onnx.graph import Call, Graph
from minidl.interchange.walk import walk
from minidl.models.graph import Functional
from minidl.models.sequential import Sequential
from minidl.runtime import extras, files

#: What writes the nodes of a layer: ``mapping(call, layer, value)`` returns the output's value.
MAPPINGS = {
    layers.Activation: activations.activation,
    layers.Add: features.add,
    layers.AveragePooling2D: images.average_pooling2d,
    layers.BatchNormalization: features.batch_normalization,
    layers.Concatenate: features.concatenate,
    layers.Conv2D: images.conv2d,
    layers.Conv2DTranspose: images.conv2d_transpose,
    layers.Cropping2D: images.cropping2d,
    layers.Dense: features.dense,
    layers.DepthwiseConv2D: images.depthwise_conv2d,
    layers.Dropout: features.identity,
    layers.Embedding: features.embedding,
    layers.Flatten: features.reshape,
    layers.GlobalAveragePooling2D: images.global_average_pooling2d,
    layers.GlobalMaxPooling2D: images.global_max_pooling2d,
    layers.GroupNormalization: features.group_normalization,
    layers.LayerNormalization: features.layer_normalization,
    layers.LeakyReLU: activations.leaky_relu,
    layers.MaxPooling2D: images.max_pooling2d,
    layers.RandomBrightness: features.identity,
    layers.RandomContrast: features.identity,
    layers.RandomCrop: images.random_crop,
    layers.RandomFlip: features.identity,
    layers.RandomHue: features.identity,
    layers.RandomRotation: features.identity,
    layers.RandomSaturation: features.identity,
    layers.RandomShear: features.identity,
    layers.RandomTranslation: features.identity,
    layers.RandomZoom: features.identity,
    layers.ReLU: activations.relu,
    layers.Rescaling: features.rescaling,
    layers.Reshape: features.reshape,
    layers.SeparableConv2D: images.separable_conv2d,
    layers.Softmax: activations.activation,
    layers.SpatialDropout2D: features.identity,
    layers.UpSampling2D: images.up_sampling2d,
    layers.ZeroPadding2D: images.zero_padding2d,
}


def to_onnx(model):
    """Return a model as an ``onnx.ModelProto``, checked by ONNX's checker.

    It computes what the model does when it is used: dropout and random layers change nothing,
    batch normalization uses its moving statistics.

    Parameters
    ----------
    model : Sequential or Functional
        With an input shape; models inside of models, shared layers, several inputs and outputs.

    Returns
    -------
    onnx.ModelProto
        Inputs and outputs are float32, of minidl's shapes: images are (N, H, W, C), N is free.
        Inputs are named as their `Input`, or ``input``; outputs as the layers that return them.
        Nodes and constants begin with their layer's name. float64 weights are rounded: ONNX
        Runtime convolves float32 only.

    Raises
    ------
    ValueError
        If a layer, or an activation function, has no mapping: one of the user's own.
    RuntimeError
        If the extra ``onnx`` is not installed.
    """
    import minidl

    extras.need("export to ONNX", "onnx", "onnx")
    from onnx import checker

    if type(model) not in (Sequential, Functional):
        raise ValueError(
            f"export: the model '{model.name}' is of a class of its own, {type(model).__name__}, "
            "and what it computes is not known; build it as a Sequential or functional model"
        )
    if model.input_shape is None or not model.built:
        raise ValueError(f"export: {model.name} is not built yet; say its input_shape, or call it")
    graph = Graph()
    given = [graph.input(name, shape) for name, shape in zip(*_inputs(model), strict=True)]
    found = walk(
        model,
        given if model.takes_several else given[0],
        lambda layer, path, given: convert(graph, layer, path, given),
    )
    several = isinstance(found, list)
    names = model.output_names if several else [_last_name(model)]
    for name, value in zip(names, found if several else [found], strict=True):
        graph.output(name, value)
    exported = graph.model(model.name, minidl.__version__)
    checker.check_model(exported, full_check=True)
    return exported


def convert(graph, layer, path, given):
    """Write the nodes of one call of a layer, and return the value of its output."""
    mapping = MAPPINGS.get(type(layer))
    if mapping is None:
        raise ValueError(
            f"export: layer '{path}' is of the class {type(layer).__name__}, which has no mapping "
            "to ONNX; those of minidl.layers have one"
        )
    shape = [v.shape for v in given] if layer.takes_several else given.shape
    return mapping(Call(graph, path, layer.compute_output_shape(shape)), layer, given)


def export(model, path):
    """Write a model to a file as ONNX, whole or not at all: see `to_onnx`."""
    path = pathlib.Path(path)
    data = to_onnx(model).SerializeToString()
    with files.replacing(path) as temporary:
        temporary.write_bytes(data)


def _inputs(model):
    """Return the names and the shapes of the inputs."""
    shapes = model.input_shape if model.takes_several else [model.input_shape]
    symbols = model.inputs if isinstance(model, Functional) else [None] * len(shapes)
    return [getattr(symbol, "name", None) or "input" for symbol in symbols], shapes


def _last_name(model):
    """Return the name of the layer that the output comes from."""
    if isinstance(model, Sequential):
        return model.layers[-1].name
    layer = model.outputs[0].layer
    return "output" if layer is None else layer.name
