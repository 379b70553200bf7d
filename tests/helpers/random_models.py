"""Random models of all layers: branches, joins, shared layers, models in models."""

import numpy as np
from hypothesis import strategies as st

from minidl import Input, Model, Sequential, activations, layers

#: No larger, so that the tests stay fast.
MOST_NUMBERS = 1500

ACTIVATIONS = [None, *activations._BY_NAME]
one_or_two = st.tuples(st.integers(1, 2), st.integers(1, 2))
one_to_three = st.tuples(st.integers(1, 3), st.integers(1, 3))
interpolation = st.sampled_from(["nearest", "bilinear"])
paddings = st.sampled_from(["valid", "same"])
activation = st.sampled_from(ACTIVATIONS)
flag = st.booleans()
borders = st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * 2)
norm = {"center": flag, "scale": flag, "epsilon": st.sampled_from([1e-3, 0.1])}
window = {"kernel_size": one_to_three, "padding": paddings, "use_bias": flag}
pooling = {"pool_size": one_to_three, "strides": st.none() | one_or_two, "padding": paddings}
#: Strides and dilation exclude each other in Keras; here they need not.
how = {"strides": one_or_two, "dilation_rate": one_or_two, "activation": activation}

#: Layers of images, with strategies for their arguments.
OF_IMAGES = {
    "AveragePooling2D": pooling,
    "Conv2D": {"filters": st.sampled_from([2, 4]), "groups": st.sampled_from([1, 2])}
    | window
    | how,
    "Conv2DTranspose": {"filters": st.integers(1, 3)}
    | {"output_padding": st.none() | st.tuples(st.integers(0, 1), st.integers(0, 1))}
    | window
    | how,
    "Cropping2D": {"cropping": borders},
    "DepthwiseConv2D": {"depth_multiplier": st.integers(1, 2)} | window | how,
    "GlobalAveragePooling2D": {"keepdims": flag},
    "GlobalMaxPooling2D": {"keepdims": flag},
    "MaxPooling2D": pooling,
    "RandomBrightness": {"factor": st.just(0.2)},
    "RandomContrast": {"factor": st.just(0.2)},
    "RandomCrop": {"height": st.integers(1, 6), "width": st.integers(1, 6)},
    "RandomFlip": {},
    "RandomHue": {"factor": st.just(0.2)},
    "RandomRotation": {"factor": st.just(0.2)},
    "RandomSaturation": {"factor": st.just(0.2)},
    "RandomShear": {"x_factor": st.just(0.2)},
    "RandomTranslation": {"height_factor": st.just(0.2), "width_factor": st.just(0.2)},
    "RandomZoom": {"height_factor": st.just(0.2)},
    "SeparableConv2D": {"filters": st.integers(1, 3), "depth_multiplier": st.integers(1, 2)}
    | window
    | how,
    "SpatialDropout2D": {"rate": st.just(0.5)},
    "UpSampling2D": {
        "size": one_to_three,
        "interpolation": interpolation,
    },
    "ZeroPadding2D": {"padding": borders},
}
#: Layers of anything.
OF_ALL = {
    "Activation": {"activation": activation},
    "BatchNormalization": {"axis": st.sampled_from([-1, 1])} | norm,
    "Dense": {"units": st.integers(1, 5), "activation": activation, "use_bias": flag},
    "Dropout": {"rate": st.just(0.5)},
    "Flatten": {},
    "GroupNormalization": {"groups": st.sampled_from([-1, 1, 2])} | norm,
    "LayerNormalization": {"axis": st.sampled_from([-1, 1, (1, -1), (1, 2, 3)])} | norm,
    "LeakyReLU": {"negative_slope": st.sampled_from([0.0, 0.3])},
    "ReLU": {
        "max_value": st.sampled_from([None, 0.8]),
        "negative_slope": st.sampled_from([0.0, 0.3]),
        "threshold": st.sampled_from([0.0, 0.25]),
    },
    "Rescaling": {"scale": st.just(0.5), "offset": st.sampled_from([0.0, -1.0])},
    "Reshape": {"target_shape": st.sampled_from([(-1,), (2, -1), (2, 1, -1)])},
    "Softmax": {},
}
#: Those that need more than one value, or numbers of their own kind.
OTHERS = {"Add", "Concatenate", "Embedding"}


@st.composite
def models(draw):
    """Draw a functional model of one or several inputs and outputs, and a batch for it."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    inputs, batch, values = [], [], []
    count = draw(st.integers(1, 3))
    for _ in range(draw(st.sampled_from([1, 1, 2]))):
        kind = draw(st.sampled_from(["image", "image", "image", "features", "words"]))
        lengths = {"image": (7, 7, 4), "features": (8,), "words": (4,)}[kind]
        shape = tuple(draw(st.integers(1, longest)) for longest in lengths)
        inputs.append(Input(shape))
        if kind == "words":
            batch.append(rng.integers(0, 9, (count, *shape)).astype(np.float32))
            values.append(layers.Embedding(9, draw(st.integers(1, 4)))(inputs[-1]))
        else:
            batch.append(rng.normal(size=(count, *shape)).astype(np.float32))
            values.append(inputs[-1])
    made = []
    for _ in range(draw(st.integers(1, 7))):
        x = values[draw(st.sampled_from([-1, -1, -1, 0, len(values) // 2]))]
        try:
            y, layer = draw_call(draw, x, values, made)
        except ValueError:  # it does not fit
            continue
        if np.prod(y.shape[1:]) <= MOST_NUMBERS:
            values.append(y)
            made.append(layer)
    outputs = [values[-1], *(v for v in values[:-1] if draw(st.integers(0, 4)) == 0)]
    several = len(inputs) > 1, len(outputs) > 1
    model = Model(inputs if several[0] else inputs[0], outputs if several[1] else outputs[0])
    fill(model, rng)
    return model, batch


def draw_call(draw, x, values, made):
    """Draw a layer, new or used before, call it on x, and return the output and the layer."""
    what = draw(st.sampled_from(["one"] * 6 + ["join", "model", "again"]))
    again = [layer for layer in made if layer.input_shape in (x.shape, [x.shape, x.shape])]
    if what == "again" and again:
        layer = draw(st.sampled_from(again))
        return layer([x, x] if layer.takes_several else x), layer
    if what == "join":
        layer = draw(st.sampled_from([layers.Add(), layers.Concatenate(), layers.Concatenate(1)]))
        alike = [v for v in values if len(v.shape) == len(x.shape)]
        other = draw(st.sampled_from(alike))
        try:
            return layer([x, other]), layer
        except ValueError:
            return layer([x, x, x]), layer
    if what == "model":
        layer = Sequential([Input(x.shape[1:]), draw_layer(draw, len(x.shape))])
        layer.add(draw_layer(draw, len(layer.compute_output_shape(x.shape))))
        return layer(x), layer
    layer = draw_layer(draw, len(x.shape))
    return layer(x), layer


def draw_layer(draw, rank):
    table = OF_ALL | OF_IMAGES if rank == 4 else OF_ALL
    name = draw(st.sampled_from(sorted(table)))
    arguments = {k: draw(v) for k, v in table[name].items()}
    if rank == 2 and arguments.get("axis") == (1, -1):
        arguments["axis"] = -1
    return getattr(layers, name)(**arguments)


def fill(model, rng):
    """Give a model random weights; variances are positive."""
    arrays = [0.5 * rng.normal(size=weight.shape) for weight in model.weights]
    for i, weight in enumerate(model.weights):
        if weight.name == "moving_variance":
            arrays[i] = 0.5 + np.abs(arrays[i])
    model.set_weights(arrays)
