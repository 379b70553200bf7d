"""The cases that the `onnx` package brings for its operators, and how minidl runs a model."""

import collections
import importlib
import pkgutil
import warnings

import onnx
from onnx import numpy_helper
from onnx.backend.test.case import node as node_cases
from onnx_operators import OPERATORS, LeftOut


def cases_of_operators():
    """Return the cases of every operator in the table, by operator."""
    wanted = [name.lower() for name in OPERATORS]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in pkgutil.iter_modules(node_cases.__path__):
            name = module.name.replace("_", "")
            if any(w.startswith(name) or name.startswith(w) for w in wanted):
                importlib.import_module(f"{node_cases.__name__}.{module.name}")
    found = collections.defaultdict(list)
    for case in node_cases._NodeTestCases:
        nodes = case.model.graph.node
        if len(nodes) == 1 and "_expanded" not in case.name and nodes[0].domain in ("", "ai.onnx"):
            found[nodes[0].op_type].append(case)
    return found


def run(graph, inputs):
    """Compute a model's outputs, node by node."""
    values = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    free = [i.name for i in graph.input if i.name not in values]
    values |= dict(zip(free, inputs, strict=True)) | {"": None}
    for node in graph.node:
        attributes = {a.name: attribute(a) for a in node.attribute} | {"outputs": len(node.output)}
        if node.op_type == "Constant":
            outputs = numpy_helper.to_array(attributes["value"])
        elif node.op_type in OPERATORS:
            outputs = OPERATORS[node.op_type](attributes, *(values[name] for name in node.input))
        else:
            raise LeftOut(f"the operator {node.op_type}")
        outputs = outputs if isinstance(outputs, list) else [outputs]
        values |= dict(zip(node.output, outputs, strict=False))
    return [values[o.name] for o in graph.output]


def attribute(a):
    value = onnx.helper.get_attribute_value(a)
    return value.decode() if isinstance(value, bytes) else value
