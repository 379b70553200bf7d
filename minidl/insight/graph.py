"""The graph of a model, or of a Tensor's history: boxes and arrows, and the same as DOT."""

from dataclasses import dataclass

from minidl.autograd import Tensor, nodes_of
from minidl.models.graph import Functional
from minidl.runtime import checks

MOST = 200  # boxes that a picture can hold and still be read


@dataclass(frozen=True)
class Graph:
    """Boxes and arrows.

    Attributes
    ----------
    title : str
    boxes : tuple of tuple of str
        The lines of text of each box; every arrow leads to a box of higher number.
    arrows : tuple of (int, int)
        From box, to box; one that leads twice is there twice.
    """

    title: str
    boxes: tuple
    arrows: tuple

    def to_dot(self):
        r"""Return the graph in Graphviz's language.

        >>> print(Graph("g", (("a",), ("b", "2")), ((0, 1),)).to_dot())
        digraph "g" {
          node [shape=box];
          0 [label="a"];
          1 [label="b\n2"];
          0 -> 1;
        }
        """
        boxes = [f"  {i} [label={_quoted(*lines)}];" for i, lines in enumerate(self.boxes)]
        arrows = [f"  {a} -> {b};" for a, b in self.arrows]
        head = [f"digraph {_quoted(self.title)} {{", "  node [shape=box];"]
        return "\n".join([*head, *boxes, *arrows, "}"])


def graph(subject, *, most=MOST):
    """Return the graph of a model's layers, or of the operations that led to a Tensor.

    Parameters
    ----------
    subject : Model or Tensor
        A Sequential or functional model of known input shape. A layer that is called twice has
        two boxes of one name; a model inside a model is one box.
    most : int
        Boxes that may be drawn at most.

    Raises
    ------
    TypeError
        If it is neither, or a subclassed model, whose connections are not known.
    ValueError
        If there are more than `most` boxes.

    >>> import minidl
    >>> model = minidl.Sequential([minidl.Input((4,)), minidl.layers.Dense(2, name="d")])
    >>> graph(model).boxes
    (('input', '(N, 4)'), ('d: Dense', '(N, 2)', '10 parameters'))
    """
    most = checks.integer(most, "graph: most")
    if isinstance(subject, Tensor):
        found = _of_tensor(subject)
    elif isinstance(subject, Functional):
        found = _of_functional(subject)
    elif hasattr(subject, "trace"):
        found = _of_sequential(subject)
    else:
        raise TypeError(
            f"graph: needs a Tensor, or a Sequential or functional model, got "
            f"{type(subject).__name__}"
        )
    if len(found.boxes) > most:
        raise ValueError(
            f"graph: {len(found.boxes):,} boxes are too many to read; the limit is {most:,} "
            "(most=…): draw a part of the model, or a loss of fewer steps"
        )
    return found


def _of_sequential(model):
    if model.input_shape is None:
        raise ValueError(
            f"graph: the input's shape of {model.name} is not known yet; begin it with "
            "layers.Input(shape), or call it once"
        )
    boxes = [("input", checks.shape_text(model.input_shape))]
    boxes += [_box(layer, output) for layer, _, output, _ in model.trace()]
    arrows = [(i, i + 1) for i in range(len(boxes) - 1)]
    return Graph(model.name, tuple(boxes), tuple(arrows))


def _of_functional(model):
    boxes, arrows, made_by, calls = [], [], {}, {}
    for symbol in model.inputs:
        made_by[id(symbol)] = len(boxes)
        boxes.append((symbol.name or "input", checks.shape_text(symbol.shape)))
    for symbols in model._calls:
        number = len(boxes)
        boxes.append(_box(symbols[0].layer, symbols[0].shape))
        arrows += [(made_by[id(symbol)], number) for symbol in symbols[0].inputs]
        made_by |= {id(symbol): number for symbol in symbols}
        calls.setdefault(symbols[0].layer, []).append(number)
    for numbers in calls.values():
        if len(numbers) > 1:
            for i, number in enumerate(numbers):
                boxes[number] = (*boxes[number], f"shared, call {i + 1} of {len(numbers)}")
    return Graph(model.name, tuple(boxes), tuple(arrows))


def _of_tensor(tensor):
    """Nodes' numbers are in the order of computation; leaves come before what takes them."""
    boxes, arrows, made_by = [], [], {}
    nodes = sorted(nodes_of(tensor), key=lambda node: node.number)
    for node in nodes:
        given = [arg for arg in node.args if isinstance(arg, Tensor)]
        for arg in given:
            key = _source(arg)
            if key not in made_by:
                made_by[key] = len(boxes)
                kind = "tensor" if arg.requires_grad else "constant"
                boxes.append((arg.name or kind, str(arg.shape)))
        made_by[id(node)] = len(boxes)
        arrows += [(made_by[_source(arg)], len(boxes)) for arg in given]
        boxes.append((node.primitive.name, str(node.output.shape)))
    if not nodes:
        boxes.append((tensor.name or "tensor", str(tensor.shape)))
    return Graph("history", tuple(boxes), tuple(arrows))


def _source(tensor):
    return id(tensor if tensor._node is None else tensor._node)


def _box(layer, shape):
    count = layer.count_params()
    lines = f"{layer.name}: {type(layer).__name__}", checks.shape_text(shape)
    return (*lines, f"{count:,} parameters") if count else lines


def _quoted(*lines):
    escaped = [line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") for line in lines]
    return '"' + "\\n".join(escaped) + '"'
