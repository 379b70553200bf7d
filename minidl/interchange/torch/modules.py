"""The modules that a PyTorch network of a model's layers has, found by walking the model."""

from dataclasses import dataclass

from minidl import layers
from minidl.interchange.torch import layouts
from minidl.interchange.torch.orders import Order, as_here, of_images
from minidl.interchange.walk import walk

#: How the weights of a layer are kept there.
LAYOUTS = {
    layers.BatchNormalization: layouts.batch_normalization,
    layers.Conv2D: layouts.conv2d,
    layers.Conv2DTranspose: layouts.conv2d_transpose,
    layers.Dense: layouts.dense,
    layers.DepthwiseConv2D: layouts.depthwise_conv2d,
    layers.Embedding: layouts.embedding,
    layers.GroupNormalization: layouts.group_normalization,
    layers.LayerNormalization: layouts.layer_normalization,
    layers.SeparableConv2D: layouts.separable_conv2d,
}
#: Layers that make new features.
MAKERS = (layers.Dense,)


@dataclass
class Features:
    """What a layer returns: its shape, and for rows (N, features) their `Order`."""

    shape: tuple
    order: Order | None = None


def modules(model):
    """Return {path: {name of the tensor: Stored}}, in the order in which the model computes.

    Raises
    ------
    ValueError
        For a layer of the user's own, and for what channels first cannot be.
    """
    made, found = {}, {}

    def visit(layer, path, given):
        if layer not in made:
            made[layer] = path, _features_of(given), Order()
        elif given is not None and (order := _features_of(given)) is not None:
            made[layer][1].unite(order, path)
        return _call(layer, path, given, made[layer][2])

    shapes = model.input_shape if model.takes_several else [model.input_shape]
    given = [_fresh(shape) for shape in shapes]
    walk(model, given if model.takes_several else given[0], visit)
    for layer, (path, order, new) in made.items():
        if type(layer) in LAYOUTS:
            new = new if isinstance(layer, MAKERS) and len(layer.input_shape) == 2 else None
            found |= LAYOUTS[type(layer)](layer, path, order, new)
    return {path: tensors for path, tensors in found.items() if tensors}


def _features_of(given):
    return given.order if isinstance(given, Features) else None


def _fresh(shape):
    """Return features that stand there as here."""
    return Features(tuple(shape), as_here(shape[1]) if len(shape) == 2 else None)


def _call(layer, path, given, new):
    """Return the features that a call of a layer returns; `new` is the order of new ones."""
    if getattr(layers, type(layer).__name__, None) is not type(layer):
        raise ValueError(
            f"layer '{path}' is of the class {type(layer).__name__}: how PyTorch keeps its weights "
            "is not known"
        )
    if layer.takes_several:
        return _join(layer, path, given)
    shape = layer.compute_output_shape(given.shape)
    if isinstance(layer, layers.Flatten | layers.Reshape):
        return _reshape(path, given, shape)
    if len(shape) != 2:
        return Features(shape)
    if isinstance(layer, MAKERS):
        return Features(shape, new)
    return Features(shape, given.order if len(given.shape) == 2 else as_here(shape[1]))


def _reshape(path, given, shape):
    before, after = len(given.shape), len(shape)
    if given.shape == shape:
        return given
    if before == 4 and after == 2:
        return Features(shape, of_images(given.shape))
    if before == 2 and after == 4:
        given.order.unite(of_images(shape), path)
    elif 4 in (before, after):
        raise ValueError(
            f"layer '{path}' reshapes {given.shape[1:]} to {shape[1:]}, which moves other numbers "
            "in PyTorch, where images are channels first"
        )
    elif before == 2:
        given.order.unite(as_here(given.shape[1]), path)
    return Features(shape, as_here(shape[1]) if after == 2 else None)


def _join(layer, path, given):
    shape = layer.compute_output_shape([each.shape for each in given])
    if len(shape) != 2:
        return Features(shape)
    if isinstance(layer, layers.Concatenate):
        return Features(shape, Order(parts=[(each.order, each.shape[1]) for each in given]))
    for each in given[1:]:
        given[0].order.unite(each.order, path)
    return Features(shape, given[0].order)
