"""An ONNX graph while it grows: nodes, constants, and tensors that know how they lie in memory.

minidl's images are (N, H, W, C), ONNX's windows want (N, C, H, W). A `Value` knows under which
names it exists in which of the two layouts, and a transpose is written only when somebody asks
for the one that is missing. So a row of convolutions, poolings and activations has one at its
beginning and one at its end, and none between.
"""

import collections
import itertools
from dataclasses import dataclass

import numpy as np

LAST, FIRST = "channels last", "channels first"
#: Where the axes of the one layout are in the other.
AXES = {FIRST: (0, 3, 1, 2), LAST: (0, 2, 3, 1)}

#: Both of December 2022: what ONNX Runtime 1.14 and all later ones read.
OPSET, IR_VERSION = 18, 8


@dataclass
class Value:
    """What a layer returns.

    Attributes
    ----------
    shape : tuple
        With None for the batch axis, and channels last.
    names : dict
        Names of the tensors that hold it, by layout. What is no image is LAST.
    """

    shape: tuple
    names: dict

    @property
    def layout(self):
        """A layout that needs no transpose."""
        return next(iter(self.names))


class Graph:
    """Nodes and constants; names are made unique."""

    def __init__(self):
        self.nodes = []
        self.constants = {}
        self.inputs, self.outputs = {}, {}
        self._names = collections.Counter()
        self._renamed = {}

    def unique(self, name):
        """Return the name, with a number if it is taken."""
        self._names[name] += 1
        count = self._names[name] - 1
        return self.unique(f"{name}_{count}") if count else name

    def input(self, name, shape):
        """Add an input, and return its Value."""
        name = self.unique(name)
        self.inputs[name] = shape
        return Value(tuple(shape), {LAST: name})

    def output(self, name, value):
        """Let a value be an output, channels last, of this name if it is free."""
        tensor = Call(self, name, value.shape).last(value)
        tensor = self._renamed.get(tensor, tensor)
        name = self.unique(name)
        if tensor in self.inputs or tensor in self.outputs:
            self.nodes.append(["Identity", [tensor], name, f"{name}/Identity", {}])
        else:
            self._rename(tensor, name)
        self.outputs[name] = value.shape

    def _rename(self, old, new):
        self._renamed[old] = new
        for node in self.nodes:
            node[1] = [new if name == old else name for name in node[1]]
            node[2] = new if node[2] == old else node[2]

    def model(self, name, version):
        """Return the ONNX model; `version` is minidl's."""
        from onnx import helper, numpy_helper

        def described(tensors):
            float32 = helper.np_dtype_to_tensor_dtype(np.dtype(np.float32))
            return [
                helper.make_tensor_value_info(name, float32, ["N", *shape[1:]])
                for name, shape in tensors.items()
            ]

        graph = helper.make_graph(
            [
                helper.make_node(kind, inputs, [output], name, **attributes)
                for kind, inputs, output, name, attributes in self.nodes
            ],
            name,
            described(self.inputs),
            described(self.outputs),
            [numpy_helper.from_array(array, name) for name, array in self.constants.items()],
        )
        return helper.make_model(
            graph,
            producer_name="minidl",
            producer_version=version,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
        )


@dataclass
class Call:
    """One call of a layer: where its mapping writes nodes, which are named after the layer.

    Attributes
    ----------
    graph : Graph
    path : str
        The layer's name, behind those of the models it is in.
    shape : tuple
        Of the output, channels last.
    """

    graph: Graph
    path: str
    shape: tuple

    def node(self, kind, *inputs, **attributes):
        """Add a node with one output, and return the output's name."""
        name = self.graph.unique(f"{self.path}/{kind}")
        self.graph.nodes.append([kind, list(inputs), name, name, attributes])
        return name

    def constant(self, name, array):
        """Return the name of a constant; a layer that is called again has it already."""
        array = np.asarray(array)
        array = np.array(array, np.int64 if array.dtype.kind == "i" else np.float32, order="C")
        base, constants = f"{self.path}/{name}", self.graph.constants
        return next(
            full
            for full in itertools.chain([base], (f"{base}_{i}" for i in itertools.count(1)))
            if np.array_equal(constants.setdefault(full, array), array, equal_nan=True)
        )

    def last(self, value):
        """Return the name of the tensor that holds a value channels last."""
        return self.tensor(value, LAST)

    def first(self, value):
        """Return the name of the tensor that holds images channels first."""
        return self.tensor(value, FIRST)

    def tensor(self, value, layout):
        """Return the name of the tensor that holds a value in a layout."""
        if layout not in value.names:
            (given,) = value.names.values()
            value.names[layout] = self.node("Transpose", given, perm=AXES[layout])
        return value.names[layout]

    def value(self, name, layout=LAST):
        """Return the layer's output, which the tensor `name` holds."""
        return Value(self.shape, {layout: name})


def axis_in(layout, axis, rank):
    """Return where an axis of a channels-last array is in a layout.

    >>> axis_in(FIRST, -1, 4), axis_in(LAST, -1, 4), axis_in(LAST, -1, 2)
    (1, 3, 1)
    """
    axis %= rank
    return AXES[FIRST].index(axis) if layout == FIRST else axis


def array_in(layout, array):
    """Return an array of the rank of images, given channels last, in a layout."""
    return np.transpose(array, AXES[FIRST]) if layout == FIRST else array
