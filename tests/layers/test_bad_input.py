"""Wrong arguments and inputs, thrown at random at every layer.

Whatever comes, a layer works or raises ValueError or TypeError with a message that names it:
never another error from the depths, and never numbers that are not of the promised shape.
"""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minidl import layers
from minidl.layers import Layer

KINDS = {
    name: kind
    for name, kind in vars(layers).items()
    if name in layers.__all__ and inspect.isclass(kind) and kind is not Layer
}

ODD = st.one_of(
    st.integers(-3, 9),
    st.floats(allow_nan=True, allow_infinity=True, width=32),  # layers' own type
    st.booleans(),
    st.none(),
    st.text(max_size=4),
    st.sampled_from(["same", "valid", "relu", "softmax", "nearest", "zeros", "l2", 1j, object]),
    st.lists(st.integers(-2, 5), max_size=4).map(tuple),
    st.tuples(
        st.tuples(st.integers(-1, 3), st.integers(0, 2)),
        st.tuples(st.integers(0, 2), st.integers(0, 2)),
    ),
)
GOOD = {
    "filters": st.integers(1, 4),
    "units": st.integers(1, 4),
    "kernel_size": st.integers(1, 3),
    "padding": st.sampled_from(["same", "valid"]),
    "rate": st.floats(0, 0.9),
    "activation": st.sampled_from(["relu", "tanh", None]),
    "target_shape": st.sampled_from([(-1,), (2, -1)]),
    "input_dim": st.integers(1, 4),
    "output_dim": st.integers(1, 4),
    "scale": st.floats(-1, 1),
}
DTYPES = ["float32", "float64", "int64", "uint8", "bool", "<U2", "complex64"]
COUNTS = st.integers(0, 3)
SHAPES = st.lists(st.integers(0, 5), max_size=5).map(tuple)


def arguments(draw, kind):
    """Draw arguments, most of them right, so that an odd one often comes alone."""
    chosen = {}
    for name, parameter in parameters(kind).items():
        if name in ("self", "kwargs", "name"):
            continue
        needed = parameter.default is inspect.Parameter.empty
        if draw(st.integers(0, 9)) == 0:
            chosen[name] = draw(ODD)
        elif needed or draw(st.booleans()):
            chosen[name] = draw(GOOD.get(name, st.just(parameter.default)))
    return {name: v for name, v in chosen.items() if v is not inspect.Parameter.empty}


def parameters(kind):
    """Return the parameters of a class's constructor and of those that get its ``**kwargs``."""
    found = {}
    for each in kind.__mro__:
        own = inspect.signature(each.__init__).parameters
        found = {**own, **found}
        if "kwargs" not in own:
            break
    return found


def inputs(draw, layer):
    """Draw what a layer is called on: numbers of some shape, or what is no number."""
    shapes = [draw(SHAPES)]
    if layer.takes_several:
        shapes = [draw(st.sampled_from([shapes[0], draw(SHAPES)])) for _ in range(draw(COUNTS))]
    dtype = draw(
        st.sampled_from(["float32", "float64", "int64", "uint8", "bool", "<U2", "complex64"])
    )
    arrays = [np.ones(shape).astype(dtype) for shape in shapes]
    return arrays if layer.takes_several else arrays[0]


@pytest.mark.parametrize("name", KINDS)
@given(data=st.data())
def test_a_layer_works_or_says_what_is_wrong(name, data):
    layer = result_or_message(lambda: KINDS[name](**arguments(data.draw, KINDS[name])))
    if isinstance(layer, str):
        assert layer
        return
    x = inputs(data.draw, layer)
    training = data.draw(st.booleans())
    y = result_or_message(lambda: layer(x, training=training))
    if isinstance(y, str):
        assert layer.name in y or "Tensor" in y
        return
    shape = [each.shape for each in x] if layer.takes_several else x.shape
    assert y.shape == tuple(layer.compute_output_shape(shape))


def result_or_message(make):
    """Return what `make` returns, or the message of the error that is allowed."""
    try:
        return make()
    except (ValueError, TypeError) as error:
        return str(error)
